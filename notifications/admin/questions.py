"""Questions that rules put to a person, on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.record import ReasonForm, list_record
from notifications.admin.duty_sections import say_would_be_due
from notifications.admin.incident_forms import LONG
from notifications.admin.moment_forms import (
    evidence_field,
    moment_field,
    precision_field,
    read_clock_moment,
    zone_field,
)
from notifications.models import ObligationQuestion
from notifications.operations import questions
from notifications.queries.verdict_words import list_missing
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm
from registry.admin.sections import Section, link
from registry.choices import Anchor
from registry.commands import Command
from registry.models.incident import INCIDENT_READERS
from registry.rules import read_rule


class AppliesForm(StepForm):
    """Why it applies; and the moment that the rule counts from, where none is stated yet."""

    reason = forms.CharField(label=gettext_lazy("Why"), widget=LONG, max_length=5_000)
    anchor = forms.ChoiceField(
        label=gettext_lazy("What came about"),
        required=False,
        help_text=gettext_lazy(
            "Only where no such moment is stated yet: the clock begins with it."
        ),
    )
    happened_at = moment_field(gettext_lazy("When"), required=False)
    zone = zone_field()
    precision = precision_field()
    evidence = evidence_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anchors = self.initial.pop("anchors", ())
        anchor = self.fields["anchor"]
        assert isinstance(anchor, forms.ChoiceField)
        anchor.choices = [("", _("Stated already")), *((one.value, one.label) for one in anchors)]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if bool(said.get("anchor")) != bool(said.get("happened_at")):
            self.add_error("happened_at", _("Say both what came about and when, or neither."))
        return said


def _applies(command: Command, row: ObligationQuestion, said: dict[str, Any]) -> object:
    anchor = said["anchor"]
    return questions.answer(
        command,
        question=row.id,
        applies=True,
        reason=said["reason"],
        moment=read_clock_moment(said, Anchor(anchor)) if anchor else None,
    )


def _does_not(command: Command, row: ObligationQuestion, said: dict[str, Any]) -> object:
    return questions.answer(command, question=row.id, applies=False, reason=said["reason"])


def _is_open(actor: Actor, row: ObligationQuestion) -> bool:
    return not row.answer and actor.has(*questions.MAY_ANSWER)


@admin.register(ObligationQuestion)
class QuestionAdmin(DeskAdmin):
    readers = INCIDENT_READERS
    list_display = ("asked", "about", "cause", "due", "said", "asked_at", "world")
    list_filter = ("answer", "cause")
    list_select_related = ("rule", "incident", "occurrence", "duty_holder")
    search_fields = ("rule__slug", "incident__title", "occurrence__title")
    ordering = ("-asked_at", "-id")
    fields = (
        *("asked", "citation", "note", "about", "duty_holder", "grant", "cause", "not_known"),
        *("due", "asked_at", "said", "answered_by", "answered_at", "answer_reason", "id"),
    )
    readonly_fields = ("asked", "citation", "note", "about", "not_known", "due", "said")
    steps = {
        "applies": Step(
            gettext_lazy("It applies"),
            _applies,
            AppliesForm,
            _is_open,
            hint=gettext_lazy("Its duties open, each with its own clock and recipient."),
            initial=lambda row: {"anchors": read_rule(row.rule.document).anchors},
        ),
        "does_not_apply": Step(
            gettext_lazy("It does not apply"),
            _does_not,
            ReasonForm,
            _is_open,
            hint=gettext_lazy(
                "It is not asked again, unless a fact comes in that decides, or the rule changes."
            ),
            danger=True,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[ObligationQuestion]:
        found: QuerySet[ObligationQuestion] = super().get_queryset(request)
        return found.select_related(*self.list_select_related)

    @admin.display(description=gettext_lazy("does this apply?"), ordering="rule__slug")
    def asked(self, row: ObligationQuestion) -> str:
        return str(row.rule.document["title"])

    @admin.display(description=gettext_lazy("rule"))
    def citation(self, row: ObligationQuestion) -> str:
        return f"{row.rule.document['citation']}; {row.rule}"

    @admin.display(description=gettext_lazy("how it is read"))
    def note(self, row: ObligationQuestion) -> str:
        return str(row.rule.document.get("interpretation_note", ""))

    @admin.display(description=gettext_lazy("about"))
    def about(self, row: ObligationQuestion) -> str:
        subject = row.incident or row.occurrence
        return "" if subject is None else subject.title

    @admin.display(description=gettext_lazy("not known"))
    def not_known(self, row: ObligationQuestion) -> str:
        return list_missing(row.missing)

    @admin.display(description=gettext_lazy("would be due"), ordering="would_be_due")
    def due(self, row: ObligationQuestion) -> str:
        return say_would_be_due(row)

    @admin.display(description=gettext_lazy("answer"), ordering="answer")
    def said(self, row: ObligationQuestion) -> str:
        return row.get_answer_display() or _("open")

    @admin.display(description=gettext_lazy("world"), ordering="duty_holder__synthetic")
    def world(self, row: ObligationQuestion) -> str:
        return super().world(row.duty_holder)

    def title(self, row: ObligationQuestion) -> str:
        return _("Does it apply: %(title)s") % {"title": row.rule.document["title"]}

    def list_sections(self, request: HttpRequest, row: ObligationQuestion) -> list[Section]:
        subject = row.incident or row.occurrence
        return [
            Section(
                _("About"),
                (_("What happened"), _("Duty-holder"), _("Grant")),
                [
                    (
                        link(subject, str(subject and subject.title)),
                        row.duty_holder.name,
                        link(row.grant),
                    )
                ],
            ),
            list_record(row),
        ]
