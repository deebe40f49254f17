"""How far a stop is: what each enforcement point said, and how the stopped come back."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.timezone import now

from access.choices import Origin
from access.models import Restriction
from access.queries.effects import measure_effect
from access.queries.returns import list_returns
from access.queries.stops import PAGE

REFRESH_SECONDS = 3


def show_effect(
    request: HttpRequest, restriction: UUID, context: dict[str, Any], *, part: bool
) -> HttpResponse:
    """The page; or the part of it that is fetched anew while points are awaited."""
    row = (
        Restriction.objects.filter(pk=restriction, origin=Origin.DECIDED)
        .select_related("because_of")
        .first()
    )
    if row is None:
        raise Http404
    at = now()
    off, on = measure_effect(row.id, at=at)
    page = {
        **context,
        "title": f"How far it is: {row.title}",
        "row": row,
        "at": at,
        "effects": [("Switching off", off), *([("Switching on again", on)] if on else [])],
        "awaited": not off.complete if on is None else not on.complete,
        "seconds": REFRESH_SECONDS,
    }
    if part:
        response = TemplateResponse(request, "desk/effect_part.html", page)
        response["Cache-Control"] = "no-store"
        return response
    after = request.GET.get("after", "")
    returns = list_returns(row, after=after, limit=PAGE + 1)
    page |= {
        "returns": returns,
        "rows": returns.rows[:PAGE],
        "following": returns.rows[PAGE - 1].reached.slug if len(returns.rows) > PAGE else "",
    }
    return TemplateResponse(request, "desk/effect.html", page)
