"""The page on which lines of an expansion are chosen, to be decided together, moved or split off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timezone import now

from access.choices import DecisionReason, ExpansionStatus, LineAct, RequestStatus
from access.models import Expansion
from access.operations import line_batches, line_moves, line_places
from access.operations.line_acts import LineOrder
from access.operations.line_moves import Part
from access.operations.position_overrides import OVERRIDABLE
from access.operations.rulings import Ruling
from access.queries.expansion_lines import (
    LineView,
    Obstacle,
    list_line_requests,
    measure_capacity,
    view_lines,
)
from access.queries.positions import list_overridable
from registry.admin.desk import actor_of, command_of
from registry.errors import DomainError

LINES_A_PAGE = 200
_SHORT, _LONG = forms.Textarea(attrs={"rows": 2}), forms.Textarea(attrs={"rows": 3})


class FilterForm(forms.Form):
    """Which lines are shown."""

    status = forms.ChoiceField(
        choices=[("", "Any"), *RequestStatus.choices], required=False, label="State"
    )
    why = forms.ChoiceField(
        choices=[
            ("", "Whatever"),
            (Obstacle.POSITION, "a position of an authority"),
            (Obstacle.STAGES, "stages that are not done"),
            (Obstacle.PLACE, "no place is free"),
            (Obstacle.STATUS, "its state"),
            (Obstacle.POLICY, "no policy is pinned yet"),
        ],
        required=False,
        label="Held by",
    )


class OrderForm(forms.Form):
    act = forms.ChoiceField(
        choices=[(act.value, act.label) for act in LineAct if act is not LineAct.OVERRIDE],
        initial=LineAct.APPROVE,
    )
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


class OverrideForm(forms.Form):
    position = forms.ChoiceField()
    reasons = forms.CharField(widget=_LONG, max_length=5_000, help_text="On record for good.")


class MoveForm(forms.Form):
    to = forms.ModelChoiceField(Expansion.objects.none(), label="Into")
    reason = forms.CharField(widget=_SHORT, max_length=5_000)


class SplitForm(forms.Form):
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)
    rationale = forms.CharField(widget=_LONG, max_length=20_000)
    capacity = forms.IntegerField(required=False, min_value=0)


class RankForm(forms.Form):
    priority = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The expansion and those of its lines that were ticked."""

    of: Expansion
    chosen: list[UUID]


def _prepare(request: HttpRequest, lines: _Lines, said: dict[str, Any]) -> str:
    act, note, reason = LineAct(said["act"]), said["note"], said["reason"]
    ruling = None
    if reason and act in {LineAct.APPROVE, LineAct.DECLINE}:
        words = {name: said[name] for name in ("applicant_text", "internal_text")}
        ruling = Ruling(reason=DecisionReason(reason), **words)
    batch = line_batches.prepare(
        command_of(request),
        expansion=lines.of.id,
        order=LineOrder(act, ruling=ruling, note=note),
        requests=lines.chosen or None,
        publish_at=said["publish_at"],
    ).value
    return reverse("admin:access_linebatch_change", args=[batch.pk])


def _override(request: HttpRequest, lines: _Lines, said: dict[str, Any]) -> str:
    """One of the acts that a policy asks for, against one position, for each of the chosen lines."""
    batch = line_batches.prepare(
        command_of(request),
        expansion=lines.of.id,
        order=LineOrder(LineAct.OVERRIDE, note=said["reasons"], position=UUID(said["position"])),
        requests=lines.chosen or None,
    ).value
    return reverse("admin:access_linebatch_change", args=[batch.pk])


def _move(request: HttpRequest, lines: _Lines, said: dict[str, Any]) -> str:
    line_moves.move(
        command_of(request),
        expansion=lines.of.id,
        to=said["to"].id,
        requests=lines.chosen,
        reason=said["reason"],
    )
    messages.success(request, f"Moved: {len(lines.chosen)}.")
    return reverse("admin:access_expansion_change", args=[said["to"].pk])


def _split(request: HttpRequest, lines: _Lines, said: dict[str, Any]) -> str:
    part = line_moves.split(
        command_of(request), expansion=lines.of.id, part=Part(**said), requests=lines.chosen
    ).value
    messages.success(request, f"Split off: {len(lines.chosen)}.")
    return reverse("admin:access_expansion_change", args=[part.pk])


def _rank(request: HttpRequest, lines: _Lines, said: dict[str, Any]) -> str:
    for line in lines.chosen[:1]:
        line_places.prioritize(command_of(request), expansion=lines.of.id, request=line, **said)
    return request.get_full_path()


