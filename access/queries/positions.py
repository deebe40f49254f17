"""What authorities hold about a request, what that does by its policy, and how it is told to whom."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from access.choices import LegalForce, Marking, Origin, PositionEffect, Stance
from access.models import (
    AccessRequest,
    Consultation,
    Grant,
    Position,
    PositionOverride,
    PositionVersion,
    Tier,
)
from access.policies import PolicyRules, read_policy
from access.queries.position_scopes import (
    gather,
    line_of_grant,
    lines_of_requests,
)
from access.stages.weighing import Held, Weighed, weigh
from registry.actors import Actor
from registry.errors import NotFound
from registry.models import Authority

_AGAINST = frozenset({Stance.OBJECTS})
_SILENT = frozenset({Stance.NOT_ASKED, Stance.AWAITING, Stance.DECLINED})


@dataclass(frozen=True, slots=True)
class Explained:
    """One position that bears on a line, what it does there and why, in words for one reader.

    `position` is None, and the words name nobody, where the reader may not see it.
    """

    effect: PositionEffect
    holds: bool
    why: str
    position: Position | None = None
    statement: PositionVersion | None = None


def find_authority(slug: str) -> UUID:
    """The authority that an organization is. Raises NotFound."""
    found = Authority.objects.filter(organization__slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("authority")
    return found


def visible_consultations(actor: Actor) -> QuerySet[Consultation]:
    """Consultations whose positions the actor may see, those due first."""
    return (
        Consultation.objects.filter(position__in=Position.objects.visible_to(actor))
        .select_related("position__authority__organization")
        .order_by("answer_by", "id")
    )


def bearing_on(request: AccessRequest, *, at: dt.datetime) -> list[PositionVersion]:
    """What authorities hold at `at` about the request or anything it is about."""
    return gather(lines_of_requests([request], at=at), at=at)[request.id]


def weigh_request(
    request: AccessRequest, rules: PolicyRules, *, at: dt.datetime
) -> tuple[Weighed, ...]:
    """Each position that bears on the request with what it does, overrides counted."""
    return weigh(
        rules,
        [hold(said) for said in bearing_on(request, at=at)],
        find_overrides([request.id]).get(request.id),
    )


def weigh_after(
    grant: Grant, tier: Tier, rules: PolicyRules, *, at: dt.datetime
) -> tuple[Weighed, ...]:
    """The same for what would follow a grant in a tier. What was overridden for its request holds anew."""
    line = line_of_grant(grant, tier, at=at)
    return weigh(rules, map(hold, gather({line.key: line}, at=at)[line.key]))


def explain_lines(
    requests: Sequence[AccessRequest], actor: Actor, *, at: dt.datetime
) -> dict[UUID, list[Explained]]:
    """For each request the positions that bear on it, with what each does and why; those that hold it first.

    `requests` come with `tier` and `review_policy` (select_related). The number of queries does not grow.
    Nothing for those outside. For requests that pin no policy yet, every position informs.
    """
    if not actor.is_staff:
        return {row.id: [] for row in requests}
    bearing = gather(lines_of_requests(requests, at=at), at=at)
    overrides = find_overrides([row.id for row in requests])
    positions = {said.position_id for found in bearing.values() for said in found}
    visible = set(
        Position.objects.visible_to(actor).filter(pk__in=positions).values_list("pk", flat=True)
    )
    explained = {}
    for row in requests:
        said = bearing[row.id]
        weighed = weigh_known(row, said, overrides.get(row.id, {}))
        explained[row.id] = sorted(
            (
                explain(one, version, seen=version.position_id in visible)
                for one, version in zip(weighed, said, strict=True)
            ),
            key=lambda one: not one.holds,
        )
    return explained


def list_overridable(
    requests: Sequence[AccessRequest], actor: Actor, *, at: dt.datetime
) -> list[tuple[Position, int]]:
    """The positions that people may still override for some of the requests, and for how many of them.

    Those that the actor may read, by the name of their authority. `requests` as for `explain_lines`.
    """
    found: dict[UUID, tuple[Position, int]] = {}
    for explained in explain_lines(requests, actor, at=at).values():
        for one in explained:
            if one.position is None or not one.holds or one.effect is not PositionEffect.OVERRIDE:
                continue
            number = found.get(one.position.id, (one.position, 0))[1]
            found[one.position.id] = (one.position, number + 1)
    return sorted(
        found.values(), key=lambda held: (held[0].authority.organization.name, held[0].id)
    )


def weigh_known(
    request: AccessRequest, said: Iterable[PositionVersion], overrides: dict[int, set[str]]
) -> tuple[Weighed, ...]:
    """By the policy that the request has pinned; before it is handed in, everything only informs."""
    held = map(hold, said)
    if request.review_policy is None:
        return tuple(Weighed(one, PositionEffect.INFORMS) for one in held)
    return weigh(read_policy(request.review_policy.document), held, overrides)


def hold(said: PositionVersion) -> Held:
    """A version in the policy's terms."""
    return Held(
        position=said.position_id,
        statement=said.pk,
        authority=said.position.authority.organization.slug,
        stance=said.stance,
        legal_force=said.legal_force,
        grounds=tuple(said.grounds),
        reported=said.position.origin == Origin.REPORTED,
    )


