"""Gaps of coverage as they are looked for, listed and told."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from access.choices import ProgramStatus
from access.models import Program, ProgramVersion
from notifications.choices import GapStanding
from notifications.events import Event
from notifications.models import CoverageGap, CoverageNotice, GapExplanation
from notifications.queries.coverage import Asked, Line, read_coverage
from notifications.queries.coverage_cells import Cell
from notifications.queries.matters import Matter, Words
from registry.actors import Actor, ActorKind
from registry.choices import Role
from registry.models import AuditEvent

_WATCHED = (ProgramStatus.ANNOUNCED, ProgramStatus.OPEN, ProgramStatus.CLOSED)
_NAMED = 12
"""How many gaps a mail names; it says how many there are, and where all of them stand."""
GAP_READERS = (Role.AUTHORITY_DESK, Role.CLEARED)
"""Who reads gaps: that one is missing may tell of a position kept in confidence."""
_LOOKING = Actor(ActorKind.SYSTEM, roles=frozenset(GAP_READERS))


def list_watched(*, at: dt.datetime) -> list[Program]:
    """Programs that are run here: not ended, and with a tier. What is only reported of others opens no gap."""
    running = ProgramVersion.objects.as_of(at).filter(status__in=_WATCHED)
    rows = Program.objects.filter(pk__in=running.values("program"), tiers__isnull=False)
    return list(rows.distinct().order_by("slug"))


def find_gaps(program: Program, *, at: dt.datetime) -> Iterator[tuple[Line, Cell]]:
    """What a person must know of: needs not met in jurisdictions of whoever holds access or asks for it."""
    found = read_coverage(Asked(_LOOKING, at, at, program=program), explained=False)
    for line in found.lines:
        if line.concerned:
            yield from ((line, cell) for cell in line.gaps)


def list_gaps(actor: Actor) -> QuerySet[CoverageGap]:
    """With all that is shown of them. Nothing for who may not read them."""
    rows = CoverageGap.objects.all()
    if not (actor.is_staff and actor.has(*GAP_READERS)):
        rows = rows.none()
    said = GapExplanation.objects.order_by("explained_at", "id")
    return rows.select_related("program", "jurisdiction", "body").prefetch_related(
        Prefetch("explanations", said)
    )


def filter_standing(rows: QuerySet[CoverageGap], standing: GapStanding) -> QuerySet[CoverageGap]:
    """Those that stand so."""
    if standing is GapStanding.CLOSED:
        return rows.filter(closed_at__isnull=False)
    said = GapExplanation.objects.filter(gap=OuterRef("pk"))
    return rows.filter(
        Exists(said) if standing is GapStanding.EXPLAINED else ~Exists(said),
        closed_at__isnull=True,
    )


def list_unexplained(actor: Actor) -> QuerySet[CoverageGap]:
    """Open gaps of which nobody has said why they stay."""
    return list_gaps(actor).filter(closed_at__isnull=True, explanations__isnull=True)


def _about_notice(event: AuditEvent) -> Matter:
    row = CoverageNotice.objects.select_related("program").get(pk=event.subject_id)
    gaps = list(
        row.gaps.select_related("jurisdiction", "body").order_by(
            "jurisdiction__slug", "body__name", "need"
        )[:_NAMED]
    )
    return Matter(
        name=row.program.name,
        facts=(
            (_("Program"), row.program.name),
            (_("New gaps"), str(event.details["gaps"])),
            *(
                (_name(gap), f"{gap.get_need_display()}: {gap.get_covered_display()}")
                for gap in gaps
            ),
        ),
        page="/admin/notifications/coveragegap/?stands=open",
        happened=_("gaps of coverage"),
        synthetic=row.program.synthetic,
    )


def _name(gap: CoverageGap) -> str:
    return (
        gap.jurisdiction.name if gap.body is None else f"{gap.jurisdiction.name}, {gap.body.name}"
    )


LEADS: Mapping[str, Words] = {
    Event.COVERAGE_TOLD: _(
        "Needs of a program are not met, or not known to be, where somebody holds access or asks for it."
    )
}
MATTERS: Mapping[str, Callable[[AuditEvent], Matter]] = {"coverage_notice": _about_notice}
