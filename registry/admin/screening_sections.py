"""How the screening of an organization stands, for the pages that show it: its own, its requests', its hits'."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from registry.admin.sections import Section, link
from registry.models import Organization, Screening, ScreeningHit
from registry.queries.screening import current_hits, find_standings


def list_screening(organization: Organization) -> list[Section]:
    """Where its screening stands, with whom it was screened, and the hits of the last screening."""
    standing = find_standings([organization.id])[organization.id]
    last = standing.last
    said: list[tuple[object, object]] = [(_("Standing"), standing.state.label)]
    if standing.lists:
        said.append((_("Lists"), ", ".join(standing.lists)))
    if last is not None:
        said.append((_("Last screened"), last.screened_at))
        said += [(_("Flag"), sentence) for sentence in _say_flags(last)]
    parts = [Section(_("Screening"), ("", ""), said)]
    if last is not None:
        parts += [_list_parties(last), list_hits(organization)]
    return parts


def list_hits(organization: Organization) -> Section:
    """The hits of the last screening of an organization."""
    rows = (
        current_hits()
        .filter(organization=organization)
        .select_related("party", "entry__screening_list")
    )
    return Section(
        _("Hits of the last screening"),
        (_("Hit"), _("List"), _("Party"), _("Strength"), _("Finding")),
        [
            (
                link(row, str(row.id)[:8]),
                row.entry.screening_list.name,
                link(row.party),
                row.get_strength_display(),
                row.get_finding_display() or _("open"),
            )
            for row in rows.order_by("-opened_at", "-id")
        ],
        empty=_("None."),
    )


def say_way(row: ScreeningHit) -> list[str]:
    """The stakes on the way to the party of a hit, nearest first."""
    names = _name(row.way)
    return [_say_stake(stake, names) for stake in row.way]


def _list_parties(last: Screening) -> Section:
    ways = [stake for party in last.parties for stake in party["way"]]
    rows = Organization.objects.in_bulk([UUID(one["organization"]) for one in last.parties])
    names = {str(pk): row.name for pk, row in rows.items()} | _name(ways)
    return Section(
        _("Screened with it"),
        (_("Organization"), _("By which way")),
        [
            (
                link(rows.get(UUID(party["organization"]))),
                "; ".join(_say_stake(stake, names) for stake in party["way"]) or _("itself"),
            )
            for party in last.parties
        ],
    )


def _say_flags(last: Screening) -> list[str]:
    names = _name(last.flags)
    return [_say_stake(stake, names) for stake in last.flags]


def _say_stake(stake: Mapping[str, Any], names: Mapping[str, str]) -> str:
    said = {"owner": names[stake["owner"]], "of": names[stake["of"]], "share": stake["share"]}
    if stake["share"] is None:
        return _("%(owner)s owns a part of %(of)s; how large a part is not known") % said
    return _("%(owner)s owns %(share)s %% of %(of)s") % said


def _name(stakes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The public names of those on a way."""
    keys = {UUID(stake[end]) for stake in stakes for end in ("owner", "of")}
    rows = Organization.objects.filter(pk__in=keys).values_list("pk", "name") if keys else ()
    return {str(pk): name for pk, name in rows}
