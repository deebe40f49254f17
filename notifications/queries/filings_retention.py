"""How long what was told must be kept, and by which rule. Nothing is ever deleted before, or by itself after."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from notifications.models import Filing
from registry.choices import Anchor, RetainedFrom, Trigger
from registry.models import AnchorMoment
from registry.rules import read_rule
from registry.rules.document import RetentionPart


@dataclass(frozen=True, slots=True)
class Retention:
    """The first day on which it need not be kept any more. `until` is None where that cannot be said."""

    until: dt.date | None
    basis: str


def compute_retention(row: Filing, *, filed_at: dt.datetime) -> Retention:
    """By the pinned rule; counted from the filing where what it counts from was earlier, as the Code does (9.4)."""
    part = read_rule(row.obligation.rule.document).retention
    if part is None:
        return Retention(None, "")
    zone = ZoneInfo(row.obligation.zone)
    since = _find_start(row, part, filed_at)
    if since is None:
        basis = _(
            "%(citation)s: %(years)d years from the placing on the market, which is not on record"
        )
        return Retention(None, basis % {"citation": part.citation, "years": part.years})
    day = since.astimezone(zone).date()
    basis = _("%(citation)s: %(years)d years from %(day)s") % {
        "citation": part.citation,
        "years": part.years,
        "day": day.isoformat(),
    }
    return Retention(_add_years(day, part.years), basis)


def _find_start(row: Filing, part: RetentionPart, filed_at: dt.datetime) -> dt.datetime | None:
    if part.since is not RetainedFrom.PLACED:
        return filed_at
    occurrence, incident = row.obligation.occurrence, row.obligation.incident
    placed = AnchorMoment.objects.filter(anchor=Anchor.PLACED, superseded_by__isnull=True)
    if incident is not None:
        version = incident.versions.current().first()
        models = [] if version is None else version.ai_models
        placed = placed.filter(
            occurrence__kind=Trigger.MARKET_PLACEMENT, occurrence__ai_model__in=models
        )
    elif occurrence is not None and occurrence.ai_model_id is not None:
        placed = placed.filter(occurrence__ai_model=occurrence.ai_model_id)
    else:
        placed = placed.filter(occurrence=occurrence)
    latest = placed.order_by("-happened_at").first()
    return None if latest is None else latest.happened_at


def _add_years(day: dt.date, years: int) -> dt.date:
    """The same date; the day after it where that year has no 29 February: rather too long than too short."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)
