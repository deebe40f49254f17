"""The page on which access is stopped: say what, see whom it reaches, type its name and the password, stop."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timezone import now

from access.admin.stop_form import StopForm
from access.choices import RestrictionBasis, RestrictionKind
from access.models import EnforcementPoint
from access.operations import restrictions
from access.operations.restrictions import RestrictionCoversNothing, check_confirmed
from access.queries.scopes import Scope, list_scope, name_scope
from access.queries.stops import (
    PAGE,
    Reach,
    Reached,
    list_reached,
    measure_reach,
    points_concerned,
)
from registry.admin.desk import command_of
from registry.admin.reauthentication import check_password
from registry.errors import DomainError


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the two that stand side by side: that class of persons, or everyone. `field` is what is typed into."""

    act: str
    label: str
    button: str
    name: str
    reach: Reach
    points: list[EnforcementPoint]
    field: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the page shows below the form. `seen` is the mark of what was looked at."""

    choices: list[Choice]
    scope: list[tuple[str, list[str]]]
    rows: list[Reached]
    following: str
    first: bool
    seen: str


def show_stop(request: HttpRequest, context: dict[str, Any], *, back: str) -> HttpResponse:
    """The form, or what it would stop, or the way to what was stopped."""
    form = StopForm(request.POST or None)
    page = {**context, "title": "Stop access", "form": form, "back": back}
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "preview")
        if not form.is_valid():
            status = 409
        elif act in _ACTS and request.POST.get("seen") != _mark(form):
            page["changed"] = True
            page["preview"] = _preview(request, form)
        elif act in _ACTS:
            try:
                return HttpResponseRedirect(_impose(request, form, everyone=act == _EVERYONE))
            except DomainError as refusal:
                page["refusal"] = str(refusal)
                page["preview"] = _preview(request, form)
                status = 409
        else:
            page["preview"] = _preview(request, form)
    return TemplateResponse(request, "desk/stop.html", page, status=status)


_CLASS, _EVERYONE = "stop_class", "stop_everyone"
_ACTS = frozenset({_CLASS, _EVERYONE})


def _impose(request: HttpRequest, form: StopForm, *, everyone: bool) -> str:
    """Impose it, and the address of the page that tells how far it is."""
    scope = form.read_scope(everyone=everyone)
    check_confirmed(
        scope, request.POST.get("confirm_everyone" if everyone else "confirm_class", "")
    )
    check_password(request, request.POST.get("password", ""))
    said = form.cleaned_data
    row = restrictions.restrict(
        command_of(request),
        kind=RestrictionKind(said["kind"]),
        basis=RestrictionBasis(said["basis"]),
        wording=form.read_wording(),
        scope=scope,
        exceptions=form.read_exceptions(),
        exceptions_complete=said["exceptions_complete"],
        because_of=None if said["because_of"] is None else said["because_of"].id,
    ).value
    return reverse("admin:access_restriction_effect", args=[row.id])


def _preview(request: HttpRequest, form: StopForm) -> Preview | str:
    """What each choice would reach, and a page of the organizations; a sentence where it covers nothing."""
    narrow, wide = form.read_scope(everyone=False), form.read_scope(everyone=True)
    if narrow == Scope():
        return str(RestrictionCoversNothing())
    after = request.POST.get("after", "")
    excepted = [row.id for row in form.cleaned_data["exceptions"]]
    at = now()
    rows = list_reached(narrow, at=at, excepted=excepted, after=after, limit=PAGE + 1)
    reach = measure_reach(narrow, at=at, excepted=excepted)
    choices = []
    if narrow.person_class is not None:
        label = f"Only that class: {form.cleaned_data['person_class'].name}"
        choices.append((_CLASS, label, "Stop that class", narrow, "confirm_class"))
    if wide != Scope():
        choices.append((_EVERYONE, "Everyone", "Stop everyone", wide, "confirm_everyone"))
    return Preview(
        choices=[
            Choice(
                act=act,
                label=label,
                button=button,
                name=name_scope(scope),
                reach=reach if scope == narrow else reach.for_everyone(),
                points=points_concerned(scope, at=at),
                field=field,
            )
            for act, label, button, scope, field in choices
        ],
        scope=list_scope(narrow),
        rows=rows[:PAGE],
        following=rows[PAGE - 1].slug if len(rows) > PAGE else "",
        first=not after,
        seen=_mark(form),
    )


def _mark(form: StopForm) -> str:
    """What the form says it stops and leaves out; another mark means that something else was looked at."""
    said = (
        form.read_scope(everyone=False),
        sorted(row.id for row in form.cleaned_data["exceptions"]),
        form.cleaned_data["exceptions_complete"],
    )
    return sha256(repr(said).encode()).hexdigest()