def explain(weighed: Weighed, said: PositionVersion, *, seen: bool) -> Explained:
    """Why a position does what it does, in words for somebody who may see it or not."""
    if not seen:
        return Explained(
            weighed.effect,
            weighed.holds,
            _("A position that you may not read: %s") % _act(weighed),
        )
    why = _("%(authority)s: %(stance)s (%(force)s). %(act)s") % {
        "authority": said.position.authority.organization.name,
        "stance": Stance(said.stance).label,
        "force": LegalForce(said.legal_force).label,
        "act": capfirst(_act(weighed)),
    }
    return Explained(weighed.effect, weighed.holds, why, said.position, said)


def list_of_same_body(
    row: Position, actor: Actor, *, limit: int = 20
) -> list[tuple[PositionVersion, bool]]:
    """What else its authority holds now, as far as the actor may read, each with whether it contradicts this.

    They contradict each other where both are about exactly the same and one objects while the other does not.
    """
    own = row.versions.current().filter(valid__upper_inf=True).first()
    others = (
        PositionVersion.objects.current()
        .filter(
            valid__upper_inf=True,
            position__in=Position.objects.visible_to(actor).exclude(marking=Marking.CONFIDENTIAL),
            position__authority=row.authority_id,
        )
        .exclude(position=row)
        .select_related("position")
        .order_by("-id")[:limit]
    )
    return [
        (
            said,
            own is not None
            and _scope(said.position) == _scope(row)
            and (said.stance in _AGAINST) != (own.stance in _AGAINST)
            and _SILENT.isdisjoint({said.stance, own.stance}),
        )
        for said in others
    ]


def _scope(row: Position) -> tuple[object, ...]:
    return (
        *(row.program_id, row.ai_model_id, row.expansion_id, row.request_id),
        *(row.organization_id, row.jurisdiction_id, row.organization_kind, row.action),
    )


def _act(weighed: Weighed) -> str:
    """What it does, with the rule that says so."""
    if weighed.held.reported:
        return _("reported by a source: it informs.")
    if weighed.rule is None:
        return _("no rule of the policy speaks of it: it informs.")
    words = {"rule": weighed.rule, "effect": weighed.effect.label}
    if weighed.effect is PositionEffect.OVERRIDE:
        words |= {"found": len(weighed.overridden_by), "people": weighed.people}
        return _("rule %(rule)d of the policy: %(effect)s; %(found)d of %(people)d have.") % words
    if weighed.condition is not None:
        words |= {"code": weighed.condition.code}
        return _("rule %(rule)d of the policy: %(effect)s, “%(code)s”.") % words
    return _("rule %(rule)d of the policy: %(effect)s.") % words


def find_overrides(requests: Sequence[UUID]) -> dict[UUID, dict[int, set[str]]]:
    """Of each request, who has overridden which statement."""
    found: dict[UUID, dict[int, set[str]]] = {}
    rows = PositionOverride.objects.filter(request__in=requests)
    for request, statement, person in rows.values_list(
        "request_id", "statement_id", "overridden_by"
    ):
        found.setdefault(request, {}).setdefault(statement, set()).add(person)
    return found
