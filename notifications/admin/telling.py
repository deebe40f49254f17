"""What the pages about dealings with authorities share: the form that tells what happened, and its table."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from access.choices import Marking
from notifications.models.marked import Entry, MarkedQuerySet
from notifications.operations.entries import Told
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, StepForm, actor_of
from registry.admin.sections import link
from registry.choices import Precision, Role, SourceGrade
from registry.models import ReportedFact, Source
from registry.operations.facts import CitationSaid

_UTC = forms.DateTimeInput(attrs={"type": "datetime-local"})
_LONG = forms.Textarea(attrs={"rows": 4})
_HOUR = dt.timedelta(hours=1)


class ToldForm(StepForm):
    """What happened, when, and on which source it rests; without one, the desk knows it itself."""

    title = forms.CharField(max_length=200, help_text="What happened, in a line.")
    words = forms.CharField(widget=_LONG, max_length=20_000, help_text="In our own words.")
    happened_at = forms.DateTimeField(
        widget=_UTC, help_text="UTC. As exact as the next field says."
    )
    precision = forms.ChoiceField(choices=Precision.choices, initial=Precision.DAY)
    entry_marking = forms.ChoiceField(
        choices=Marking.choices,
        label="Marking of this entry",
        help_text="Confidential: for cleared roles and the desk only.",
    )
    source = forms.ModelChoiceField(
        Source.objects.order_by("publisher", "slug"),
        required=False,
        help_text="Empty where the desk knows it at first hand. What a source reports is open.",
    )
    grade = forms.ChoiceField(
        choices=SourceGrade.choices, required=False, help_text="Of this source, for this."
    )
    passage = forms.CharField(max_length=300, required=False)
    fact = forms.UUIDField(
        required=False,
        label="Identifier of a reported fact",
        help_text="Instead of a source, where the fact has been reported before.",
    )


def read_told(said: dict[str, Any]) -> Told:
    """What the form tells. Raises WordsMissing, RestsOnBoth."""
    source: Source | None = said["source"]
    citations: tuple[CitationSaid, ...] = ()
    if source is not None:
        citations = (CitationSaid(source.slug, SourceGrade(said["grade"]), said["passage"]),)
    return Told(
        title=said["title"],
        words=said["words"],
        happened_at=said["happened_at"],
        precision=Precision(said["precision"]),
        marking=Marking(said["entry_marking"]),
        citations=citations,
        fact=said["fact"],
    )


class MarkedAdmin(DeskAdmin):
    """A page of what carries a marking: who may not read a row does not find it."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: MarkedQuerySet[Any] = self.model._default_manager.all()
        return rows.visible_to(actor_of(request))


def may_write(actor: Actor, _row: object) -> bool:
    """The desk for what it knows, intake for what a source reports."""
    return actor.has(Role.AUTHORITY_DESK, Role.INTAKE)


def say_basis(said: Entry) -> object:
    """On what an entry rests, as a cell: the fact with its sources, or the desk."""
    if said.fact is None:
        return said.get_origin_display()
    return link(said.fact, _cite(said.fact))


def say_age(age: dt.timedelta | None) -> str:
    """A length of time as people say it: days, and below two days hours."""
    if age is None:
        return ""
    if age < 2 * dt.timedelta(days=1):
        return f"{age // _HOUR} h"
    return f"{age.days} days"


def say_moment(said: Entry) -> str:
    """When it happened, no more exactly than is known."""
    formats = {
        Precision.MONTH: "%B %Y",
        Precision.DAY: "%-d %b %Y",
        Precision.HOUR: "%-d %b %Y, about %H:00 UTC",
    }
    moment = said.happened_at.astimezone(dt.UTC)
    return moment.strftime(formats.get(Precision(said.precision), "%-d %b %Y, %H:%M UTC"))


def _cite(fact: ReportedFact) -> str:
    cited: Iterable[Any] = fact.citations.all()
    names = "; ".join(f"{one.source.publisher} [{one.grade}]" for one in cited)
    return f"{names} (disputed)" if fact.disputes.all() else names
