"""Who takes no part in a request, on its page: recusals, and what keeps the one who looks from acting."""

from access.admin.record import ReasonForm
from access.models import AccessRequest
from access.operations import recusals
from access.queries.conflicts import find_bar
from access.workflow import OPEN
from registry.actors import Actor
from registry.admin.desk import Step
from registry.admin.sections import Section, rows_of
from registry.errors import Forbidden

RECUSE = Step(
    "Recuse yourself",
    lambda command, row, said: recusals.recuse(command, request=row.id, **said),
    ReasonForm,
    may=lambda actor, row: (
        row.status in OPEN
        and actor.has(*recusals.REVIEW_ROLES)
        and not row.recusals.filter(person=actor.key).exists()
    ),
    hint="You take no part in this request any more. It cannot be taken back.",
    danger=True,
)


def bar_of(actor: Actor, row: AccessRequest) -> Forbidden | None:
    """What keeps the actor from every step on this request; asked once for all buttons of a page."""
    known: dict[str, Forbidden | None] = row.__dict__.setdefault("_bars", {})
    if actor.key not in known:
        known[actor.key] = find_bar(row, actor)
    return known[actor.key]


def list_recusals(row: AccessRequest, actor: Actor) -> list[Section]:
    """What the one who looks must know first, and whoever has recused themselves."""
    bar = bar_of(actor, row)
    told = [] if bar is None else [Section("You take no part", ("Why",), [(str(bar),)])]
    recused = rows_of(
        row.recusals.order_by("recused_at", "id"),
        lambda said: (said.person, said.reason, said.recused_at),
    )
    return [*told, Section("Recusals", ("Who", "Why", "At"), recused, empty="Nobody has.")]
