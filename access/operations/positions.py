"""Positions of authorities: received by the desk or reported by a source, superseded, never edited."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Action, Attribution, Ground, LegalForce, Marking, Origin, Stance
from access.events import Event
from access.models import (
    AccessRequest,
    Consultation,
    Expansion,
    Position,
    PositionVersion,
    Program,
)
from access.operations.gate_needs import _rewrite_gates
from access.operations.position_papers import KeptPaper, Paper, _add, keep
from registry import audit
from registry.choices import OrganizationKind, Role
from registry.commands import Clock, Command, Done, command, lock, read_clock, touch
from registry.errors import Invalid, NotFound, WorldsApart
from registry.models import AIModel, Authority, Jurisdiction, Organization
from registry.operations.facts import FactSaid, Period, report_within_transaction
from registry.policies import check_role
from registry.versions import change_from, open_version, span


class PositionAboutNothing(Invalid):
    code = "position_about_nothing"
    text = _("Say what the position is about.")


class SpeakerMissing(Invalid):
    code = "speaker_missing"
    text = _("A position of a named speaker needs the name.")


class NobodySaidSo(Invalid):
    """The operator notes that it asked or did not ask; what an authority holds has somebody who said it."""

    code = "nobody_said_so"
    text = _(
        "Only that an authority was not asked, or that its answer is awaited, is your own note."
    )


class ReceivedAhead(Invalid):
    code = "received_ahead"
    text = _("A position cannot have been received later than now.")


@dataclass(frozen=True, slots=True)
class About:
    """What a position is about. At least one, here or in `Narrowed`; together they narrow it."""

    program: UUID | None = None
    ai_model: UUID | None = None
    expansion: UUID | None = None
    request: UUID | None = None
    organization: UUID | None = None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The class of organizations meant, and the action. A jurisdiction is a slug, and means all it touches."""

    jurisdiction: str | None = None
    organization_kind: OrganizationKind | None = None
    action: Action | None = None


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
        silent = self.stance in {Stance.NOT_ASKED, Stance.AWAITING}
        if self.attribution is Attribution.OPERATOR and not silent:
            raise NobodySaidSo


def receive(
    command: Command,
    *,
    authority: UUID,
    about: About,
    stated: Stated,
    papers: tuple[Paper, ...] = (),
    **more: Any,
) -> Done[Position]:
    """Keep the documents, then write down the position with them, as `take_position` does.

    Raises PaperUnacceptable, PaperVague, and what taking a position raises.
    """
    kept = tuple(keep(paper) for paper in papers)
    return take_position(
        command, authority=authority, about=about, stated=stated, papers=kept, **more
    )


@command
def take_position(
    command: Command,
    *,
    authority: UUID,
    about: About,
    stated: Stated,
    marking: Marking = Marking.OPEN,
    narrowed: Narrowed = Narrowed(),
    papers: tuple[KeptPaper, ...] = (),
    received_at: dt.datetime | None = None,
) -> Position:
    """Write down what an authority has told the operator; it holds from this commit on.

    Raises RoleMissing, NotFound, PositionAboutNothing, WorldsApart, ReceivedAhead.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    return _take(
        command,
        authority=authority,
        about=about,
        stated=stated,
        marking=marking,
        narrowed=narrowed,
        papers=papers,
        received_at=received_at,
    )


def _take(
    command: Command,
    *,
    authority: UUID,
    about: About,
    stated: Stated,
    marking: Marking = Marking.OPEN,
    narrowed: Narrowed = Narrowed(),
    papers: tuple[KeptPaper, ...] = (),
    received_at: dt.datetime | None = None,
) -> Position:
    """The same in the caller's transaction, by whoever may."""
    programs = _lock_programs(about)
    row = _new(command, authority, about, marking=marking, origin=Origin.DECIDED)
    _narrow(row, narrowed)
    clock = read_clock(command)
    _check_received(received_at, clock)
    row.changed_at = clock.at
    row.save(force_insert=True)
    _open(row, stated, Period(clock.start()), recorded=clock.recorded, received_at=received_at)
    _add(command, row, papers, clock=clock)
    _record(command, row, stated, occurred_at=clock.recorded)
    _rewrite_gates(command, programs)
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
    narrowed: Narrowed = Narrowed(),
) -> Position:
    """Write down what a source says an authority holds. It is shown, and holds no request back.

    Raises RoleMissing, NotFound, SourceMissing, PositionAboutNothing.
    """
    reported, recorded = report_within_transaction(command, fact)
    row = _new(command, authority, about, marking=Marking.OPEN, origin=Origin.REPORTED)
    _narrow(row, narrowed)
    row.fact = reported
    row.changed_at = reported.changed_at
    row.save(force_insert=True)
    _open(row, stated, period, recorded=recorded)
    _record(command, row, stated, occurred_at=period.start or recorded)
    return row


def replace_(
    command: Command,
    *,
    position: UUID,
    stated: Stated,
    papers: tuple[Paper, ...] = (),
    **more: Any,
) -> Done[Position]:
    """Keep the documents, then supersede with them.

    Raises PaperUnacceptable, PaperVague, and what superseding raises.
    """
    kept = tuple(keep(paper) for paper in papers)
    return supersede(command, position=position, stated=stated, papers=kept, **more)


