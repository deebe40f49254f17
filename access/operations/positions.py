"""Positions of authorities: received by the desk or reported by a source, superseded, never edited."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Attribution, Ground, LegalForce, Marking, Origin, Stance
from access.events import Event
from access.models import AccessRequest, Expansion, Position, PositionVersion, Program
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Invalid, NotFound
from registry.models import AIModel, Authority, Organization
from registry.operations.facts import FactSaid, Period, report_within_transaction
from registry.policies import check_role
from registry.versions import change_from, open_version, span


class PositionAboutNothing(Invalid):
    code = "position_about_nothing"
    text = _("Say what the position is about.")


class SpeakerMissing(Invalid):
    code = "speaker_missing"
    text = _("A position of a named speaker needs the name.")


@dataclass(frozen=True, slots=True)
class About:
    """What a position is about. At least one; together they narrow it."""

    program: UUID | None = None
    ai_model: UUID | None = None
    expansion: UUID | None = None
    request: UUID | None = None
    organization: UUID | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """What the authority holds, on which grounds, who says so and with what legal force."""

    stance: Stance
    statement: str
    attribution: Attribution
    legal_force: LegalForce
    grounds: tuple[Ground, ...] = ()
    speaker: str = ""

    def __post_init__(self) -> None:
        if self.attribution is Attribution.NAMED_SPEAKER and not self.speaker.strip():
            raise SpeakerMissing


@command
def take_position(
    command: Command,
    *,
    authority: UUID,
    about: About,
    stated: Stated,
    marking: Marking = Marking.OPEN,
) -> Position:
    """Write down what an authority has told the operator; it holds from this commit on.

    Raises RoleMissing, NotFound, PositionAboutNothing.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    _lock_programs(about)
    row = _new(command, authority, about, marking=marking, origin=Origin.DECIDED)
    clock = read_clock(command)
    row.changed_at = clock.at
    row.save(force_insert=True)
    _open(row, stated, Period(clock.start()), recorded=clock.recorded)
    _record(command, row, stated, occurred_at=clock.recorded)
    return row


@command
def report_position(
    command: Command,
    *,
    fact: FactSaid,
    authority: UUID,
    about: About,
    stated: Stated,
    period: Period,
) -> Position:
    """Write down what a source says an authority holds. It is shown, and holds no request back.

    Raises RoleMissing, NotFound, SourceMissing, PositionAboutNothing.
    """
    reported, recorded = report_within_transaction(command, fact)
    row = _new(command, authority, about, marking=Marking.OPEN, origin=Origin.REPORTED)
    row.fact = reported
    row.changed_at = reported.changed_at
    row.save(force_insert=True)
    _open(row, stated, period, recorded=recorded)
    _record(command, row, stated, occurred_at=period.start or recorded)
    return row


@command
def supersede(command: Command, *, position: UUID, stated: Stated) -> Position:
    """The authority holds something else from this commit on; what it held stays readable.

    Raises RoleMissing, NotFound, Stale.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    found = Position.objects.visible_to(command.by).filter(pk=position).first()
    if found is None:
        raise NotFound("position")
    _lock_programs(
        About(
            program=found.program_id,
            ai_model=found.ai_model_id,
            expansion=found.expansion_id,
            request=found.request_id,
            organization=found.organization_id,
        )
    )
    row = lock(Position.objects.visible_to(command.by), position, command, what="position")
    clock = read_clock(command, row)
    current = row.versions.current().get(valid__upper_inf=True)
    change_from(
        current,
        at=clock.start(),
        recorded=clock.recorded,
        stance=stated.stance,
        statement=stated.statement,
        grounds=sorted(stated.grounds),
        attribution=stated.attribution,
        legal_force=stated.legal_force,
        speaker=stated.speaker,
    )
    touch(row, clock)
    audit.record(
        Event.POSITION_SUPERSEDED,
        row,
        command,
        occurred_at=clock.recorded,
        stance=stated.stance,
        grounds=sorted(stated.grounds),
        legal_force=stated.legal_force,
        private={"statement": stated.statement},
    )
    return row


def _lock_programs(about: About) -> None:
    """Lock every program that the position can hold back, as an approval does: one of the two waits.

    Ordered, so that two positions never wait for each other.
    """
    programs = Program.objects.all()
    if about.program is not None:
        programs = programs.filter(pk=about.program)
    elif about.expansion is not None:
        programs = programs.filter(expansions=about.expansion)
    elif about.request is not None:
        programs = programs.filter(
            pk__in=AccessRequest.objects.filter(pk=about.request).values("tier__program")
        )
    elif about.ai_model is not None:
        programs = programs.filter(
            pk__in=Program.objects.filter(tiers__ai_models=about.ai_model).values("pk")
        )
    list(programs.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _new(
    command: Command, authority: UUID, about: About, *, marking: Marking, origin: Origin
) -> Position:
    if about == About():
        raise PositionAboutNothing
    body = Authority.objects.filter(pk=authority).first()
    if body is None:
        raise NotFound("authority")
    for model, pk, what in (
        (Program, about.program, "program"),
        (AIModel, about.ai_model, "model"),
        (Expansion, about.expansion, "expansion"),
        (AccessRequest, about.request, "access request"),
        (Organization, about.organization, "organization"),
    ):
        if pk is not None and not model._default_manager.filter(pk=pk).exists():
            raise NotFound(what)
    return Position(
        authority=body,
        origin=origin,
        marking=marking,
        program_id=about.program,
        ai_model_id=about.ai_model,
        expansion_id=about.expansion,
        request_id=about.request,
        organization_id=about.organization,
        taken_by=command.by.key,
    )


def _open(row: Position, stated: Stated, period: Period, *, recorded: dt.datetime) -> None:
    version = PositionVersion(
        position=row,
        stance=stated.stance,
        grounds=sorted(stated.grounds),
        attribution=stated.attribution,
        legal_force=stated.legal_force,
        statement=stated.statement,
        speaker=stated.speaker,
        valid=span(period.start, period.end),
    )
    open_version(version, recorded=recorded)


def _record(command: Command, row: Position, stated: Stated, *, occurred_at: dt.datetime) -> None:
    audit.record(
        Event.POSITION_TAKEN,
        row,
        command,
        occurred_at=occurred_at,
        origin=row.origin,
        authority=row.authority_id,
        stance=stated.stance,
        grounds=sorted(stated.grounds),
        legal_force=stated.legal_force,
        attribution=stated.attribution,
        private={"statement": stated.statement},
    )
