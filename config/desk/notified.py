"""What was notified to whom: which models, when, under which rule, with which reply."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from notifications.queries.notices import Place, Wanted, list_notified, place_of
from registry.admin.desk import actor_of
from registry.choices import Role
from registry.models import AIModel, Authority

_SHOWN = 50


class NotifiedForm(forms.Form):
    """Of which model, to which authority. Empty: any."""

    model = forms.ModelChoiceField(
        AIModel.objects.order_by("synthetic", "slug"), to_field_name="slug", required=False
    )
    authority = forms.ModelChoiceField(
        Authority.objects.select_related("organization").order_by("organization__name"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: row.organization.name
        )


@require_safe
def show_notified(request: HttpRequest) -> HttpResponse:
    """Fifty a page, the latest first."""
    actor = actor_of(request)
    if not actor.has(*Role):
        raise PermissionDenied
    form = NotifiedForm(request.GET or None)
    wanted = Wanted()
    if form.is_bound and form.is_valid():
        model, authority = form.cleaned_data["model"], form.cleaned_data["authority"]
        wanted = Wanted(
            model=None if model is None else model.slug,
            authority=None if authority is None else authority.organization.slug,
        )
    rows = list_notified(actor, wanted, limit=_SHOWN + 1, after=_read_place(request))
    earlier = ""
    if len(rows) > _SHOWN:
        moment, pk = place_of(rows[_SHOWN - 1])
        query = request.GET.copy()
        query["after"], query["id"] = moment.isoformat(), str(pk)
        earlier = query.urlencode()
    context = {
        **admin.site.each_context(request),
        "title": "What was notified to whom",
        "form": form,
        "rows": rows[:_SHOWN],
        "earlier": earlier,
    }
    return TemplateResponse(request, "desk/notified.html", context)


def _read_place(request: HttpRequest) -> Place | None:
    """Where the page begins; the beginning, where the address says nothing that can be read."""
    try:
        moment = parse_datetime(request.GET.get("after", ""))
        pk = UUID(request.GET.get("id", ""))
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else (moment, pk)
