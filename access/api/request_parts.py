"""What one read of an access request tells: whose turn it is, what is missing, the answers, the files, the clock."""

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.choices import PauseKind, RequestStatus, Turn
from access.forms import read_form
from access.models import AccessRequest, Attachment, OnBehalf
from access.operations.on_behalf import Asked
from access.pauses import open_pause, paused_between
from access.policies import APPLICANT_STEPS
from access.queries.answers import (
    EDITABLE,
    attached_files,
    find_problems,
    list_submissions,
    may_read_field,
    show_answers,
)
from access.queries.pauses import pauses
from access.queries.related import RelatedKind, Tie, find_related
from access.workflow import steps_from, whose_turn
from registry.actors import Actor
from registry.api.strict import StrictSerializer
from registry.choices import FileKind, ScanState


class PauseSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=PauseKind.choices)
    whose_turn = serializers.ChoiceField(choices=Turn.choices)
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class ClockSerializer(serializers.Serializer[Any]):
    """The clock of review. It stands still while the request waits for an answer, for changes, or on hold."""

    running = serializers.BooleanField()
    paused_since = serializers.DateTimeField(allow_null=True)
    paused_seconds = serializers.IntegerField()
    pauses = PauseSerializer(many=True)


class AnswerProblemSerializer(serializers.Serializer[Any]):
    """What is missing or out of range. One that does not block is only a warning."""

    field = serializers.CharField(source="key")
    code = serializers.CharField()
    detail = serializers.CharField()
    blocks = serializers.BooleanField()


class FormPartSerializer(serializers.Serializer[Any]):
    """The edition that the request was drafted with, and where it can be read."""

    edition = serializers.IntegerField()
    title = serializers.CharField()
    url = serializers.CharField()


class RedactionSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    kind = serializers.ChoiceField(choices=FileKind.choices)
    scan_state = serializers.ChoiceField(choices=ScanState.choices)
    url = serializers.SerializerMethodField(method_name="find_url")
    redacted = serializers.SerializerMethodField(method_name="say_redacted")

    class Meta:
        model = Attachment
        fields = (
            *("id", "field", "name", "kind", "size", "sha256", "scan_state", "uploaded_at"),
            *("redacted", "url"),
        )

    def find_url(self, row: Attachment) -> str:
        return f"/api/v1/access-requests/{row.request_id}/attachments/{row.id}/"

    @extend_schema_field(RedactionSerializer(allow_null=True))
    def say_redacted(self, row: Attachment) -> dict[str, Any] | None:
        if row.redacted_at is None:
            return None
        return {"at": row.redacted_at, "reason": row.redaction_reason}


class SubmissionPartSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()


class OnBehalfSerializer(serializers.ModelSerializer[OnBehalf]):
    class Meta:
        model = OnBehalf
        fields = ("asked_by", "evidence", "recorded_at")


