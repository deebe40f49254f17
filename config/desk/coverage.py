"""Coverage of a program or a model, by jurisdiction and body: page and export of the one query."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from access.models import Program
from notifications.choices import CoverageNeed, Covered
from notifications.queries.coverage import Asked, Coverage, Line, read_coverage
from notifications.queries.coverage_cells import Cell
from notifications.queries.coverage_gaps import GAP_READERS
from registry.actors import Actor
from registry.admin.desk import actor_of
from registry.admin.files import answer_file
from registry.choices import Role
from registry.models import AIModel

_COLORS = {
    Covered.YES: "desk-yes",
    Covered.NO: "desk-no",
    Covered.NOT_KNOWN: "desk-open",
    Covered.NOT_NEEDED: "",
}
_SIGNS = {Covered.YES: "✓", Covered.NO: "✗", Covered.NOT_KNOWN: "?", Covered.NOT_NEEDED: "–"}
_HEAD = (*("jurisdiction", "body", "name", "concerned", "need", "covered", "evidence", "sources"),)


class CoverageForm(forms.Form):
    """Of which program or model, on which day, and the state of knowledge. A day is read at its last moment, UTC."""

    program = forms.ModelChoiceField(
        Program.objects.order_by("synthetic", "slug"), to_field_name="slug", required=False
    )
    model = forms.ModelChoiceField(
        AIModel.objects.order_by("synthetic", "slug"), to_field_name="slug", required=False
    )
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    known_on = forms.DateField(
        required=False,
        label=gettext_lazy("as known on"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    concerned = forms.BooleanField(
        required=False, label=gettext_lazy("only jurisdictions of whoever holds or asks")
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        program, model = said.get("program"), said.get("model")
        if program is None and model is None:
            raise forms.ValidationError(_("Choose a program, or a model."))
        if program is not None and model is not None and program.synthetic != model.synthetic:
            raise forms.ValidationError(_("A synthetic record and a real one cannot be joined."))
        return said

    def asked(self, actor: Actor, *, at: dt.datetime) -> Asked:
        """What a valid form asks."""
        said = self.cleaned_data
        known_at = _end_of(said["known_on"], at)
        return Asked(
            actor=actor,
            as_of=_end_of(said["day"], at) or known_at or at,
            now=at,
            known_at=known_at,
            program=said["program"],
            ai_model=said["model"],
        )


def may_see_gaps(request: HttpRequest) -> bool:
    """Whether the list of gaps is open to whoever looks."""
    return request.user.is_authenticated and actor_of(request).has(*GAP_READERS)


@require_safe
def show_coverage(request: HttpRequest) -> HttpResponse:
    """The page; `?format=csv` gives the same as a file."""
    actor = actor_of(request)
    if not actor.has(*Role):
        raise PermissionDenied
    form = CoverageForm(request.GET or None)
    found: Coverage | None = None
    lines: list[Line] = []
    if form.is_bound and form.is_valid():
        found = read_coverage(form.asked(actor, at=now()))
        only = form.cleaned_data["concerned"]
        lines = [line for line in found.lines if line.concerned or not only]
    if found is not None and request.GET.get("format") == "csv":
        name = f"coverage-{found.asked.as_of:%Y-%m-%d}.csv"
        return answer_file(name, _HEAD, _write(lines))
    context = {
        **admin.site.each_context(request),
        "title": _("Coverage"),
        "form": form,
        "found": found,
        "needs": [need.label for need in CoverageNeed],
        "lines": [(line, [_show(cell) for cell in line.cells]) for line in lines],
        "gaps": sum(len(line.gaps) for line in lines),
        "query": request.GET.urlencode(),
        "sees_all": actor.has(Role.CLEARED, Role.AUTHORITY_DESK),
    }
    return TemplateResponse(request, "desk/coverage.html", context)


def _show(cell: Cell) -> dict[str, Any]:
    return {
        "label": cell.covered.label,
        "need": cell.need.label,
        "sign": _SIGNS[cell.covered],
        "color": _COLORS[cell.covered],
        "evidence": [(said, _find_page(said.row)) for said in cell.evidence],
    }


def _find_page(row: Model | None) -> str:
    """Where staff read of the row; empty where it has no page."""
    if row is None or not admin.site.is_registered(type(row)):
        return ""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def _end_of(day: dt.date | None, at: dt.datetime) -> dt.datetime | None:
    """The last moment of the day, so that what began on it is in; never later than now."""
    if day is None:
        return None
    return min(dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC), at)


def _write(lines: list[Line]) -> Iterator[list[Any]]:
    """One row for each cell."""
    for line in lines:
        body = line.body
        begun = [line.jurisdiction.slug, body and body.slug, body and body.name, line.concerned]
        for cell in line.cells:
            sources = dict.fromkeys(
                f"{one.source.publisher} ({one.grade})"
                for said in cell.evidence
                for fact in said.facts
                for one in fact.citations.all()
            )
            texts = "; ".join(said.text for said in cell.evidence)
            yield [*begun, cell.need.value, cell.covered.value, texts, "; ".join(sources)]
