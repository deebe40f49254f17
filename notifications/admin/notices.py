"""Notices of models to authorities, on the staff's pages. The page of all that was notified is beside it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from notifications.admin.telling import (
    MarkedAdmin,
    ToldForm,
    may_write,
    read_told,
    say_basis,
    say_moment,
)
from notifications.choices import NoticeReply
from notifications.models import ModelNotice
from notifications.operations import notices
from notifications.operations.notices import Notified
from registry.admin.desk import Step, actor_of
from registry.admin.sections import Section, rows_of
from registry.commands import Command
from registry.models import AIModel, Authority, Organization


class NoticeForm(ToldForm):
    authority = forms.ModelChoiceField(
        Authority.objects.select_related("organization").order_by("organization__name"),
        label="Who was notified",
    )
    notifier = forms.ModelChoiceField(
        Organization.objects.order_by("slug"), required=False, label="Who notified"
    )
    notifier_words = forms.CharField(
        max_length=200, required=False, help_text="Where no name is told."
    )
    ai_model = forms.ModelChoiceField(AIModel.objects.order_by("slug"), required=False)
    model_words = forms.CharField(
        max_length=200, required=False, help_text="Where no model is named."
    )
    rule = forms.CharField(max_length=120, required=False, help_text="Empty: not stated.")
    told_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        label="Notified at",
        help_text="UTC. Empty: not stated.",
    )
    obligation = forms.UUIDField(
        required=False,
        label="Identifier of the obligation",
        help_text="Where it met a duty that is kept here.",
    )
    field_order = (
        *("authority", "notifier", "notifier_words", "ai_model", "model_words", "rule"),
        *("told_at", "obligation"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: row.organization.name
        )


class AnswerForm(ToldForm):
    reply = forms.ChoiceField(choices=NoticeReply.choices)
    field_order = ("reply",)


def _record(command: Command, _row: None, said: dict[str, Any]) -> object:
    notifier, model = said["notifier"], said["ai_model"]
    return notices.record(
        command,
        notified=Notified(
            authority=said["authority"].id,
            notifier=None if notifier is None else notifier.id,
            notifier_words=said["notifier_words"],
            ai_model=None if model is None else model.id,
            model_words=said["model_words"],
            rule=said["rule"],
            told_at=said["told_at"],
            obligation=said["obligation"],
        ),
        told=read_told(said),
    )


def _answer(command: Command, row: ModelNotice, said: dict[str, Any]) -> object:
    return notices.answer(
        command, notice=row.id, reply=NoticeReply(said["reply"]), told=read_told(said)
    )


@admin.register(ModelNotice)
class ModelNoticeAdmin(MarkedAdmin):
    list_display = ("subject", "who", "what", "authority_name", "rule_said", "told_at", "origin")
    list_filter = ("origin", "marking")
    list_select_related = ("notifier", "ai_model", "authority__organization")
    search_fields = ("title", "words", "notifier__name", "authority__organization__name")
    ordering = ("-happened_at", "-id")
    fields = (
        *("who", "what", "authority_name", "rule_said", "obligation", "told_at", "words"),
        *("happened_at", "precision", "origin", "fact", "marking", "recorded_by", "recorded_at"),
    )
    readonly_fields = ("who", "what", "authority_name", "rule_said")
    list_steps = {
        "record": Step(
            "Record a notice",
            _record,
            NoticeForm,
            may_write,
            hint="What is sent from here is a filing and is listed by itself.",
        )
    }
    steps = {"answer": Step("Record a reply", _answer, AnswerForm, may_write)}

    @admin.display(description="notice", ordering="title")
    def subject(self, row: ModelNotice) -> str:
        return row.title

    @admin.display(description="who notified")
    def who(self, row: ModelNotice) -> str:
        return row.notifier_words if row.notifier is None else row.notifier.name

    @admin.display(description="model")
    def what(self, row: ModelNotice) -> str:
        return row.model_words if row.ai_model is None else row.ai_model.name

    @admin.display(description="authority")
    def authority_name(self, row: ModelNotice) -> str:
        return row.authority.organization.name

    @admin.display(description="rule")
    def rule_said(self, row: ModelNotice) -> str:
        return row.rule or "not stated"

    def title(self, row: ModelNotice) -> str:
        return row.title

    def list_sections(self, request: HttpRequest, row: ModelNotice) -> list[Section]:
        answers = row.answers.visible_to(actor_of(request)).select_related("fact")
        return [
            Section(
                "Replies",
                ("When", "Reply", "What", "Marking", "Rests on"),
                rows_of(
                    answers.prefetch_related("fact__citations__source", "fact__disputes").order_by(
                        "happened_at", "id"
                    ),
                    lambda said: (
                        say_moment(said),
                        said.get_reply_display(),
                        f"{said.title}. {said.words}",
                        said.get_marking_display(),
                        say_basis(said),
                    ),
                ),
                empty="No reply is known.",
            )
        ]
