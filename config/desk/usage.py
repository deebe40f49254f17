"""Who can use a model, what an organization can use, and until when: page and export of the one rule."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access.queries.usage import UsageLine, list_used, list_users
from registry.admin.desk import actor_of
from registry.admin.files import answer_file
from registry.choices import Role
from registry.models import AIModel, Organization

_COLORS = {"yes": "desk-yes", "no": "desk-no", "not_known": "desk-open"}
_HEAD = (
    *("organization", "model", "holds", "actions", "surfaces", "since", "until"),
    *("next_change_at", "reason", "grant"),
)


class UsageForm(forms.Form):
    """A model or an organization, and a moment (UTC); now, where it is left out."""

    model = forms.ModelChoiceField(
        AIModel.objects.order_by("synthetic", "slug"), to_field_name="slug", required=False
    )
    organization = forms.CharField(
        required=False,
        help_text=_("its slug"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    moment = forms.DateTimeField(
        required=False,
        label=_("moment (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_organization(self) -> Organization | None:
        slug = self.cleaned_data["organization"].strip()
        if not slug:
            return None
        row = Organization.objects.filter(slug=slug).first()
        if row is None:
            raise forms.ValidationError(_("No organization has this slug."))
        return row

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and bool(said.get("model")) is bool(said.get("organization")):
            raise forms.ValidationError(_("Choose a model or an organization."))
        return said


@require_safe
def show_usage(request: HttpRequest) -> HttpResponse:
    """The page; `?format=csv` gives the same as a file."""
    if not actor_of(request).has(*Role):
        raise PermissionDenied
    form = UsageForm(request.GET or None)
    lines: list[UsageLine] | None = None
    at = now()
    if form.is_bound and form.is_valid():
        at = form.cleaned_data["moment"] or at
        lines = _list_lines(form, at)
    if lines is not None and request.GET.get("format") == "csv":
        return answer_file(f"usage-{at:%Y-%m-%d}.csv", _HEAD, map(_list_cells, lines))
    context = {
        **admin.site.each_context(request),
        "title": _("Who can use what"),
        "form": form,
        "asked": form.cleaned_data if lines is not None else {},
        "rows": None if lines is None else [(line, _COLORS[line.holds]) for line in lines],
        "at": at,
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "desk/usage.html", context)


def _list_lines(form: UsageForm, at: dt.datetime) -> list[UsageLine]:
    model, organization = form.cleaned_data["model"], form.cleaned_data["organization"]
    if model is not None:
        return list_users(model, as_of=at)
    return list_used(organization, as_of=at)


def _list_cells(line: UsageLine) -> list[Any]:
    usage = line.usage
    moments = (usage.since, usage.until, usage.answer.next_change_at)
    return [
        line.organization.slug,
        line.ai_model.slug,
        line.holds.value,
        "; ".join(usage.actions),
        "; ".join(usage.surfaces),
        *(moment and moment.isoformat() for moment in moments),
        usage.answer.reason.value,
        usage.answer.grant,
    ]
