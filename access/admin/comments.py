"""Comments on the page of a request: what was said, to whom, and what replaced it."""

from typing import Any

from django import forms

from access.admin.taking_part import bar_of
from access.choices import CommentVisibility, RequestStatus
from access.models import AccessRequest, Comment
from access.operations import comments
from registry.actors import Actor
from registry.admin.desk import Step, StepForm
from registry.admin.sections import Section
from registry.commands import Command

_LONG = forms.Textarea(attrs={"rows": 4})


class CommentForm(StepForm):
    visibility = forms.ChoiceField(
        choices=CommentVisibility.choices,
        initial=CommentVisibility.INTERNAL,
        widget=forms.RadioSelect,
        help_text="What is shared is mailed to the organization's contacts.",
    )
    text = forms.CharField(widget=_LONG, max_length=10_000)


def _correction_form(row: AccessRequest) -> type[StepForm]:
    """One of the comments of this request that still stand."""
    standing = row.comments.filter(superseded_by__isnull=True, from_organization=False)

    class CommentChoice(forms.ModelChoiceField):
        def label_from_instance(self, said: Comment) -> str:
            return f"{said.written_at:%Y-%m-%d %H:%M} UTC: {said.text[:80]}"

    class CorrectionForm(StepForm):
        comment = CommentChoice(
            standing.order_by("written_at", "id"), help_text="One that you wrote yourself."
        )
        text = forms.CharField(
            widget=_LONG, max_length=10_000, help_text="The whole text as it should read."
        )

    return CorrectionForm


def _comment(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
    return comments.comment(
        command,
        request=row.id,
        text=said["text"],
        visibility=CommentVisibility(said["visibility"]),
    )


def _may_comment(actor: Actor, row: AccessRequest) -> bool:
    fits = row.status != RequestStatus.DRAFT and actor.has(*comments.COMMENTING)
    return fits and bar_of(actor, row) is None


def _may_correct(actor: Actor, row: AccessRequest) -> bool:
    own = row.comments.filter(superseded_by__isnull=True, written_by=actor.key)
    return _may_comment(actor, row) and own.exists()


COMMENT_STEPS = {
    "comment": Step("Comment", _comment, CommentForm, _may_comment),
    "correct_comment": Step(
        "Correct a comment of yours",
        lambda command, _row, said: comments.correct(
            command, comment=said["comment"].id, text=said["text"]
        ),
        form_for=_correction_form,
        may=_may_correct,
        hint="What it said before stays on record. What was shared and mailed is mailed again.",
    ),
}


def list_comments(row: AccessRequest) -> Section:
    """Every comment, oldest first, with who may read it and whether it still stands."""
    found = row.comments.select_related("superseded_by").order_by("written_at", "id")
    return Section(
        "Comments",
        ("Who reads it", "Comment", "By", "At", ""),
        [
            (
                said.get_visibility_display(),
                said.text,
                said.written_by,
                said.written_at,
                _stands(said),
            )
            for said in found
        ],
        empty="Nobody has commented.",
    )


def _stands(said: Comment) -> str:
    words = ["corrected later"] if hasattr(said, "superseded_by") else []
    return ", ".join([*words, *(["a correction"] if said.supersedes_id else [])])