@command
def supersede(
    command: Command,
    *,
    position: UUID,
    stated: Stated,
    papers: tuple[KeptPaper, ...] = (),
    received_at: dt.datetime | None = None,
) -> Position:
    """The authority holds something else from this commit on; what it held stays readable.

    Where it was asked, this is its answer. Raises RoleMissing, NotFound, Stale, ReceivedAhead.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    row, clock = _lock_received(command, position)
    _supersede(command, row, stated, clock=clock, papers=papers, received_at=received_at)
    _answer(command, row, stated, clock=clock)
    return row


def _lock_received(command: Command, position: UUID) -> tuple[Position, Clock]:
    """Lock the programs it can hold back, then the position. One that a source reports is never changed here.

    Raises NotFound, Stale.
    """
    received = Position.objects.visible_to(command.by).filter(origin=Origin.DECIDED)
    found = received.filter(pk=position).first()
    if found is None:
        raise NotFound("position")
    _lock_programs(_about(found))
    row = lock(received, position, command, what="position")
    return row, read_clock(command, row)


def _supersede(
    command: Command,
    row: Position,
    stated: Stated,
    *,
    clock: Clock,
    papers: tuple[KeptPaper, ...] = (),
    received_at: dt.datetime | None = None,
) -> None:
    """What a locked position says from now on."""
    _check_received(received_at, clock)
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
        received_at=received_at,
    )
    _add(command, row, papers, clock=clock)
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
    _rewrite_gates(command, _lock_programs(_about(row)))  # locked before: the same ones


def _about(row: Position) -> About:
    return About(
        program=row.program_id,
        ai_model=row.ai_model_id,
        expansion=row.expansion_id,
        request=row.request_id,
        organization=row.organization_id,
    )


def _answer(command: Command, row: Position, stated: Stated, *, clock: Clock) -> None:
    """Close the consultation that awaited this, if there is one and this is an answer."""
    if stated.stance in {Stance.NOT_ASKED, Stance.AWAITING}:
        return
    asked = Consultation.objects.open().select_for_update(no_key=True).filter(position=row).first()
    if asked is None:
        return
    asked.answered, asked.closed_by, asked.closed_at = True, command.by.key, clock.recorded
    touch(asked, clock, "answered", "closed_by", "closed_at")
    audit.record(
        Event.CONSULTATION_ANSWERED,
        asked,
        command,
        occurred_at=clock.recorded,
        position=row.id,
        stance=stated.stance,
    )


def _check_received(received_at: dt.datetime | None, clock: Clock) -> None:
    if received_at is not None and received_at > clock.recorded:
        raise ReceivedAhead


def _narrow(row: Position, narrowed: Narrowed) -> None:
    """Raises NotFound, PositionAboutNothing."""
    if narrowed.jurisdiction is not None:
        row.jurisdiction = Jurisdiction.objects.filter(slug=narrowed.jurisdiction).first()
        if row.jurisdiction is None:
            raise NotFound("jurisdiction")
    row.organization_kind = narrowed.organization_kind or ""
    row.action = narrowed.action or ""
    if not any(
        (
            *(row.program_id, row.ai_model_id, row.expansion_id, row.request_id),
            *(row.organization_id, row.jurisdiction_id, row.organization_kind, row.action),
        )
    ):
        raise PositionAboutNothing


def _lock_programs(about: About) -> list[UUID]:
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
    return [row.pk for row in programs.select_for_update(of=("self",), no_key=True).order_by("pk")]


def _new(
    command: Command, authority: UUID, about: About, *, marking: Marking, origin: Origin
) -> Position:
    body = Authority.objects.select_related("organization").filter(pk=authority).first()
    if body is None:
        raise NotFound("authority")
    for rows, world, pk, what in (
        (Program.objects, "synthetic", about.program, "program"),
        (AIModel.objects, "synthetic", about.ai_model, "model"),
        (Expansion.objects, "program__synthetic", about.expansion, "expansion"),
        (AccessRequest.objects, "organization__synthetic", about.request, "access request"),
        (Organization.objects, "synthetic", about.organization, "organization"),
    ):
        if pk is None:
            continue
        found = rows.filter(pk=pk).values_list(world, flat=True).first()
        if found is None:
            raise NotFound(what)
        if found != body.organization.synthetic:
            raise WorldsApart
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


def _open(
    row: Position,
    stated: Stated,
    period: Period,
    *,
    recorded: dt.datetime,
    received_at: dt.datetime | None = None,
) -> None:
    version = PositionVersion(
        position=row,
        stance=stated.stance,
        grounds=sorted(stated.grounds),
        attribution=stated.attribution,
        legal_force=stated.legal_force,
        statement=stated.statement,
        speaker=stated.speaker,
        received_at=received_at,
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
        marking=row.marking,
        papers=row.papers.count(),
        private={"statement": stated.statement},
    )
