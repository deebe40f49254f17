"""What one line of a file of holdings means, by what the registry knows."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.choices import PrimaryPurpose
from access.models import Grant, GrantItem, Program, TermsAcceptance, TermsEdition, Tier
from access.operations.issuing import EndBeforeStart
from registry.errors import Invalid, WorldsApart
from registry.models import ExternalIdentifier, Organization
from registry.operations.csv_rows import Column, Row, ValueTooLong, longest
from registry.operations.identifiers import IdentifierUnreadable, read_identifier

COLUMNS: Mapping[str, Column] = {
    "external_reference": Column(required=True, longest=longest(Grant, "external_reference")),
    "organization": Column(required=True),
    "program": Column(required=True),
    "tier": Column(required=True),
    "model": Column(),
    "purpose": Column(required=True),
    "starts_at": Column(required=True),
    "ends_at": Column(),
    "surfaces": Column(),
    "terms_edition": Column(),
    "evidence": Column(longest=longest(Grant, "evidence")),
}
_LONGEST_SURFACE = 240
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?P<time>T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?"
)

Period = tuple[dt.datetime | None, dt.datetime | None]


class NameUnknown(Invalid):
    code = "name_unknown"
    text = _("There is no %(what)s “%(name)s”.")


class NameAmbiguous(Invalid):
    code = "ambiguous_identifier"
    text = _("“%(name)s” names more than one organization.")


class ModelNotInTier(Invalid):
    code = "model_not_in_tier"
    text = _("The tier does not cover the model “%(model)s”.")


class TimeUnreadable(Invalid):
    code = "time_unreadable"
    text = _("“%(said)s” is neither a date nor a time with its zone, as RFC 3339 writes them.")


@dataclass(frozen=True, slots=True)
class Holding:
    """What one row says, looked up."""

    organization: Organization
    tier: Tier
    models: frozenset[UUID]
    purpose: PrimaryPurpose
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    surfaces: tuple[str, ...]
    edition: TermsEdition | None

    def is_the_one(self, imported: Grant, items: list[GrantItem]) -> bool:
        """Whether the grant, with the items it was imported with, is what the row says."""
        said = (self.organization.id, self.tier.id, self.purpose)
        return (
            said == (imported.organization_id, imported.tier_id, imported.purpose)
            and self.models == {item.ai_model_id for item in items}
            and all(
                (item.valid.lower, item.valid.upper) == (self.starts_at, self.ends_at)
                and set(item.surfaces) == set(self.surfaces)
                for item in items
            )
        )


@dataclass(slots=True)
class Known:
    """What the registry knows now of what a file names, read in a fixed number of queries."""

    programs: Mapping[str, Program]
    tiers: Mapping[tuple[UUID, str], Tier]
    organizations: dict[str, list[Organization]] = field(default_factory=dict)
    editions: dict[tuple[UUID, int], TermsEdition] = field(default_factory=dict)
    accepted: set[tuple[UUID, UUID]] = field(default_factory=set)
    grants: dict[tuple[UUID, str], Grant] = field(default_factory=dict)
    imported: dict[UUID, list[GrantItem]] = field(default_factory=dict)
    periods: dict[tuple[UUID, UUID, UUID, str], list[Period]] = field(
        default_factory=lambda: defaultdict(list)
    )


def read_holding(row: Row, known: Known) -> Holding | None:
    """What the row says; None, and noted, where some of it cannot be meant."""
    organization = _find_organization(row, known)
    tier = _find_tier(row, known)
    purpose = row.choice("purpose", PrimaryPurpose)
    starts_at, ends_at = _read_time(row, "starts_at"), _read_time(row, "ends_at")
    surfaces = _read_surfaces(row)
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        row.refuse("ends_at", EndBeforeStart())
    if organization and tier and organization.synthetic != tier.program.synthetic:
        row.refuse("organization", WorldsApart())
    models = frozenset[UUID]() if tier is None else _find_models(row, tier)
    edition = None if tier is None else _find_edition(row, tier, known)
    if row.errors or organization is None or tier is None or purpose is None or starts_at is None:
        return None
    return Holding(organization, tier, models, purpose, starts_at, ends_at, surfaces, edition)


def _find_organization(row: Row, known: Known) -> Organization | None:
    name = row.text("organization")
    found = known.organizations.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        row.refuse("organization", NameAmbiguous(name=name))
    elif name:
        row.refuse("organization", NameUnknown(what=_("organization"), name=name))
    return None


def _find_tier(row: Row, known: Known) -> Tier | None:
    name = row.text("program")
    program = known.programs.get(name)
    if program is None:
        if name:
            row.refuse("program", NameUnknown(what=_("program"), name=name))
        return None
    name = row.text("tier")
    tier = known.tiers.get((program.id, name))
    if tier is None and name:
        row.refuse("tier", NameUnknown(what=_("tier in this program"), name=name))
    return tier


def _find_models(row: Row, tier: Tier) -> frozenset[UUID]:
    wanted = row.text("model")
    found = frozenset(
        model.id for model in tier.ai_models.all() if not wanted or model.slug == wanted
    )
    if not found:
        row.refuse("model", ModelNotInTier(model=wanted))
    return found


def _find_edition(row: Row, tier: Tier, known: Known) -> TermsEdition | None:
    name = row.text("terms_edition")
    number = int(name) if re.fullmatch("[0-9]{1,9}", name) else -1
    found = known.editions.get((tier.program_id, number))
    if found is None and name:
        row.refuse("terms_edition", NameUnknown(what=_("edition of these terms"), name=name))
    return found


def _read_time(row: Row, column: str) -> dt.datetime | None:
    """A moment with its zone; a date means its beginning in UTC."""
    said = row.text(column)
    found = _TIME.fullmatch(said.upper())
    try:
        if found is not None:
            moment = dt.datetime.fromisoformat(said.upper())
            return (moment if found["time"] else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    if said:
        row.refuse(column, TimeUnreadable(said=said))
    return None


def _read_surfaces(row: Row) -> tuple[str, ...]:
    said = row.values("surfaces")
    for text in said:
        try:
            read_identifier(text)
        except IdentifierUnreadable as refusal:
            row.refuse("surfaces", refusal)
        if len(text) > _LONGEST_SURFACE:
            row.refuse("surfaces", ValueTooLong(longest=_LONGEST_SURFACE))
    return said


def load_known(rows: Iterable[Row], *, lock: bool) -> Known:
    """Programs are locked before organizations, each in the order of their ids."""
    found = Program.objects.filter(slug__in={row.text("program") for row in rows}).order_by("id")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    programs = {program.slug: program for program in found}
    within = [program.id for program in programs.values()]
    tiers = Tier.objects.filter(program__in=within).select_related("program")
    known = Known(
        programs=programs,
        tiers={(tier.program_id, tier.slug): tier for tier in tiers.prefetch_related("ai_models")},
        organizations=_load_organizations({row.text("organization") for row in rows}, lock=lock),
    )
    for edition in TermsEdition.objects.filter(program__in=within):
        known.editions[edition.program_id, edition.number] = edition
    accepted = TermsAcceptance.objects.current().filter(
        edition__program__in=within, valid__upper_inf=True
    )
    known.accepted.update(accepted.values_list("organization_id", "edition_id"))
    _load_grants(rows, known)
    return known


def _load_organizations(names: set[str], *, lock: bool) -> dict[str, list[Organization]]:
    """Who answers to each name: a slug, or `scheme:value`."""
    pairs = {tuple(name.split(":", 1)): name for name in names if ":" in name}
    named = (
        ExternalIdentifier.objects.current()
        .filter(
            organization__isnull=False,
            valid__upper_inf=True,
            scheme__in={pair[0] for pair in pairs},
            value__in={pair[1] for pair in pairs},
        )
        .values_list("scheme", "value", "organization_id")
    )
    holders = [
        (pairs[scheme, value], pk) for scheme, value, pk in named if (scheme, value) in pairs
    ]
    found = Organization.objects.filter(
        Q(slug__in=names) | Q(pk__in=[pk for _name, pk in holders])
    ).order_by("id")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    rows = {row.id: row for row in found}
    organizations = {row.slug: [row] for row in rows.values()}
    for name, pk in holders:
        organizations.setdefault(name, []).append(rows[pk])
    return organizations


def _load_grants(rows: Iterable[Row], known: Known) -> None:
    """What was imported under these references, and the periods that are taken."""
    imported = Grant.objects.filter(
        program__in=[program.id for program in known.programs.values()],
        external_reference__in={row.text("external_reference") for row in rows} - {""},
    )
    known.grants = {(row.program_id, row.external_reference): row for row in imported}
    for item in GrantItem.objects.filter(grant__in=imported).order_by("recorded", "id"):
        first = known.imported.setdefault(item.grant_id, [item])
        if item is not first[0] and item.recorded.lower == first[0].recorded.lower:
            first.append(item)
    taken = GrantItem.objects.current().filter(
        organization__in={row.id for found in known.organizations.values() for row in found},
        tier__in=[tier.id for tier in known.tiers.values()],
    )
    for item in taken:
        key = (item.organization_id, item.tier_id, item.ai_model_id, item.purpose)
        known.periods[key].append((item.valid.lower, item.valid.upper))
