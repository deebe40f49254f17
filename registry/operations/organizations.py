"""Organizations: what they are, where they are, and whether the operator deals with them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import JurisdictionRole, OrganizationKind, Role, Standing
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound
from registry.events import Event
from registry.followers import follow
from registry.models import (
    Jurisdiction,
    Organization,
    OrganizationJurisdiction,
    OrganizationVersion,
)
from registry.operations.identifiers import _identify, read_identifier
from registry.operations.screening_runs import _facts_changed
from registry.policies import check_role
from registry.versions import change_from, end_at, open_version, span


class SlugUnreadable(Invalid):
    code = "slug_unreadable"
    text = _("“%(slug)s” is not a slug: lower-case letters, digits and hyphens.")


class OrganizationKnown(Conflict):
    code = "organization_known"
    text = _("There is an organization “%(slug)s” already.")


class StandingUnchanged(Conflict):
    code = "standing_unchanged"
    text = _("The organization is %(standing)s: this step does not apply.")


@dataclass(frozen=True, slots=True)
class OrganizationProfile:
    """What is said of an organization when it is registered or changed.

    `jurisdictions` are pairs of slug and role; `identifiers` are `scheme:value`.
    """

    slug: str
    name: str
    kind: OrganizationKind
    legal_name: str = ""
    jurisdictions: tuple[tuple[str, JurisdictionRole], ...] = ()
    identifiers: tuple[str, ...] = field(default=())


@command
def register(
    command: Command,
    *,
    profile: OrganizationProfile,
    undisclosed: bool = False,
    synthetic: bool = False,
) -> Organization:
    """A new organization, in good standing. The name of an undisclosed one is for cleared roles only.

    Raises RoleMissing, SlugUnreadable, OrganizationKnown, NotFound (jurisdiction),
    IdentifierUnreadable.
    """
    check_role(command.by, Role.INTAKE)
    return _register(command, profile, undisclosed=undisclosed, synthetic=synthetic)


@command
def change(command: Command, *, organization: UUID, profile: OrganizationProfile) -> Organization:
    """From now on the organization is what the profile says; before, it was what it was.

    The slug stays. Raises RoleMissing, NotFound, Stale, IdentifierUnreadable.
    """
    check_role(command.by, Role.INTAKE)
    row = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    _change(command, row, profile)
    return row


@command
def suspend(command: Command, *, organization: UUID, reason: str) -> Organization:
    """Refuse every question about the organization from this commit on.

    Raises RoleMissing, NotFound, Stale, StandingUnchanged.
    """
    return _change_standing(command, organization, reason=reason, turn=_SUSPENSION)


@command
def reinstate(command: Command, *, organization: UUID, reason: str) -> Organization:
    """End a suspension. Raises RoleMissing, NotFound, Stale, StandingUnchanged."""
    return _change_standing(command, organization, reason=reason, turn=_REINSTATEMENT)


@command
def withdraw(command: Command, *, organization: UUID, reason: str) -> Organization:
    """The organization leaves the registry for good; its record stays.

    Raises RoleMissing, NotFound, Stale, StandingUnchanged.
    """
    return _change_standing(command, organization, reason=reason, turn=_WITHDRAWAL)


@dataclass(frozen=True, slots=True)
class _Turn:
    sources: frozenset[Standing]
    target: Standing
    event: Event


_SUSPENSION = _Turn(frozenset({Standing.ACTIVE}), Standing.SUSPENDED, Event.ORGANIZATION_SUSPENDED)
_REINSTATEMENT = _Turn(
    frozenset({Standing.SUSPENDED}), Standing.ACTIVE, Event.ORGANIZATION_REINSTATED
)
_WITHDRAWAL = _Turn(
    frozenset({Standing.ACTIVE, Standing.SUSPENDED}),
    Standing.WITHDRAWN,
    Event.ORGANIZATION_WITHDRAWN,
)


def _register(
    command: Command, profile: OrganizationProfile, *, undisclosed: bool, synthetic: bool
) -> Organization:
    clock = read_clock(command)
    row = Organization(
        slug=profile.slug,
        name=_label(profile, undisclosed=undisclosed),
        undisclosed=undisclosed,
        synthetic=synthetic,
        changed_at=clock.at,
    )
    _check_slug(profile.slug)
    with violation_means("registry_organization_slug_key", OrganizationKnown(slug=profile.slug)):
        row.save(force_insert=True)
    version = OrganizationVersion(
        organization=row,
        name=profile.name,
        legal_name=profile.legal_name,
        kind=profile.kind,
        valid=span(None),
    )
    open_version(version, recorded=clock.recorded)
    for jurisdiction, role in _find_jurisdictions(profile):
        open_version(
            OrganizationJurisdiction(
                organization=row, jurisdiction=jurisdiction, role=role, valid=span(None)
            ),
            recorded=clock.recorded,
        )
    audit.record(
        Event.ORGANIZATION_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        slug=profile.slug,
        kind=profile.kind,
        undisclosed=undisclosed,
        synthetic=synthetic,
        jurisdictions=[f"{role}:{slug}" for slug, role in profile.jurisdictions],
    )
    for identifier in profile.identifiers:
        _identify(command, row, identifier, clock=clock, since=None)
    return row


def _change(command: Command, row: Organization, profile: OrganizationProfile) -> bool:
    """Write what differs; whether anything did."""
    clock = read_clock(command, row)
    changed = _change_description(row, profile, clock)
    changed |= _change_jurisdictions(row, profile, clock)
    changed |= _add_identifiers(command, row, profile, clock=clock)
    if changed:
        touch(row, clock, "name")
        audit.record(
            Event.ORGANIZATION_CHANGED,
            row,
            command,
            occurred_at=clock.at,
            kind=profile.kind,
            jurisdictions=[f"{role}:{slug}" for slug, role in profile.jurisdictions],
        )
        follow(command, _facts_changed(command, [row.id]))
    return changed


def _change_description(row: Organization, profile: OrganizationProfile, clock: Clock) -> bool:
    current = row.versions.current().get(valid__upper_inf=True)
    said = {"name": profile.name, "legal_name": profile.legal_name, "kind": profile.kind}
    if all(getattr(current, key) == value for key, value in said.items()):
        return False
    row.name = _label(profile, undisclosed=row.undisclosed)
    change_from(current, at=clock.start(), recorded=clock.recorded, **said)
    return True


def _change_jurisdictions(row: Organization, profile: OrganizationProfile, clock: Clock) -> bool:
    wanted = {
        (jurisdiction.id, role): jurisdiction
        for jurisdiction, role in _find_jurisdictions(profile)
    }
    held = {
        (edge.jurisdiction_id, JurisdictionRole(edge.role)): edge
        for edge in row.jurisdictions.current().filter(valid__upper_inf=True)
    }
    for key in held.keys() - wanted.keys():
        end_at(held[key], at=clock.end, recorded=clock.recorded)
    for key in wanted.keys() - held.keys():
        edge = OrganizationJurisdiction(
            organization=row, jurisdiction=wanted[key], role=key[1], valid=span(clock.start())
        )
        open_version(edge, recorded=clock.recorded)
    return held.keys() != wanted.keys()


def _add_identifiers(
    command: Command, row: Organization, profile: OrganizationProfile, *, clock: Clock
) -> bool:
    """A changed profile adds identifiers; only `identifiers.withdraw` takes one away."""
    held = {
        (known.scheme, known.value)
        for known in row.identifiers.current().filter(valid__upper_inf=True)
    }
    new = [text for text in profile.identifiers if read_identifier(text) not in held]
    for identifier in new:
        _identify(command, row, identifier, clock=clock, since=clock.start())
    return bool(new)


def _change_standing(
    command: Command, organization: UUID, *, reason: str, turn: _Turn
) -> Organization:
    check_role(command.by, Role.RESTRICTOR)
    row = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    clock = read_clock(command, row)
    current = row.versions.current().get(valid__upper_inf=True)
    if current.standing not in turn.sources:
        raise StandingUnchanged(standing=Standing(current.standing).label)
    change_from(current, at=clock.end, recorded=clock.recorded, standing=turn.target)
    touch(row, clock)
    audit.record(turn.event, row, command, occurred_at=clock.recorded, private={"reason": reason})
    return row


def _label(profile: OrganizationProfile, *, undisclosed: bool) -> str:
    return f"Undisclosed organization ({profile.slug})" if undisclosed else profile.name


def _check_slug(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError as wrong:
        raise SlugUnreadable(slug=slug) from wrong
    if slug != slug.lower():
        raise SlugUnreadable(slug=slug)


def _find_jurisdictions(
    profile: OrganizationProfile,
) -> Iterable[tuple[Jurisdiction, JurisdictionRole]]:
    known = Jurisdiction.objects.in_bulk(
        [slug for slug, _role in profile.jurisdictions], field_name="slug"
    )
    for slug, role in dict.fromkeys(profile.jurisdictions):
        if slug not in known:
            raise NotFound("jurisdiction", slug=slug)
        yield known[slug], role
