"""What one row of a file of organizations says, and how it becomes a line of an expansion."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from access.choices import LineEffect, PrimaryPurpose, RequestStatus, UnknownRule
from access.models import (
    AccessRequest,
    Expansion,
    LineImportRow,
    LinePlace,
    TermsAcceptance,
    TermsEdition,
)
from access.operations.expansions import LineElsewhere, _adopt
from access.operations.line_places import _rank
from access.operations.requests import _check_open, _hand_in, _open_draft
from access.workflow import OPEN
from registry.choices import OrganizationKind
from registry.commands import Clock, Command
from registry.errors import Conflict, NotFound, WorldsApart
from registry.models import Organization, OrganizationSector, OrganizationVersion
from registry.operations.csv_rows import Column, Row, ValueMissing, ValueUnknown, longest
from registry.operations.organizations import OrganizationProfile, _register
from registry.operations.sectors import Classified, _classify, read_sector
from registry.queries.organizations import find_exactly

COLUMNS: Mapping[str, Column] = {
    "organization": Column(required=True, longest=240),
    "name": Column(longest=longest(OrganizationVersion, "name")),
    "kind": Column(),
    "sector": Column(),
    "sector_source": Column(longest=longest(OrganizationSector, "source")),
    "purpose": Column(),
    "justification": Column(longest=20_000),
    "priority": Column(),
    "accepts_terms": Column(),
}
_LARGEST = 2**31 - 1


class OrganizationAmbiguous(Conflict):
    code = "organization_ambiguous"
    text = _("“%(said)s” names more than one organization.")


@dataclass
class Taking:
    """A file on its way in: as whom, into which locked envelope, and by which choices."""

    command: Command
    envelope: Expansion
    clock: Clock
    unknown: UnknownRule
    justification: str

    @cached_property
    def terms(self) -> TermsEdition | None:
        """The edition that binds now: the same for every row."""
        terms = self.envelope.program.terms.filter(required_from__lte=self.clock.recorded)
        return terms.order_by("-number").first()


@dataclass(frozen=True, slots=True)
class Line:
    """A row that can be meant. Without an `organization`, the profile is of the one to register."""

    said: str
    purpose: PrimaryPurpose
    justification: str
    priority: int | None
    accepts_terms: int | None
    organization: Organization | None
    profile: OrganizationProfile | None
    sector: Classified | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a row did."""

    effect: LineEffect
    request: AccessRequest
    registers: bool


def read_row(stored: LineImportRow, taking: Taking) -> Line | None:
    """What the row says; None where it cannot be meant, and then it says why."""
    row = Row(stored.line, stored.cells)
    said = row.text("organization")
    found = find_exactly([said]).get(said, [])
    if len(found) > 1:
        row.refuse("organization", OrganizationAmbiguous(said=said))
    profile = None if found else _read_profile(row, said, taking.unknown)
    purpose = row.choice("purpose", PrimaryPurpose) or PrimaryPurpose(taking.envelope.purpose)
    line = Line(
        said=said,
        purpose=purpose,
        justification=row.text("justification") or taking.justification,
        priority=_read_number(row, "priority"),
        accepts_terms=_read_number(row, "accepts_terms"),
        organization=found[0] if found else None,
        profile=profile,
        sector=read_sector(row),
    )
    stored.problems = [
        {"field": error.field, "code": error.code, "sentence": error.sentence}
        for error in row.errors
    ]
    return None if row.errors else line


def _take_in(taking: Taking, line: Line) -> Taken:
    """Make the row a line of the envelope, inside the caller's transaction; again changes nothing.

    Raises WorldsApart, LineElsewhere, ProgramClosed, ValueMissing, and what registering an organization and
    submitting a request raise.
    """
    organization = line.organization
    registers = organization is None
    if organization is None:
        assert line.profile is not None  # or the row would not be meant
        organization = _register(
            taking.command,
            line.profile,
            undisclosed=False,
            synthetic=taking.envelope.program.synthetic,
        )
        if line.sector is not None:
            _classify(taking.command, organization, line.sector, clock=taking.clock)
    if organization.synthetic != taking.envelope.program.synthetic:
        raise WorldsApart
    # Who was registered just now has asked for nothing yet.
    find = _make if registers else _find_or_make
    effect, request = find(taking, line, organization)
    if line.priority is not None:
        place = LinePlace.objects.filter(request=request).first()
        if place is None or place.priority != line.priority:
            _rank(
                taking.command,
                taking.envelope,
                request,
                priority=line.priority,
                clock=taking.clock,
            )
    return Taken(effect, request, registers)


def _find_or_make(
    taking: Taking, line: Line, organization: Organization
) -> tuple[LineEffect, AccessRequest]:
    """The line that is there; else the organization's open request, adopted; else a new one."""
    envelope = taking.envelope
    asked = AccessRequest.objects.filter(
        organization=organization, tier=envelope.tier_id, purpose=line.purpose
    )
    there = (
        asked.filter(expansion=envelope) | asked.filter(line_moves__from_expansion=envelope)
    ).first()
    if there is not None:
        return LineEffect.UNCHANGED, there
    locked = asked.filter(status__in=OPEN).select_for_update(of=("self",), no_key=True)
    request = locked.first()
    if request is None:
        return _make(taking, line, organization)
    if request.expansion_id is not None:
        raise LineElsewhere
    _adopt(taking.command, envelope, request, clock=taking.clock)
    return LineEffect.ADOPTED, request


def _make(
    taking: Taking, line: Line, organization: Organization
) -> tuple[LineEffect, AccessRequest]:
    """A new request, handed in where the terms that bind are accepted; else a draft that waits for that."""
    if not line.justification.strip():
        raise ValueMissing
    envelope = taking.envelope
    _check_open(envelope.program, taking.clock)
    request = _open_draft(
        taking.command,
        organization=organization,
        tier=envelope.tier,
        purpose=line.purpose,
        justification=line.justification,
        clock=taking.clock,
    )
    _adopt(taking.command, envelope, request, clock=taking.clock)
    accepts = line.accepts_terms
    terms = taking.terms
    if terms is not None and accepts is None:
        accepted = TermsAcceptance.objects.current().filter(
            organization=organization, edition=terms, valid__upper_inf=True
        )
        if not accepted.exists():
            return LineEffect.DRAFTED, request
        accepts = terms.number
    _hand_in(taking.command, request, accepts_terms=accepts, clock=taking.clock)
    assert request.status == RequestStatus.SUBMITTED
    return LineEffect.SUBMITTED, request


def _read_profile(row: Row, said: str, unknown: UnknownRule) -> OrganizationProfile | None:
    """Who is to be registered; None, and noted, where nobody is."""
    if unknown is UnknownRule.REFUSE or ":" in said:
        row.refuse("organization", NotFound("organization"))
        return None
    kind = row.choice("kind", OrganizationKind)
    for column in ("name", "kind"):
        if not row.text(column):
            row.refuse(column, ValueMissing())
    if kind is None:
        return None
    return OrganizationProfile(slug=said, name=row.text("name"), kind=kind)


def _read_number(row: Row, column: str) -> int | None:
    said = row.text(column)
    if not said:
        return None
    if said.isascii() and said.isdigit() and 0 < int(said[:11]) <= _LARGEST:
        return int(said)
    row.refuse(column, ValueUnknown(value=said, known="1, 2, 3, …"))
    return None
