"""The page on which lines of an expansion are chosen, to be decided together, moved or split off."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timezone import now

from access.choices import DecisionReason, ExpansionStatus, LineAct
from access.models import Expansion
from access.operations import line_batches, line_moves, line_places
from access.operations.line_acts import LineOrder
from access.operations.line_moves import Part
from access.operations.reviews import Ruling
from access.queries.expansion_lines import (
    list_line_requests,
    measure_capacity,
    view_lines,
)
from registry.admin.desk import actor_of, command_of
from registry.errors import DomainError

LINES_A_PAGE = 200
_SHORT, _LONG = forms.Textarea(attrs={"rows": 2}), forms.Textarea(attrs={"rows": 3})


class _LinesForm(forms.Form):
    """Every form of the page comes with the lines that were chosen."""

    title = button = hint = ""
    needs_lines = True
    most_lines: int | None = None

    def take(self, request: HttpRequest, row: Expansion, lines: list[UUID]) -> str:
        """Do it; the address to go on to. Raises what the operation raises."""
        raise NotImplementedError


class OrderForm(_LinesForm):
    title, button = "Decide together", "Look at each line"
    hint = "Nothing happens yet: the next page says of each line what would happen, and why not."
    needs_lines = False
    act = forms.ChoiceField(choices=LineAct.choices, initial=LineAct.APPROVE)
    reason = forms.ChoiceField(
        choices=[("", "—"), *DecisionReason.choices],
        required=False,
        help_text="To approve or decline.",
    )
    applicant_text = forms.CharField(
        widget=_LONG, max_length=5_000, required=False, help_text="The organizations read this."
    )
    internal_text = forms.CharField(
        widget=_SHORT, max_length=5_000, required=False, help_text="For staff only."
    )
    note = forms.CharField(
        widget=_SHORT,
        max_length=5_000,
        required=False,
        help_text="To hold or return. The organizations read this.",
    )
    publish_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="UTC. Empty: once it is committed.",
    )

    def take(self, request: HttpRequest, row: Expansion, lines: list[UUID]) -> str:
        said = dict(self.cleaned_data)
        act, note, reason = LineAct(said["act"]), said["note"], said["reason"]
        ruling = None
        if reason and act in {LineAct.APPROVE, LineAct.DECLINE}:
            words = {name: said[name] for name in ("applicant_text", "internal_text")}
            ruling = Ruling(reason=DecisionReason(reason), **words)
        batch = line_batches.prepare(
            command_of(request),
            expansion=row.id,
            order=LineOrder(act, ruling=ruling, note=note),
            requests=lines or None,
            publish_at=said["publish_at"],
        ).value
        return reverse("admin:access_linebatch_change", args=[batch.pk])


class MoveForm(_LinesForm):
    title, button = "Move", "Move the chosen lines"
    hint = "Assessments go with them; what authorities hold about this expansion does too."
    to = forms.ModelChoiceField(Expansion.objects.none(), label="Into")
    reason = forms.CharField(widget=_SHORT, max_length=5_000)

    def take(self, request: HttpRequest, row: Expansion, lines: list[UUID]) -> str:
        target = self.cleaned_data["to"]
        line_moves.move(
            command_of(request),
            expansion=row.id,
            to=target.id,
            requests=lines,
            reason=self.cleaned_data["reason"],
        )
        messages.success(request, f"Moved: {len(lines)}.")
        return reverse("admin:access_expansion_change", args=[target.pk])


class SplitForm(_LinesForm):
    title, button = "Split off", "Split the chosen lines off"
    hint = "They become an expansion of their own."
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)
    rationale = forms.CharField(widget=_LONG, max_length=20_000)
    capacity = forms.IntegerField(required=False, min_value=0)

    def take(self, request: HttpRequest, row: Expansion, lines: list[UUID]) -> str:
        part = line_moves.split(
            command_of(request), expansion=row.id, part=Part(**self.cleaned_data), requests=lines
        ).value
        messages.success(request, f"Split off: {len(lines)}.")
        return reverse("admin:access_expansion_change", args=[part.pk])


class RankForm(_LinesForm):
    title, button = "Rank", "Rank the chosen line"
    hint = "The least number is offered a place first. Empty: after all that have one."
    most_lines = 1
    priority = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    def take(self, request: HttpRequest, row: Expansion, lines: list[UUID]) -> str:
        line_places.prioritize(
            command_of(request), expansion=row.id, request=lines[0], **self.cleaned_data
        )
        messages.success(request, "Ranked.")
        return request.get_full_path()


_FORMS: Mapping[str, Callable[..., _LinesForm]] = {
    "decide": OrderForm,
    "move": MoveForm,
    "split": SplitForm,
    "rank": RankForm,
}


def show_lines(
    request: HttpRequest, row: Expansion, context: dict[str, Any], *, back: str
) -> HttpResponse:
    """The lines with a box each, and what can be done to those that are ticked."""
    act = request.POST.get("do", "")
    chosen = _read_chosen(request)
    shown = {
        name: make(request.POST if name == act else None, prefix=name)
        for name, make in _FORMS.items()
    }
    shown["move"].fields["to"].queryset = (  # type: ignore[attr-defined]  # a choice of rows
        Expansion.objects.filter(tier=row.tier_id, status=ExpansionStatus.OPEN)
        .exclude(pk=row.pk)
        .order_by("slug")
    )
    form = shown.get(act)
    if form is not None and form.is_valid():
        if form.needs_lines and not chosen:
            form.add_error(None, "Tick the lines that are meant.")
        elif form.most_lines is not None and len(chosen) > form.most_lines:
            form.add_error(None, "Tick one line: each has a rank of its own.")
        else:
            try:
                return HttpResponseRedirect(form.take(request, row, chosen))
            except DomainError as refusal:
                form.add_error(None, str(refusal))
    page = Paginator(list_line_requests(row), LINES_A_PAGE).get_page(request.GET.get("lines"))
    found = view_lines(row, list(page), actor=actor_of(request), at=now())
    more = {
        "title": f"Lines of {row.name}",
        "row": row,
        "back": back,
        "page": page,
        "found": found,
        "capacity": measure_capacity(row),
        "chosen": {str(pk) for pk in chosen},
        "shown": shown,
    }
    status = 409 if form is not None else 200
    return TemplateResponse(
        request, "desk/expansion_lines.html", {**context, **more}, status=status
    )


def _read_chosen(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("line"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
