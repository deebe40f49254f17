"""What the public record says happened, in order, with its sources."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from registry.admin.desk import actor_of
from registry.choices import Role
from registry.queries.timelines import list_reported


@require_safe
def show_timeline(request: HttpRequest) -> HttpResponse:
    """Fifty events a page, oldest first."""
    if not actor_of(request).has(*Role):
        raise PermissionDenied
    page = Paginator(list_reported(), 50).get_page(request.GET.get("page"))
    context = {**admin.site.each_context(request), "title": "As reported", "page": page}
    return TemplateResponse(request, "desk/timeline.html", context)
