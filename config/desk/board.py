"""The board of clocks: duties to notify by when they are due, what was missed, what was decided and not told."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from notifications.choices import ClockState, ObligationStatus
from notifications.clocks import read_state
from notifications.models import Obligation, ObligationQuestion
from notifications.operations.obligations import MAY_ACT
from notifications.queries import duty_words
from notifications.queries.duty_words import RuleWords
from notifications.queries.obligations import (
    NOBODY,
    Wanted,
    list_choices,
    list_missed,
    list_open,
    list_questions,
    list_untold,
    read_clock_of,
    tally,
)
from notifications.queries.verdict_words import list_missing
from registry.actors import Actor
from registry.admin.desk import actor_of
from registry.models.incident import INCIDENT_READERS
from registry.queries.people import name_actors

PAGE = 50
QUESTIONS = 20
_WORLDS = (
    ("", gettext_lazy("both")),
    ("real", gettext_lazy("real")),
    ("synthetic", gettext_lazy("synthetic")),
)
_ANY = gettext_lazy("any")


@dataclass(frozen=True, slots=True)
class Card:
    """One duty as the board shows it, all in words."""

    row: Obligation
    state: ClockState
    due: str
    left: str
    age: str
    owner: str
    recipient: str
    rule: RuleWords
    about: str
    latest: str
    acts: list[str]
    missing: str
    warnings: list[str]
    proofs: list[str]


class BoardForm(forms.Form):
    """What of the board to look at. Choices are what the open duties have."""

    regime = forms.ChoiceField(required=False)
    recipient = forms.ChoiceField(required=False)
    owner = forms.ChoiceField(required=False)
    duty_holder = forms.ChoiceField(required=False, label=gettext_lazy("duty-holder"))
    world = forms.ChoiceField(required=False, choices=_WORLDS)
    mine = forms.BooleanField(required=False, label=gettext_lazy("mine only"))
    late = forms.BooleanField(required=False, label=gettext_lazy("late only"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor
        found = list_choices(actor)
        names = name_actors(found.owners)
        any_ = ("", _ANY)
        for field, choices in {
            "regime": [(name, duty_words.name_regime(name)) for name in found.regimes],
            "recipient": [(name, name) for name in found.recipients],
            "owner": [
                (NOBODY, _("nobody")),
                *((key, names.get(key, key)) for key in found.owners),
            ],
            "duty_holder": [(str(pk), name) for pk, name in found.duty_holders],
        }.items():
            chosen = self.fields[field]
            assert isinstance(chosen, forms.ChoiceField)
            chosen.choices = [any_, *choices]

    def wanted(self, *, at: dt.datetime) -> Wanted:
        """What was asked for; what cannot be read asks for nothing."""
        said = self.cleaned_data if self.is_valid() else {}
        holder = said.get("duty_holder")
        world = said.get("world")
        return Wanted(
            regime=said.get("regime", ""),
            recipient=said.get("recipient", ""),
            owner=self._actor.key if said.get("mine") else said.get("owner", ""),
            duty_holder=UUID(holder) if holder else None,
            synthetic=world == "synthetic" if world else None,
            late_at=at if said.get("late") else None,
        )


def may_see(request: HttpRequest) -> bool:
    """Whether the board is open to whoever looks."""
    return request.user.is_authenticated and actor_of(request).has(*INCIDENT_READERS)


@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    """Open duties, fifty a page: without undue delay first, then by target. Open questions beside them."""
    actor, at = _enter(request), now()
    form = BoardForm(request.GET, actor=actor)
    page = Paginator(list_open(actor, form.wanted(at=at)), PAGE).get_page(request.GET.get("page"))
    questions = list(list_questions(actor)[: QUESTIONS + 1])
    return _answer(
        request,
        "desk/board.html",
        title=_("Clocks"),
        form=form,
        narrowed=any(request.GET.get(name) for name in form.fields),
        page=page,
        cards=_read_cards(page, at=at),
        questions=[_read_question(row) for row in questions[:QUESTIONS]],
        more_questions=len(questions) > QUESTIONS,
    )


@require_safe
def show_untold(request: HttpRequest) -> HttpResponse:
    """Duties to tell of access that was given already, and questions whether one must be told."""
    actor, at = _enter(request), now()
    page = Paginator(list_untold(actor), PAGE).get_page(request.GET.get("page"))
    asked = list_questions(actor).filter(grant__isnull=False)
    return _answer(
        request,
        "desk/untold.html",
        title=_("Decided but not notified"),
        page=page,
        cards=_read_cards(page, at=at),
        questions=[_read_question(row) for row in asked[:QUESTIONS]],
    )


@require_safe
def show_missed(request: HttpRequest) -> HttpResponse:
    """What was not met by its target, for ever: by how much, why, and who says so."""
    actor, at = _enter(request), now()
    page = Paginator(list_missed(actor), PAGE).get_page(request.GET.get("page"))
    said = [explained for row in page for explained in row.explanations.all()]
    names = name_actors(explained.explained_by for explained in said)
    return _answer(
        request,
        "desk/missed.html",
        title=_("Missed"),
        page=page,
        misses=[
            (
                card,
                _say_lateness(card.row, at=at),
                [(one, names.get(one.explained_by, one.explained_by)) for one in _said(card.row)],
            )
            for card in _read_cards(page, at=at)
        ],
    )


def _said(row: Obligation) -> list[Any]:
    return list(row.explanations.all())


def _enter(request: HttpRequest) -> Actor:
    if not may_see(request):
        raise PermissionDenied
    return actor_of(request)


def _answer(request: HttpRequest, template: str, **shown: Any) -> HttpResponse:
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **admin.site.each_context(request),
        "tally": tally(actor_of(request), at=now()),
        "may_act": actor_of(request).has(*MAY_ACT),
        "query": query.urlencode(),
        **shown,
    }
    return TemplateResponse(request, template, context)


def _read_cards(page: Page[Obligation] | QuerySet[Obligation], *, at: dt.datetime) -> list[Card]:
    rows = list(page)
    names = name_actors(row.owner for row in rows if row.owner)
    return [_read_card(row, names, at=at) for row in rows]


def _read_card(row: Obligation, names: dict[str, str], *, at: dt.datetime) -> Card:
    about = row.incident or row.occurrence
    return Card(
        row=row,
        state=read_state(read_clock_of(row), at=row.closed_at or at),
        due=duty_words.say_target(row),
        left=duty_words.say_left(row.target_due, at=at)
        or duty_words.say_waiting(row.anchor_at, at=at),
        age=duty_words.say_age(row.anchor_at, at=at),
        owner=names.get(row.owner, row.owner),
        recipient=duty_words.name_recipient(row),
        rule=duty_words.name_rule(row.rule),
        about="" if about is None else about.title,
        latest=duty_words.say_latest(row),
        acts=duty_words.list_acts(row),
        missing=duty_words.say_missing(row),
        warnings=duty_words.list_warnings(row),
        proofs=duty_words.list_proofs(row),
    )


def _read_question(row: ObligationQuestion) -> dict[str, Any]:
    about = row.incident or row.occurrence
    zone = row.rule.document["counting"]["zone"]
    return {
        "row": row,
        "rule": duty_words.name_rule(row.rule),
        "missing": list_missing(row.missing),
        "about": "" if about is None else about.title,
        "due": "" if row.would_be_due is None else duty_words.say_due(row.would_be_due, zone),
        "has_page": admin.site.is_registered(ObligationQuestion),
    }


def _say_lateness(row: Obligation, *, at: dt.datetime) -> str:
    """By how much it was missed, and what became of it."""
    late = duty_words.say_left(row.target_due, at=row.closed_at or at)
    if row.status == ObligationStatus.OPEN:
        return _("still open, %(late)s") % {"late": late}
    if row.status == ObligationStatus.VOID:
        return _("no longer applies: %(reason)s") % {"reason": row.void_reason}
    return _("met, %(late)s") % {"late": late}
