"""Which answers the decision point gave: the counts, and where they are missing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access.models import AnswerCount
from access.queries.decision_answers import (
    Names,
    Sought,
    find_answers,
    find_gaps,
    find_searches,
    name_answers,
    name_clients,
    sum_answers,
)
from registry.admin.desk import actor_of
from registry.admin.files import answer_file
from registry.choices import Role
from registry.models import AIModel, Client, Organization

DAY = dt.timedelta(days=1)
MOST_EXPORTED = 50_000
_SHOWN, _DIGITS = 50, 8
_HEAD = ("minute", "client", "organization", "member", "model", "decision", "reason", "count")
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class AnswersForm(forms.Form):
    """Which answers. Moments are UTC; a day back from now, where they are left out."""

    since = forms.DateTimeField(required=False, label=_("since (UTC)"), widget=_MOMENT)
    until = forms.DateTimeField(required=False, label=_("until (UTC)"), widget=_MOMENT)
    client = forms.ModelChoiceField(
        Client.objects.order_by("name"), required=False, to_field_name="client_id"
    )
    organization = forms.CharField(required=False, help_text=_("its slug"))
    model = forms.ModelChoiceField(
        AIModel.objects.order_by("synthetic", "slug"), to_field_name="slug", required=False
    )
    decision = forms.ChoiceField(
        choices=[("", _("yes and no")), ("yes", _("yes")), ("no", _("no"))], required=False
    )

    def clean_organization(self) -> Organization | None:
        slug = self.cleaned_data["organization"].strip()
        if not slug:
            return None
        row = Organization.objects.filter(slug=slug).first()
        if row is None:
            raise forms.ValidationError(_("No organization has this slug."))
        return row

    def seek(self, at: dt.datetime) -> Sought:
        """What was asked for; everything of the last day, where nothing or nonsense was."""
        said = self.cleaned_data if self.is_bound and self.is_valid() else {}
        until = said.get("until") or at
        return Sought(
            since=said.get("since") or until - DAY,
            until=until,
            client=_id(said.get("client")),
            organization=_id(said.get("organization")),
            ai_model=_id(said.get("model")),
            decision={"yes": True, "no": False}.get(said.get("decision", "")),
        )


@require_safe
def show_answers(request: HttpRequest) -> HttpResponse:
    """Fifty minutes a page, the newest first; `?format=csv` gives a file."""
    if not actor_of(request).has(*Role):
        raise PermissionDenied
    at = now()
    form = AnswersForm(request.GET or None)
    sought = form.seek(at)
    if request.GET.get("format") == "csv":
        rows = list(find_answers(sought)[:MOST_EXPORTED])
        return answer_file("answers.csv", _HEAD, _list_cells(rows, name_answers(rows)))
    wanted = request.GET.get("page", "1")
    page = max(1, int(wanted)) if wanted.isdecimal() and len(wanted) < _DIGITS else 1
    found = list(find_answers(sought)[(page - 1) * _SHOWN : page * _SHOWN + 1])
    rows = found[:_SHOWN]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **admin.site.each_context(request),
        "title": _("Answers given"),
        "form": form,
        "sought": sought,
        "totals": sum_answers(sought),
        "gaps": find_gaps(sought, at=at),
        "newer": page - 1,
        "older": page + 1 if len(found) > _SHOWN else None,
        "rows": list(_list_cells(rows, name_answers(rows))),
        "searches": list(_list_searches(sought)),
        "query": query.urlencode(),
    }
    return TemplateResponse(request, "desk/answers.html", context)


def _list_cells(rows: Iterable[AnswerCount], names: Names) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.minute,
            names.clients.get(row.client, ""),
            names.organizations.get(row.organization, ""),
            row.member if row.member.int else "",
            names.models.get(row.ai_model, ""),
            "yes" if row.decision else "no",
            row.reason,
            row.count,
        ]


def _list_searches(sought: Sought) -> Iterator[tuple[Any, ...]]:
    """The last of them."""
    rows = list(find_searches(sought)[:_SHOWN])
    names = name_clients(rows)
    for row in rows:
        yield (
            row.minute,
            names.get(row.client, ""),
            row.get_kind_display(),
            row.outcome,
            row.count,
            row.results,
        )


def _id(row: Any) -> Any:
    return None if row is None else row.id
