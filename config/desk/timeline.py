"""What the public record says happened, in order, with its sources."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from notifications.queries.timelines import find_linked
from registry.admin.desk import actor_of
from registry.admin.sections import link
from registry.choices import Role
from registry.queries.timelines import list_reported


@require_safe
def show_timeline(request: HttpRequest) -> HttpResponse:
    """Fifty events a page, oldest first."""
    actor = actor_of(request)
    if not actor.has(*Role):
        raise PermissionDenied
    page = Paginator(list_reported(), 50).get_page(request.GET.get("page"))
    linked = find_linked(actor, {event.fact_id for event in page})
    context = {
        **admin.site.each_context(request),
        "title": "As reported",
        "page": page,
        "events": [
            (event, [(row.what, link(row.row, row.title)) for row in linked[event.fact_id]])
            for event in page
        ],
    }
    return TemplateResponse(request, "desk/timeline.html", context)
