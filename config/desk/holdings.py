"""Who holds access, on any day, and how we know: page and export of the one query."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from access.queries.holdings import Holding, Holdings, list_holdings
from registry.admin.desk import actor_of
from registry.admin.files import answer_file
from registry.choices import Role
from registry.models import AIModel

_COLORS = {"yes": "desk-yes", "no": "desk-no", "not_known": "desk-open"}


class HoldingsForm(forms.Form):
    """Which model, which day, and the state of knowledge. A day is read at its last moment, UTC."""

    model = forms.ModelChoiceField(
        AIModel.objects.order_by("synthetic", "slug"), to_field_name="slug"
    )
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    known_on = forms.DateField(
        required=False, label="as known on", widget=forms.DateInput(attrs={"type": "date"})
    )


@require_safe
def show_holdings(request: HttpRequest) -> HttpResponse:
    """The page; `?format=csv` gives the same as a file."""
    if not actor_of(request).has(*Role):
        raise PermissionDenied
    form = HoldingsForm(request.GET or None)
    found: Holdings | None = None
    if form.is_bound and form.is_valid():
        found = list_holdings(
            form.cleaned_data["model"],
            as_of=_end_of(form.cleaned_data["day"]) or now(),
            known_at=_end_of(form.cleaned_data["known_on"]),
        )
    if found is not None and request.GET.get("format") == "csv":
        return _export(found)
    context = {
        **admin.site.each_context(request),
        "title": "Who holds access",
        "form": form,
        "found": found,
        "rows": [] if found is None else [(row, _COLORS[row.holds]) for row in found.rows],
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "desk/holdings.html", context)


def _end_of(day: dt.date | None) -> dt.datetime | None:
    """The last moment of the day, so that what began on it is in; never later than now."""
    if day is None:
        return None
    last = dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC)
    return min(last, now())


def _export(found: Holdings) -> HttpResponse:
    name = f"holdings-{found.ai_model.slug}-{found.as_of:%Y-%m-%d}.csv"
    head = (
        *("organization", "name", "holds", "origin", "since", "until", "reason", "manner"),
        "sources",
    )
    return answer_file(name, head, map(_cells, found.rows))


def _cells(row: Holding) -> list[Any]:
    sources = [
        f"{cited.source.publisher} ({cited.grade})"
        for fact in row.facts
        for cited in fact.citations.all()
    ]
    return [
        row.organization.slug,
        row.organization.name,
        row.holds.value,
        row.origin.value,
        row.since and row.since.isoformat(),
        row.until and row.until.isoformat(),
        row.reason,
        row.manner,
        "; ".join(dict.fromkeys(sources)),
    ]
