"""The disclosure log: which names and documents went to which authority, when, by whom and on what basis."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import DisclosureBasis, Marking, Origin
from access.events import Event
from access.models import DisclosedDocument, DisclosedName, Disclosure
from registry import audit
from registry.choices import Precision, Role
from registry.commands import Command, command, read_clock
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound, WorldsApart
from registry.models import Authority, Organization
from registry.operations.facts import FactSaid, report_within_transaction
from registry.policies import check_role

_SHA256 = re.compile(r"[0-9a-f]{64}")
_BOUND = (DisclosureBasis.DUTY, DisclosureBasis.ORDER)


class NothingDisclosed(Invalid):
    code = "nothing_disclosed"
    text = _("Say which names or documents were given.")


class DisclosureUncited(Invalid):
    code = "disclosure_uncited"
    text = _("Say which duty, or which order, it was given under.")


class DigestUnreadable(Invalid):
    code = "digest_unreadable"
    text = _("“%(sha256)s” is not a SHA-256 in 64 lower-case hexadecimal digits.")


class DisclosureAhead(Invalid):
    code = "disclosure_ahead"
    text = _("This has not been given yet: the log tells what was.")


class CorrectionUnexplained(Invalid):
    code = "correction_unexplained"
    text = _("Say what was wrong.")


class DisclosureCorrected(Conflict):
    """Corrections form a line: the latest is what is corrected next."""

    code = "disclosure_corrected"
    text = _("This entry has been corrected already: correct the later one.")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that went along, by title and SHA-256."""

    title: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Given:
    """What went to one authority at one time: names (organizations) and documents, any number of each.

    `given_by` is the organization that gave it; `handed_over_by` the person, where it was not whoever records it.
    """

    authority: UUID
    given_at: dt.datetime
    basis: DisclosureBasis
    organizations: tuple[UUID, ...] = ()
    documents: tuple[Document, ...] = ()
    given_by: UUID | None = None
    handed_over_by: str = ""
    precision: Precision = Precision.INSTANT
    citation: str = ""
    words: str = ""
    marking: Marking = Marking.RESTRICTED


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a new row stands: on which fact, in place of which row, and why."""

    corrects: Disclosure | None = None
    reason: str = ""
    taken_back: bool = False


@command
def disclose(command: Command, *, given: Given) -> Disclosure:
    """Write down what was given to an authority.

    Raises RoleMissing, NotFound, WorldsApart, NothingDisclosed, DisclosureUncited, DigestUnreadable, DisclosureAhead.
    """
    check_role(command.by, Role.AUTHORITY_DESK, Role.CLEARED)
    return _disclose(command, given)


@command
def report_disclosure(command: Command, *, given: Given, fact: FactSaid) -> Disclosure:
    """Write down what a source says was given to an authority; whoever was named need not be known.

    Raises RoleMissing, NotFound, SourceMissing, WorldsApart, DigestUnreadable, DisclosureAhead.
    """
    reported, _recorded = report_within_transaction(command, fact)
    open_ = replace(given, marking=Marking.OPEN, words=given.words or fact.statement)
    rows = _find(open_)
    if any(row.synthetic for row in rows.world):
        raise WorldsApart
    row = _build(command, rows, _Place())
    row.origin, row.fact = Origin.REPORTED, reported
    return _save(command, row, rows)


@command
def correct(command: Command, *, disclosure: UUID, given: Given, reason: str) -> Disclosure:
    """What was given was something else: a row that takes the earlier one's place. The earlier stays readable.

    Raises RoleMissing, NotFound, CorrectionUnexplained, DisclosureCorrected, and what `disclose` raises.
    """
    check_role(command.by, Role.AUTHORITY_DESK, Role.CLEARED)
    return _disclose(command, given, _Place(_find_own(command, disclosure), _read_reason(reason)))


@command
def take_back(command: Command, *, disclosure: UUID, reason: str) -> Disclosure:
    """Nothing was given after all. Raises RoleMissing, NotFound, CorrectionUnexplained, DisclosureCorrected."""
    check_role(command.by, Role.AUTHORITY_DESK, Role.CLEARED)
    return _take_back(command, _find_own(command, disclosure), reason=_read_reason(reason))


def _disclose(command: Command, given: Given, place: _Place | None = None) -> Disclosure:
    """Inside the caller's transaction, for what another operation gives to an authority too."""
    if not given.organizations and not given.documents:
        raise NothingDisclosed
    if given.basis in _BOUND and not given.citation.strip():
        raise DisclosureUncited
    rows = _find(given)
    return _save(command, _build(command, rows, place or _Place()), rows)


