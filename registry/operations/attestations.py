"""Attestations: handed in with their evidence, and of use once another person has accepted them."""

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import AttestationFinding, Role, SchemeKind
from registry.commands import Clock, Command, Done, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden, Invalid, NotFound, WorldsApart
from registry.events import Event
from registry.followers import follow
from registry.models import (
    Attestation,
    AttestationFile,
    AttestationVersion,
    Organization,
    Scheme,
)
from registry.operations.evidence import _add, keep_all
from registry.operations.schemes import check_level
from registry.operations.stored_files import Kept, Upload
from registry.policies import check_own, check_role
from registry.queries.evidence import check_readable
from registry.versions import end_at, open_version, span

BRIDGE_MONTHS = 3
"""How far a bridge letter may carry a period report beyond the day on which it goes stale."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class AttestationUnreadable(Invalid):
    code = "attestation_unreadable"
    text = _("This cannot be an attestation: %(problem)s.")


class AttestationReviewed(Conflict):
    code = "attestation_reviewed"
    text = _("The attestation was reviewed or withdrawn already.")


class EvidenceDiffers(Invalid):
    code = "evidence_differs"
    text = _("None of the files has the checksum that is said to be that of the document.")


class EvidenceSettled(Conflict):
    """What was reviewed stays what it was: only the document that it names by its checksum may follow."""

    code = "evidence_settled"
    text = _(
        "It was reviewed: only the document that it names by its checksum can still be added."
    )


class OwnAttestation(Forbidden):
    """What one hands in, another reviews."""

    code = "own_attestation"
    text = _("You handed this in yourself: another person must review it.")


class SchemeIsDraft(Conflict):
    code = "scheme_is_draft"
    text = _("The scheme “%(scheme)s” is a draft: nothing under it can be accepted.")


class AttestationOver(Conflict):
    """It would support nothing: its time has passed, or its edition counts no more."""

    code = "attestation_over"
    text = _("What this attests has run out: it can support nothing any more.")


@dataclass(frozen=True, slots=True)
class Said:
    """What an attestation says. `starts_on` and `ends_on` (its last day) are its validity, or a report's period.

    `evidence_sha256` is the digest of the document it was read from; empty: that of the first file handed in.
    `legal_entity` None: the organization itself; `service` empty: all that it does.
    """

    scheme: UUID
    issuer: str
    starts_on: dt.date
    evidence_sha256: str = ""
    level: str = ""
    accreditation: str = ""
    number: str = ""
    legal_entity: UUID | None = None
    service: str = ""
    scope_statement: str = ""
    ends_on: dt.date | None = None
    bridged_until: dt.date | None = None
    evidence_name: str = ""


def hand_in(
    command: Command,
    *,
    organization: UUID,
    said: Said,
    uploads: Sequence[Upload] = (),
    confidential: bool = False,
) -> Done[Attestation]:
    """Record what the organization holds, by itself or by intake. It supports nothing until it is reviewed.

    `uploads` are the documents it was read from; without any, a checksum names the document.

    Raises RoleMissing, NotYours, NotFound, WorldsApart, LevelUnknown, AttestationUnreadable, EvidenceDiffers,
    AttachmentUnacceptable, AttachmentTooLarge, TooManyAttachments.
    """
    kept = keep_all(uploads)
    if kept and not said.evidence_sha256:
        said = replace(said, evidence_sha256=kept[0].sha256)
    if kept and said.evidence_sha256 not in {one.sha256 for one in kept}:
        raise EvidenceDiffers
    return _hand_in(
        command, organization=organization, said=said, kept=kept, confidential=confidential
    )


@command
def _hand_in(
    command: Command,
    *,
    organization: UUID,
    said: Said,
    kept: tuple[Kept, ...],
    confidential: bool,
) -> Attestation:
    _check_speaker(command, organization)
    visible = Organization.objects.visible_to(command.by)
    holder = lock(visible, organization, command, what="organization")
    scheme = Scheme.objects.filter(pk=said.scheme).first()
    if scheme is None:
        raise NotFound("scheme")
    entity = holder if said.legal_entity is None else visible.filter(pk=said.legal_entity).first()
    if entity is None:
        raise NotFound("organization")
    if entity.synthetic != holder.synthetic:
        raise WorldsApart
    check_level(scheme, said.level)
    _check(said, scheme)
    clock = read_clock(command)
    words = asdict(said) | {"scheme": scheme, "legal_entity": entity}
    row = Attestation.objects.create(
        organization=holder,
        **words,
        handed_in_by=command.by.key,
        handed_in_at=clock.at,
        changed_at=clock.at,
    )
    _attach(command, row, kept, confidential=confidential, clock=clock)
    _record(command, row, Event.ATTESTATION_HANDED_IN, at=clock.at)
    return row


def attach(
    command: Command, *, attestation: UUID, upload: Upload, confidential: bool = False
) -> Done[Attestation]:
    """Add a document, by the holder or by intake: any until it is reviewed, and then the one that it names.

    Raises RoleMissing, NotYours, NotFound, Stale, AttestationReviewed, EvidenceSettled, AttachmentUnacceptable,
    AttachmentTooLarge, TooManyAttachments.
    """
    (kept,) = keep_all([upload])
    return _attach_kept(command, attestation=attestation, kept=kept, confidential=confidential)


@command
def _attach_kept(
    command: Command, *, attestation: UUID, kept: Kept, confidential: bool
) -> Attestation:
    rows = Attestation.objects.visible_to(command.by)
    row = lock(rows, attestation, command, what="attestation")
    _check_speaker(command, row.organization_id)
    if row.withdrawn_at is not None:
        raise AttestationReviewed
    if row.reviewed_at is not None and kept.sha256 != row.evidence_sha256:
        raise EvidenceSettled
    clock = read_clock(command, row)
    _attach(command, row, (kept,), confidential=confidential, clock=clock)
    touch(row, clock)
    return row


@command
def review(
    command: Command, *, attestation: UUID, finding: AttestationFinding, note: str = ""
) -> Attestation:
    """Accept it, so that it counts from this commit on for as long as it lasts, or refuse it.

    Raises RoleMissing, NotFound, Stale, OwnAttestation, AttestationReviewed, EvidenceUnread, SchemeIsDraft,
    AttestationOver.
    """
    check_role(command.by, Role.REVIEWER, Role.DECIDER)
    row = lock(Attestation.objects.all(), attestation, command, what="attestation")
    files = list(row.files.all())
    if command.by.key in {row.handed_in_by, *(file.uploaded_by for file in files)}:
        raise OwnAttestation
    if row.reviewed_at is not None or row.withdrawn_at is not None:
        raise AttestationReviewed
    clock = read_clock(command, row)
    if finding is AttestationFinding.ACCEPTED:
        check_readable(files)
        _accept(row, clock)
    row.finding, row.note = finding, note
    row.reviewed_by, row.reviewed_at = command.by.key, clock.at
    touch(row, clock, "finding", "note", "reviewed_by", "reviewed_at")
    accepted = finding is AttestationFinding.ACCEPTED
    name = Event.ATTESTATION_ACCEPTED if accepted else Event.ATTESTATION_REFUSED
    _record(command, row, name, at=clock.recorded, note=note)
    if accepted:
        follow(command, [row.organization_id])
    return row


@command
def withdraw(command: Command, *, attestation: UUID, reason: str) -> Attestation:
    """It counts no more, from this commit on: the holder takes it back, or the operator no longer relies on it.

    Raises RoleMissing, NotYours, NotFound, Stale, AttestationReviewed.
    """
    rows = Attestation.objects.visible_to(command.by)
    row = lock(rows, attestation, command, what="attestation")
    if command.by.is_staff:
        check_role(command.by, Role.REVIEWER, Role.DECIDER, Role.RESTRICTOR)
    else:
        check_own(command.by, row.organization_id)
    if row.withdrawn_at is not None:
        raise AttestationReviewed
    clock = read_clock(command, row)
    for version in row.versions.current():
        end_at(version, at=clock.end, recorded=clock.recorded)
    row.withdrawn_by, row.withdrawn_at = command.by.key, clock.at
    row.withdrawal_reason = reason
    touch(row, clock, "withdrawn_by", "withdrawn_at", "withdrawal_reason")
    _record(command, row, Event.ATTESTATION_WITHDRAWN, at=clock.recorded, note=reason)
    follow(command, [row.organization_id])
    return row


def compute_end(row: Attestation) -> dt.datetime | None:
    """When it supports nothing any more (exclusive, UTC); None where nothing says so.

    A report is stale its scheme's months after its period's end, or later by a bridge letter; all else ends
    after its last day, or its scheme's months after the first. No later than its edition is void.
    """
    scheme = row.scheme
    ends = [] if scheme.void_from is None else [_midnight(scheme.void_from)]
    if scheme.kind == SchemeKind.PERIOD_REPORT:
        assert row.ends_on is not None
        assert scheme.months is not None
        stale = _add_months(row.ends_on, scheme.months)
        ends.append(_midnight(max(stale, row.bridged_until or stale), days=1))
    else:
        if row.ends_on is not None:
            ends.append(_midnight(row.ends_on, days=1))
        if scheme.months is not None:
            ends.append(_midnight(_add_months(row.starts_on, scheme.months)))
    return min(ends, default=None)


def _attach(
    command: Command,
    row: Attestation,
    kept: Sequence[Kept],
    *,
    confidential: bool,
    clock: Clock,
) -> None:
    added = _add(
        command,
        row.organization,
        kept,
        confidential=confidential,
        clock=clock,
        there=row.files.count(),
    )
    for file in added:
        AttestationFile.objects.create(attestation=row, file=file)


def _check_speaker(command: Command, organization: UUID) -> None:
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, organization)


def _accept(row: Attestation, clock: Clock) -> None:
    if row.scheme.draft:
        raise SchemeIsDraft(scheme=row.scheme.slug)
    report = row.scheme.kind == SchemeKind.PERIOD_REPORT
    first = row.ends_on if report else row.starts_on
    assert first is not None
    start, end = _midnight(first, days=1 if report else 0), compute_end(row)
    if end is not None and (end <= clock.recorded or end <= start):
        raise AttestationOver
    version = AttestationVersion(
        attestation=row, organization=row.organization, valid=span(start, end)
    )
    open_version(version, recorded=clock.recorded)


def _check(said: Said, scheme: Scheme) -> None:
    """Raises AttestationUnreadable."""
    problem = ""
    if not said.issuer.strip():
        problem = "nobody issued it"
    elif not _SHA256.fullmatch(said.evidence_sha256):
        problem = "the evidence has no SHA-256 of 64 hexadecimal digits"
    elif said.ends_on is not None and said.ends_on < said.starts_on:
        problem = "it ends before it begins"
    elif scheme.kind == SchemeKind.PERIOD_REPORT and said.ends_on is None:
        problem = "a report on a period says when the period ends"
    elif said.bridged_until is not None:
        problem = _find_fault_of_bridge(said, scheme)
    if problem:
        raise AttestationUnreadable(problem=problem)


def _find_fault_of_bridge(said: Said, scheme: Scheme) -> str:
    if scheme.kind != SchemeKind.PERIOD_REPORT or scheme.months is None or said.ends_on is None:
        return "only a report on a period is bridged by a letter"
    assert said.bridged_until is not None
    if said.bridged_until > _add_months(said.ends_on, scheme.months + BRIDGE_MONTHS):
        return f"a bridge letter carries it no further than {BRIDGE_MONTHS} months"
    return ""


def _add_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def _midnight(day: dt.date, *, days: int = 0) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), dt.UTC)


def _record(
    command: Command, row: Attestation, event: Event, *, at: dt.datetime, note: str = ""
) -> None:
    audit.record(
        event,
        row,
        command,
        occurred_at=at,
        scheme=row.scheme.slug,
        edition=row.scheme.edition,
        level=row.level,
        private={"note": note},
    )
