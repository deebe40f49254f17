"""Outside facts: what others say happened or held. They open no door, send no mail and open no obligation."""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Precision, Role, SourceGrade
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound
from registry.events import Event
from registry.models import (
    AIModel,
    CapabilityStatement,
    Citation,
    FactDispute,
    ReportedEvent,
    ReportedFact,
    Source,
)
from registry.policies import check_role
from registry.versions import open_version, span

_LENGTHS = {
    Precision.INSTANT: dt.timedelta(minutes=1),
    Precision.HOUR: dt.timedelta(hours=1),
    Precision.DAY: dt.timedelta(days=1),
}


class SourceMissing(Invalid):
    code = "source_missing"
    text = _("A reported fact needs at least one source.")


class FactSuperseded(Conflict):
    code = "fact_superseded"
    text = _("This fact has been superseded already.")


class ReasonMissing(Invalid):
    code = "reason_missing"
    text = _("Say why.")


@dataclass(frozen=True, slots=True)
class CitationSaid:
    """One source behind a fact, and how sure it is of this fact."""

    source: str
    grade: SourceGrade
    passage: str = ""


@dataclass(frozen=True, slots=True)
class FactSaid:
    """A fact in our own words, how exactly its moment is told, and the sources that say so."""

    statement: str
    precision: Precision
    citations: tuple[CitationSaid, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, not including, `end`; either may be open."""

    start: dt.datetime | None
    end: dt.datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise PeriodBackward

    @classmethod
    def lasting(cls, start: dt.datetime, precision: Precision) -> "Period":
        """An event of which only the beginning is told lasts as long as its precision tells."""
        if precision is Precision.MONTH:
            return cls(start, (start + dt.timedelta(days=31)).replace(day=1))
        return cls(start, start + _LENGTHS[precision])


class PeriodBackward(Invalid):
    code = "end_before_start"
    text = _("The end must come after the start.")


@command
def report_event(command: Command, *, fact: FactSaid, title: str, period: Period) -> ReportedFact:
    """Something happened, for the timeline. Raises RoleMissing, NotFound (source), SourceMissing."""
    row, _recorded = report_event_within_transaction(command, fact, title=title, period=period)
    return row


@command
def report_capability(
    command: Command,
    *,
    fact: FactSaid,
    ai_model: UUID,
    framework: str,
    framework_version: str,
    period: Period,
) -> ReportedFact:
    """What a source says of a model's capability, under which framework. Never a bare level.

    Raises RoleMissing, NotFound (model, source), SourceMissing.
    """
    model = AIModel.objects.filter(pk=ai_model).first()
    if model is None:
        raise NotFound("model")
    row, recorded = report_within_transaction(command, fact)
    statement = CapabilityStatement(
        ai_model=model,
        framework=framework,
        framework_version=framework_version,
        statement=fact.statement,
        fact=row,
        valid=span(period.start, period.end),
    )
    open_version(statement, recorded=recorded)
    clock = read_clock(command, row)
    audit.record(
        Event.CAPABILITY_STATED,
        model,
        command,
        occurred_at=clock.at,
        framework=framework,
        fact=row.id,
    )
    return row


@command
def dispute(
    command: Command, *, fact: UUID, reason: str, source: str | None = None
) -> ReportedFact:
    """Someone says the fact is wrong. It stays, with the dispute beside it, and settles nothing.

    Raises RoleMissing, NotFound, ReasonMissing.
    """
    check_role(command.by, Role.INTAKE)
    if not reason.strip():
        raise ReasonMissing
    row = lock(ReportedFact.objects.all(), fact, command, what="fact")
    clock = read_clock(command, row)
    FactDispute.objects.create(
        fact=row,
        reason=reason,
        source=None if source is None else _find_source(source),
        raised_by=command.by.key,
        raised_at=clock.recorded,
        changed_at=clock.at,
    )
    touch(row, clock)
    audit.record(
        Event.FACT_DISPUTED, row, command, occurred_at=clock.at, private={"reason": reason}
    )
    return row


@command
def supersede(command: Command, *, fact: UUID, by: UUID, reason: str) -> ReportedFact:
    """A later fact replaces an earlier one, with the reason; both stay readable.

    What the earlier fact said no longer counts from this commit on, and did count before.
    Raises RoleMissing, NotFound, ReasonMissing, FactSuperseded.
    """
    check_role(command.by, Role.INTAKE)
    if not reason.strip():
        raise ReasonMissing
    # In the order of their identifiers, so that two who supersede crosswise wait for one another.
    # The version that the caller worked from is that of the fact being replaced.
    commands = {by: replace(command, expected_version=None), fact: command}
    rows = {
        pk: lock(ReportedFact.objects.all(), pk, commands[pk], what="fact")
        for pk in sorted({fact, by})
    }
    later = rows[by]
    if fact == by or later.supersedes_id is not None or _descends(rows[fact], by):
        raise FactSuperseded
    clock = read_clock(command, *rows.values())
    later.supersedes, later.superseding_reason = rows[fact], reason
    later.superseding_recorded_at = clock.recorded
    with violation_means("registry_reportedfact_supersedes_id_key", FactSuperseded()):
        touch(later, clock, "supersedes", "superseding_reason", "superseding_recorded_at")
    audit.record(
        Event.FACT_SUPERSEDED,
        rows[fact],
        command,
        occurred_at=clock.at,
        by=by,
        private={"reason": reason},
    )
    return later


def report_within_transaction(
    command: Command, said: FactSaid
) -> tuple[ReportedFact, dt.datetime]:
    """Write a fact inside the caller's transaction; it, and the moment it is recorded.

    For operations, here and in other apps, whose rows carry what the fact says.
    Raises RoleMissing, NotFound (source), SourceMissing.
    """
    check_role(command.by, Role.INTAKE)
    if not said.citations:
        raise SourceMissing
    clock = read_clock(command)
    row = ReportedFact.objects.create(
        statement=said.statement,
        precision=said.precision,
        recorded_at=clock.recorded,
        changed_at=clock.at,
    )
    for citation in said.citations:
        Citation.objects.create(
            fact=row,
            source=_find_source(citation.source),
            grade=citation.grade,
            passage=citation.passage,
        )
    audit.record(
        Event.FACT_REPORTED,
        row,
        command,
        occurred_at=clock.at,
        sources=[citation.source for citation in said.citations],
        private={"statement": said.statement},
    )
    return row, clock.recorded


def report_event_within_transaction(
    command: Command, said: FactSaid, *, title: str, period: Period
) -> tuple[ReportedFact, dt.datetime]:
    """As `report_within_transaction`, and the fact stands on the timeline under this title."""
    row, recorded = report_within_transaction(command, said)
    event = ReportedEvent(fact=row, title=title, valid=span(period.start, period.end))
    open_version(event, recorded=recorded)
    return row, recorded


def _descends(fact: ReportedFact, ancestor: UUID) -> bool:
    """Whether the fact has itself replaced `ancestor`, at whatever remove: facts never run in a circle."""
    earlier = fact.supersedes
    while earlier is not None and earlier.pk != ancestor:
        earlier = earlier.supersedes
    return earlier is not None


def _find_source(slug: str) -> Source:
    found = Source.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound("source", slug=slug)
    return found
