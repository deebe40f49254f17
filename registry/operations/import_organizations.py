"""Organizations from a CSV file, with where they are, what others call them and whom to tell.

An absent column leaves what is known; an empty cell of a described column ends it. Identifiers and
contacts are only ever added, and a sector gives way only to another.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from registry.actors import Actor
from registry.choices import JurisdictionRole, OrganizationKind, Role, Sector
from registry.commands import Command, command, read_clock
from registry.errors import DomainError, Invalid
from registry.models import (
    Contact,
    ExternalIdentifier,
    ImportRun,
    Jurisdiction,
    Organization,
    OrganizationJurisdiction,
    OrganizationSector,
    OrganizationVersion,
)
from registry.operations.contacts import AddressUnreadable
from registry.operations.contacts import _register as _register_contact
from registry.operations.csv_rows import (
    Column,
    Row,
    Sheet,
    ValueMissing,
    longest,
    read_rows,
    refuse_twice,
)
from registry.operations.identifiers import IdentifierUnreadable, read_identifier
from registry.operations.import_runs import (
    Effect,
    ImportPreview,
    refuse_errors,
    summarize,
    write_run,
)
from registry.operations.organizations import (
    OrganizationProfile,
    SlugUnreadable,
    _change,
    _check_slug,
    _register,
)
from registry.operations.sectors import Classified, _classify, read_sector
from registry.policies import check_role

COLUMNS: Mapping[str, Column] = {
    "slug": Column(required=True, longest=longest(Organization, "slug")),
    "name": Column(required=True, longest=longest(OrganizationVersion, "name")),
    "legal_name": Column(longest=longest(OrganizationVersion, "legal_name")),
    "kind": Column(required=True),
    "seat": Column(),
    "subsidiaries": Column(),
    "processing_sites": Column(),
    "identifiers": Column(),
    "sector": Column(),
    "sector_source": Column(longest=longest(OrganizationSector, "source")),
    "contact_name": Column(longest=longest(Contact, "name")),
    "contact_email": Column(longest=longest(Contact, "email")),
}
_ROLES = {
    "seat": JurisdictionRole.SEAT,
    "subsidiaries": JurisdictionRole.SUBSIDIARY,
    "processing_sites": JurisdictionRole.PROCESSING_SITE,
}


class JurisdictionUnknown(Invalid):
    code = "jurisdiction_unknown"
    text = _("There is no jurisdiction “%(slug)s”.")


@dataclass(slots=True)
class _Known:
    """What the registry knows now of the organizations in a file, read in a fixed number of queries."""

    jurisdictions: frozenset[str]
    organizations: Mapping[str, Organization]
    versions: dict[UUID, OrganizationVersion] = field(default_factory=dict)
    places: dict[UUID, set[tuple[str, JurisdictionRole]]] = field(
        default_factory=lambda: defaultdict(set)
    )
    identifiers: dict[UUID, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    sectors: dict[UUID, Classified] = field(default_factory=dict)
    emails: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(slots=True)
class _Plan:
    """What one row says, and what of it is new."""

    row: Row
    organization: Organization | None
    profile: OrganizationProfile | None
    email: str
    sector: Classified | None = None
    describes: bool = True
    classifies: bool = False
    adds_contact: bool = False

    @property
    def effect(self) -> Effect | None:
        if self.profile is None:
            return None
        if self.organization is None:
            return Effect.CREATED
        changes = self.describes or self.classifies or self.adds_contact
        return Effect.CHANGED if changes else Effect.UNCHANGED


def preview(*, actor: Actor, content: bytes) -> ImportPreview:
    """What the file would do, line by line, and everything that is wrong with it. Writes nothing.

    Raises RoleMissing.
    """
    check_role(actor, Role.INTAKE)
    sheet = read_rows(content, COLUMNS)
    return _summarize(sheet, _plan(sheet, lock=False))


@command
def import_(command: Command, *, file_name: str, content: bytes) -> ImportRun:
    """Take the file in, whole or not at all. Again is no harm: then nothing is changed.

    Raises RoleMissing, ImportRefused.
    """
    check_role(command.by, Role.INTAKE)
    sheet = read_rows(content, COLUMNS)
    plans = _plan(sheet, lock=True)
    planned = _summarize(sheet, plans)
    refuse_errors(planned)
    for plan in plans:
        try:
            _apply(command, plan)
        except DomainError as refusal:  # what came about between the plan and here
            plan.row.refuse("slug", refusal)
    refuse_errors(_summarize(sheet, plans))
    return write_run(
        command, kind="organizations", file_name=file_name, digest=sheet.sha256, done=planned
    )


def _summarize(sheet: Sheet, plans: Iterable[_Plan]) -> ImportPreview:
    return summarize(sheet, ((plan.row, plan.effect) for plan in plans), key="slug")


def _apply(command: Command, plan: _Plan) -> None:
    profile, row = plan.profile, plan.organization
    assert profile is not None
    if row is None:
        row = _register(command, profile, undisclosed=False, synthetic=False)
    elif plan.describes:
        _change(command, row, profile)
    if plan.classifies and plan.sector is not None:
        _classify(command, row, plan.sector, clock=read_clock(command, row))
    if plan.adds_contact:
        _register_contact(command, row, name=plan.row.text("contact_name"), email=plan.email)


def _plan(sheet: Sheet, *, lock: bool) -> list[_Plan]:
    refuse_twice(sheet.rows, "slug")
    known = _load(sheet.rows, lock=lock)
    return [_plan_row(row, known) for row in sheet.rows]


def _load(rows: Iterable[Row], *, lock: bool) -> _Known:
    """Organizations are locked in the order of their ids, so that two imports wait for one another."""
    found = Organization.objects.filter(slug__in=[row.text("slug") for row in rows])
    if lock:
        found = found.select_for_update(of=("self",), no_key=True).order_by("id")
    known = _Known(
        jurisdictions=frozenset(Jurisdiction.objects.values_list("slug", flat=True)),
        organizations={row.slug: row for row in found},
    )
    within = [row.id for row in known.organizations.values()]
    for version in OrganizationVersion.objects.current().filter(
        organization__in=within, valid__upper_inf=True
    ):
        known.versions[version.organization_id] = version
    places = OrganizationJurisdiction.objects.current().filter(
        organization__in=within, valid__upper_inf=True
    )
    for place in places.select_related("jurisdiction"):
        known.places[place.organization_id].add(
            (place.jurisdiction.slug, JurisdictionRole(place.role))
        )
    for said in OrganizationSector.objects.current().filter(
        organization__in=within, valid__upper_inf=True
    ):
        known.sectors[said.organization_id] = Classified(Sector(said.sector), said.source)
    for name in ExternalIdentifier.objects.current().filter(
        organization__in=within, valid__upper_inf=True
    ):
        if name.organization_id is not None:
            known.identifiers[name.organization_id].add((name.scheme, name.value))
    told = Contact.objects.filter(organization__in=within, ended_at__isnull=True)
    for contact in told:
        known.emails[contact.organization_id].add(contact.email.lower())
    return known


def _plan_row(row: Row, known: _Known) -> _Plan:
    organization = known.organizations.get(row.text("slug"))
    profile = _read_profile(row, organization, known)
    email, sector = _read_email(row), read_sector(row)
    if row.errors or profile is None:
        return _Plan(row, organization, None, "")
    if organization is None:
        return _Plan(
            row,
            None,
            profile,
            email,
            sector=sector,
            classifies=sector is not None,
            adds_contact=bool(email),
        )
    return _Plan(
        row,
        organization,
        profile,
        email,
        sector=sector,
        classifies=sector is not None and sector != known.sectors.get(organization.id),
        describes=_differs(profile, organization.id, known),
        adds_contact=bool(email) and email.lower() not in known.emails[organization.id],
    )


def _differs(profile: OrganizationProfile, organization: UUID, known: _Known) -> bool:
    current = known.versions[organization]
    said = (profile.name, profile.legal_name, profile.kind)
    named = {read_identifier(text) for text in profile.identifiers}
    return (
        said != (current.name, current.legal_name, current.kind)
        or set(profile.jurisdictions) != known.places[organization]
        or not named <= known.identifiers[organization]
    )


def _read_profile(
    row: Row, organization: Organization | None, known: _Known
) -> OrganizationProfile | None:
    """What the row says, and for absent columns what is known. None where it names no kind."""
    if slug := row.text("slug"):
        try:
            _check_slug(slug)
        except SlugUnreadable as refusal:
            row.refuse("slug", refusal)
    kind = row.choice("kind", OrganizationKind)
    jurisdictions = _read_jurisdictions(row, organization, known)
    identifiers = _read_identifiers(row)
    if kind is None:
        return None
    legal_name = row.text("legal_name")
    if organization is not None and "legal_name" not in row.cells:
        legal_name = known.versions[organization.id].legal_name
    return OrganizationProfile(
        slug=slug,
        name=row.text("name"),
        kind=kind,
        legal_name=legal_name,
        jurisdictions=jurisdictions,
        identifiers=identifiers,
    )


def _read_jurisdictions(
    row: Row, organization: Organization | None, known: _Known
) -> tuple[tuple[str, JurisdictionRole], ...]:
    said: list[tuple[str, JurisdictionRole]] = []
    for column, role in _ROLES.items():
        if column in row.cells:
            for slug in row.values(column):
                if slug not in known.jurisdictions:
                    row.refuse(column, JurisdictionUnknown(slug=slug))
                said.append((slug, role))
        elif organization is not None:
            said.extend(pair for pair in known.places[organization.id] if pair[1] is role)
    return tuple(said)


def _read_identifiers(row: Row) -> tuple[str, ...]:
    said = row.values("identifiers")
    for text in said:
        try:
            read_identifier(text)
        except IdentifierUnreadable as refusal:
            row.refuse("identifiers", refusal)
    return said


def _read_email(row: Row) -> str:
    """The contact's address, empty where the row names no contact."""
    name, email = row.text("contact_name"), row.text("contact_email")
    if not name and not email:
        return ""
    if not name:
        row.refuse("contact_name", ValueMissing())
    try:
        validate_email(email)
    except ValidationError:
        row.refuse("contact_email", AddressUnreadable(email=email) if email else ValueMissing())
    return email