class RelatedSerializer(serializers.Serializer[Any]):
    """Another request of the same program, or access held: of the caller's own; for staff, of those tied to it too."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in RelatedKind])
    tie = serializers.ChoiceField(choices=[(tie.value, tie.value) for tie in Tie])
    organization = serializers.CharField(source="organization.slug")
    id = serializers.UUIDField(source="thing.id")
    tier = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class StandingFields(serializers.Serializer[Any]):
    """Whose turn it is, and how the clock stands."""

    whose_turn = serializers.SerializerMethodField(method_name="say_turn")
    clock = serializers.SerializerMethodField(method_name="say_clock")

    @extend_schema_field(serializers.ChoiceField(choices=Turn.choices))
    def say_turn(self, row: AccessRequest) -> str:
        return whose_turn(RequestStatus(row.status)).value

    @extend_schema_field(ClockSerializer)
    def say_clock(self, row: AccessRequest) -> Any:
        spans = pauses(row)
        lasting = open_pause(spans)
        until = row.closed_at or now()
        paused = paused_between(spans, row.submitted_at or until, until)
        return ClockSerializer(
            {
                "running": whose_turn(RequestStatus(row.status)) is Turn.OPERATOR
                and lasting is None,
                "paused_since": None if lasting is None else lasting.began_at,
                "paused_seconds": int(paused.total_seconds()),
                "pauses": spans,
            }
        ).data


class FormFields(serializers.Serializer[Any]):
    """What was asked and answered, what is missing, what came along, and what the caller may do next."""

    next_steps = serializers.SerializerMethodField(method_name="list_steps")
    problems = serializers.SerializerMethodField(method_name="list_problems")
    form = serializers.SerializerMethodField(method_name="say_form")
    answers = serializers.SerializerMethodField(method_name="list_answers")
    attachments = serializers.SerializerMethodField(method_name="list_attachments")
    submissions = serializers.SerializerMethodField(method_name="list_submitted")
    on_behalf = OnBehalfSerializer(read_only=True, allow_null=True, default=None)
    related = serializers.SerializerMethodField(method_name="list_related")

    @property
    def _actor(self) -> Actor:
        actor: Actor = self.context["actor"]
        return actor

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def list_steps(self, row: AccessRequest) -> list[str]:
        """What the organization, or intake for it, may do now."""
        status = RequestStatus(row.status)
        steps = [step.value for step in steps_from(status) if step in APPLICANT_STEPS]
        editing = ["save"] if status in EDITABLE else []
        files = ["attach", "detach"] if status in EDITABLE | {RequestStatus.QUESTION_OPEN} else []
        return [*steps, *editing, *files, "copy"]

    @extend_schema_field(AnswerProblemSerializer(many=True))
    def list_problems(self, row: AccessRequest) -> Any:
        """Only while the organization works on it, and of what the caller may read."""
        if row.status not in EDITABLE:
            return []
        readable = [one for one in find_problems(row) if may_read_field(row, self._actor, one.key)]
        return AnswerProblemSerializer(readable, many=True).data

    @extend_schema_field(FormPartSerializer(allow_null=True))
    def say_form(self, row: AccessRequest) -> Any:
        if row.form is None:
            return None
        place = f"{row.tier.program.slug}/tiers/{row.tier.slug}/form/?edition={row.form.number}"
        return {
            "edition": row.form.number,
            "title": read_form(row.form.document).title,
            "url": f"/api/v1/programs/{place}",
        }

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def list_answers(self, row: AccessRequest) -> dict[str, Any]:
        """By the key of the field, what else was typed so far included; not what is confidential to others."""
        shown = {
            one.key: one.value
            for one in show_answers(row, self._actor)
            if not one.withheld and one.value not in (None, [])
        }
        if row.status not in EDITABLE or not hasattr(row, "draft_answers"):
            return shown
        typed = {
            key: value
            for key, value in row.draft_answers.values.items()
            if may_read_field(row, self._actor, key)
        }
        return typed | shown

    @extend_schema_field(AttachmentSerializer(many=True))
    def list_attachments(self, row: AccessRequest) -> Any:
        readable = [
            one for one in attached_files(row) if may_read_field(row, self._actor, one.field)
        ]
        return AttachmentSerializer(readable, many=True).data

    @extend_schema_field(SubmissionPartSerializer(many=True))
    def list_submitted(self, row: AccessRequest) -> Any:
        return SubmissionPartSerializer(list_submissions(row), many=True).data

    @extend_schema_field(RelatedSerializer(many=True))
    def list_related(self, row: AccessRequest) -> Any:
        return RelatedSerializer(find_related(row, self._actor, at=now()), many=True).data


class AskedBody(StrictSerializer):
    """For intake: who of the organization asked for this, and what shows it."""

    by = serializers.CharField(max_length=200)
    evidence = serializers.CharField(max_length=5_000)


def read_asked(said: dict[str, Any]) -> Asked | None:
    """Take `asked` out of a body, if it is there."""
    asked = said.pop("asked", None)
    return None if asked is None else Asked(**asked)