def _take_back(command: Command, row: Disclosure, *, reason: str) -> Disclosure:
    """Inside the caller's transaction."""
    said = Given(
        authority=row.authority_id,
        given_at=row.given_at,
        basis=DisclosureBasis(row.basis),
        given_by=row.given_by_id,
        handed_over_by=row.handed_over_by,
        precision=Precision(row.precision),
        citation=row.citation,
        marking=Marking(row.marking),
    )
    rows = _find(said)
    later = _build(command, rows, _Place(row, reason, taken_back=True))
    return _save(command, later, rows)


@dataclass(frozen=True, slots=True)
class _Rows:
    given: Given
    authority: Authority
    named: list[Organization]
    given_by: Organization | None

    @property
    def world(self) -> list[Organization]:
        giver = [] if self.given_by is None else [self.given_by]
        return [self.authority.organization, *self.named, *giver]


def _find(given: Given) -> _Rows:
    """Raises NotFound, WorldsApart, DigestUnreadable."""
    body = Authority.objects.select_related("organization").filter(pk=given.authority).first()
    if body is None:
        raise NotFound("authority")
    wanted = {*given.organizations, *([] if given.given_by is None else [given.given_by])}
    known = Organization.objects.in_bulk(wanted)
    if len(known) != len(wanted):
        raise NotFound("organization")
    for document in given.documents:
        if not _SHA256.fullmatch(document.sha256):
            raise DigestUnreadable(sha256=document.sha256)
    rows = _Rows(
        given,
        body,
        [known[pk] for pk in sorted(set(given.organizations))],
        None if given.given_by is None else known[given.given_by],
    )
    if len({row.synthetic for row in rows.world}) > 1:
        raise WorldsApart
    return rows


def _build(command: Command, rows: _Rows, place: _Place) -> Disclosure:
    """Raises DisclosureAhead."""
    given, clock = rows.given, read_clock(command)
    if given.given_at > max(clock.recorded, clock.at):
        raise DisclosureAhead
    return Disclosure(
        authority=rows.authority,
        origin=Origin.DECIDED,
        given_by=rows.given_by,
        handed_over_by=given.handed_over_by.strip(),
        given_at=given.given_at,
        precision=given.precision,
        basis=given.basis,
        citation=given.citation.strip(),
        words=given.words.strip(),
        marking=given.marking,
        corrects=place.corrects,
        correction_reason=place.reason,
        taken_back=place.taken_back,
        recorded_by=command.by.key,
        recorded_at=clock.recorded,
    )


def _save(command: Command, row: Disclosure, rows: _Rows) -> Disclosure:
    # Nothing is locked: of two corrections at once the unique index lets one in.
    with violation_means("access_disclosure_corrects_id_key", DisclosureCorrected()):
        row.save(force_insert=True)
    DisclosedName.objects.bulk_create(
        DisclosedName(disclosure=row, organization=named) for named in rows.named
    )
    digests = {document.sha256: document for document in rows.given.documents}
    DisclosedDocument.objects.bulk_create(
        DisclosedDocument(disclosure=row, title=one.title.strip(), sha256=one.sha256)
        for one in digests.values()
    )
    before = row.corrects
    audit.record(
        _EVENTS[before is not None, row.marking == Marking.CONFIDENTIAL],
        row,
        command,
        occurred_at=row.given_at if before is None else row.recorded_at,
        concerned=_concerned(row, before),
        authority=row.authority_id,
        basis=row.basis,
        origin=row.origin,
        names=len(rows.named),
        documents=sorted(digests),
        corrects=None if before is None else before.id,
        taken_back=row.taken_back,
        private={"words": row.words, "reason": row.correction_reason},
    )
    return row


def _concerned(row: Disclosure, before: Disclosure | None) -> set[UUID]:
    """Whoever is named, and whoever is named no more; nobody where either is kept in confidence from them."""
    if row.marking == Marking.CONFIDENTIAL:
        return set()
    earlier = [] if before is None else before.organizations_concerned()
    return {*row.organizations_concerned(), *earlier}


def _find_own(command: Command, disclosure: UUID) -> Disclosure:
    """What was recorded here. What a source reports is superseded as a fact."""
    found = (
        Disclosure.objects.visible_to(command.by)
        .filter(pk=disclosure, origin=Origin.DECIDED)
        .first()
    )
    if found is None:
        raise NotFound("disclosure")
    return found


def _read_reason(reason: str) -> str:
    if not reason.strip():
        raise CorrectionUnexplained
    return reason.strip()


_EVENTS = {
    (False, False): Event.DISCLOSURE_RECORDED,
    (False, True): Event.DISCLOSURE_RECORDED_IN_CONFIDENCE,
    (True, False): Event.DISCLOSURE_CORRECTED,
    (True, True): Event.DISCLOSURE_CORRECTED_IN_CONFIDENCE,
}
