"""What a draft and each step on an access request are told with."""

from typing import Any

from rest_framework import serializers

from access.api.request_parts import AskedBody
from access.choices import DecisionReason, Finding, PrimaryPurpose
from access.operations.conditions import Requirement
from access.operations.rulings import Ruling
from registry.api.strict import ReasonBody, StrictSerializer


class DraftBody(StrictSerializer):
    """A staff client names the organization, and who asked; a partner speaks for its own."""

    organization = serializers.CharField(required=False, max_length=240)
    program = serializers.SlugField()
    tier = serializers.SlugField()
    purpose = serializers.ChoiceField(choices=PrimaryPurpose.choices)
    justification = serializers.CharField(max_length=20_000, default="", allow_blank=True)
    answers = serializers.DictField(required=False, help_text="By the key of the form's field.")
    asked = AskedBody(required=False)


class SaveBody(StrictSerializer):
    """What has been typed so far, whatever it says. Null takes an answer back; what is not named stays."""

    answers = serializers.DictField(required=False, help_text="By the key of the form's field.")
    justification = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class AttachmentBody(StrictSerializer):
    attachment = serializers.UUIDField()


class RedactBody(ReasonBody):
    attachment = serializers.UUIDField()


class SubmitBody(StrictSerializer):
    accepts_terms = serializers.IntegerField(required=False, min_value=1)


class NoteBody(StrictSerializer):
    note = serializers.CharField(max_length=5_000)


class ResubmitBody(SaveBody):
    """What changes beside what was saved before."""


class QuestionBody(StrictSerializer):
    question = serializers.CharField(max_length=5_000)


class AnswerBody(StrictSerializer):
    answer = serializers.CharField(max_length=20_000)


class AssessmentBody(StrictSerializer):
    finding = serializers.ChoiceField(choices=Finding.choices)
    reasons = serializers.CharField(max_length=20_000)
    stage = serializers.SlugField(max_length=60, required=False)
    acting_for = serializers.CharField(
        max_length=80, required=False, help_text="The username of whom the caller is the deputy."
    )


class DisputeResolutionBody(StrictSerializer):
    """With `overrules` the objections are set aside; without, only a refusal is left."""

    reasons = serializers.CharField(max_length=20_000)
    overrules = serializers.BooleanField()


class OverrideBody(StrictSerializer):
    position = serializers.UUIDField()
    reasons = serializers.CharField(max_length=5_000)


class PersonBody(StrictSerializer):
    """A member of staff, by username."""

    to = serializers.CharField(max_length=80)


class RequirementBody(StrictSerializer):
    """A condition of the grant. Without `due_at` it is due at the grant's start."""

    code = serializers.SlugField(max_length=60)
    text = serializers.CharField(max_length=20_000)
    evidence_asked = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    due_at = serializers.DateTimeField(required=False)


class RulingBody(StrictSerializer):
    reason = serializers.ChoiceField(choices=DecisionReason.choices)
    applicant_text = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    internal_text = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    use_scope = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    limits = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    personnel_scope = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    conditions = RequirementBody(many=True, default=list)


def read_ruling(said: dict[str, Any]) -> Ruling:
    """The ruling that a checked body says."""
    words = {
        "reason": DecisionReason(said["reason"]),
        "conditions": tuple(Requirement(**wanted) for wanted in said.get("conditions", ())),
    }
    return Ruling(**(said | words))