@dataclass(frozen=True, slots=True)
class _Act:
    """What can be done to chosen lines. `take` does it and tells the address to go on to."""

    title: str
    button: str
    form: type[forms.Form]
    take: Callable[[HttpRequest, _Lines, dict[str, Any]], str]
    hint: str
    needs_lines: bool = True


_ACTS: Mapping[str, _Act] = {
    "decide": _Act(
        "Decide together",
        "Look at each line",
        OrderForm,
        _prepare,
        "Nothing happens yet: the next page says of each line what would happen, and why not.",
        needs_lines=False,
    ),
    "override": _Act(
        "Override a position",
        "Look at each line",
        OverrideForm,
        _override,
        "Nothing happens yet: the next page says of each line whether you may. With no line ticked, "
        "every line is meant that is under review.",
        needs_lines=False,
    ),
    "move": _Act(
        "Move",
        "Move the chosen lines",
        MoveForm,
        _move,
        "Assessments go with them; what authorities hold about this expansion does too.",
    ),
    "split": _Act(
        "Split off",
        "Split the chosen lines off",
        SplitForm,
        _split,
        "They become an expansion of their own.",
    ),
    "rank": _Act(
        "Rank",
        "Rank the chosen line",
        RankForm,
        _rank,
        "The least number is offered a place first. Empty: after all that have one.",
    ),
}


def show_lines(
    request: HttpRequest, row: Expansion, context: dict[str, Any], *, back: str
) -> HttpResponse:
    """The lines with a box each, and what can be done to those that are ticked."""
    asked = request.POST.get("do", "")
    chosen = _read_chosen(request)
    shown = {
        name: act.form(request.POST if name == asked else None, prefix=name)
        for name, act in _ACTS.items()
    }
    shown["move"].fields["to"].queryset = (  # type: ignore[attr-defined]  # a choice of rows
        Expansion.objects.filter(tier=row.tier_id, status=ExpansionStatus.OPEN)
        .exclude(pk=row.pk)
        .order_by("slug")
    )
    reviewed = list(list_line_requests(row).filter(status__in=OVERRIDABLE))
    overridable = list_overridable(reviewed, actor_of(request), at=now())
    if not overridable:
        del shown["override"]
    else:
        shown["override"].fields["position"].choices = [  # type: ignore[attr-defined]  # a choice
            (str(position.id), f"{position.authority.organization.name} (holds {number})")
            for position, number in overridable
        ]
    form = shown.get(asked)
    if form is not None and form.is_valid():
        act = _ACTS[asked]
        if act.needs_lines and not chosen:
            form.add_error(None, "Tick the lines that are meant.")
        else:
            try:
                lines = _Lines(row, chosen)
                return HttpResponseRedirect(act.take(request, lines, form.cleaned_data))
            except DomainError as refusal:
                form.add_error(None, str(refusal))
    narrowed = FilterForm(request.GET)
    page, found = _find_lines(request, row, narrowed)
    onward = request.GET.copy()
    onward.pop("lines", None)
    more = {
        "title": f"Lines of {row.name}",
        "row": row,
        "back": back,
        "page": page,
        "found": found,
        "narrowed": narrowed,
        "onward": onward.urlencode(),
        "capacity": measure_capacity(row),
        "chosen": {str(pk) for pk in chosen},
        "shown": [(name, act, shown[name]) for name, act in _ACTS.items() if name in shown],
    }
    status = 409 if form is not None else 200
    return TemplateResponse(
        request, "desk/expansion_lines.html", {**context, **more}, status=status
    )


def _find_lines(
    request: HttpRequest, row: Expansion, narrowed: FilterForm
) -> tuple[Page[Any], list[LineView]]:
    """One page of the lines that are asked for, in as many statements for two thousand as for two.

    What is in the way of a line is told by no column: where that is asked for, every line is looked at.
    """
    said = narrowed.cleaned_data if narrowed.is_valid() else {}
    lines, number = list_line_requests(row), request.GET.get("lines")
    if said.get("status"):
        lines = lines.filter(status=said["status"])
    look = partial(view_lines, row, actor=actor_of(request), at=now())
    if not said.get("why"):
        page = Paginator(lines, LINES_A_PAGE).get_page(number)
        return page, look(list(page))
    held = [line for line in look(list(lines)) if said["why"] in line.obstacles]
    some = Paginator(held, LINES_A_PAGE).get_page(number)
    return some, list(some)


def _read_chosen(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("line"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
