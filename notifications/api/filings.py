"""Notifications to authorities over HTTP, for staff tooling: read, prepared, and taken through their steps."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.choices import FilingStatus
from notifications.models import Filing, FilingStage
from notifications.operations import filings, filings_answers, filings_dispatch, filings_review
from notifications.operations.filings import LONGEST_REASON, LONGEST_VALUE, FieldSaid
from notifications.operations.filings_dispatch import Way
from notifications.operations.filings_proofs import LARGEST, ProofFile, ProofUnacceptable
from notifications.queries.filings import find_missing, name_fields, rule_of, with_all
from notifications.workflow import steps_from
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, ReasonBody, StrictSerializer
from registry.choices import Channel
from registry.commands import Command, Done
from registry.errors import NotFound


class StageSerializer(serializers.ModelSerializer[FilingStage]):
    """One thing that was done with it, and what proves it."""

    class Meta:
        model = FilingStage
        fields = (
            *("id", "kind", "by", "happened_at", "recorded_at", "note", "channel", "address"),
            *("proof_name", "proof_sha256", "sha256"),
        )


class SaidSerializer(serializers.Serializer[Any]):
    """A field of it: `value`, or `unknown` with the reason, or neither as long as it is missing."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    value = serializers.CharField(allow_null=True)
    unknown = serializers.CharField(allow_null=True)
    taken_from = serializers.CharField(
        allow_null=True,
        help_text="Where the registry took the value from, until somebody changes it.",
    )


class FilingSerializer(serializers.ModelSerializer[Filing]):
    """A notification as lists show it."""

    rule = serializers.SlugField(source="obligation.rule.slug")
    citation = serializers.CharField(source="obligation.rule.document.citation")
    duty_holder = serializers.SlugField(source="obligation.duty_holder.slug")
    recipient = serializers.SlugField(source="obligation.recipient")
    authority = serializers.SlugField(source="authority.organization.slug", allow_null=True)
    target_due = serializers.DateTimeField(source="obligation.target_due")

    class Meta:
        model = Filing
        fields = (
            *("id", "obligation", "amends", "status", "rule", "citation", "duty_holder"),
            *("recipient", "authority", "target_due", "sha256", "pdf_sha256"),
            *("prepared_by", "prepared_at", "reviewed_by", "reviewed_at", "signed_by"),
            *("signed_at", "channel", "address", "dispatched_by", "dispatched_at"),
            *("dispatch_proof", "received_at", "receipt_proof", "bounced_at", "bounce_reason"),
            *("acknowledged_at", "acknowledgement", "withdrawn_at", "withdrawn_reason"),
            *("retain_until", "retention_basis", "version", "changed_at"),
        )


class FilingDetailSerializer(FilingSerializer):
    """One notification with what it says, what it lacks, its way so far and the steps open to its status."""

    fields_said = serializers.SerializerMethodField(method_name="list_said")
    missing = serializers.SerializerMethodField(method_name="list_missing")
    open_steps = serializers.SerializerMethodField(method_name="list_steps")
    stages = StageSerializer(many=True)

    class Meta(FilingSerializer.Meta):
        fields = (  # type: ignore[assignment]  # more of them
            *FilingSerializer.Meta.fields,
            *("fields_said", "missing", "open_steps", "stages"),
        )

    @extend_schema_field(SaidSerializer(many=True))
    def list_said(self, row: Filing) -> list[dict[str, str | None]]:
        return [
            {
                "name": name,
                "label": label,
                "value": row.fields.get(name, {}).get("value"),
                "unknown": row.fields.get(name, {}).get("unknown"),
                "taken_from": row.fields.get(name, {}).get("from"),
            }
            for name, label in name_fields(rule_of(row)).items()
        ]

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def list_missing(self, row: Filing) -> list[str]:
        return find_missing(row)

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def list_steps(self, row: Filing) -> list[str]:
        return [step.value for step in steps_from(FilingStatus(row.status))]


class FilingDraftBody(StrictSerializer):
    obligation = serializers.UUIDField()


class FieldBody(StrictSerializer):
    """A value, or the reason why it is unknown; neither takes back what was said."""

    value = serializers.CharField(max_length=LONGEST_VALUE, default="", allow_blank=True)
    unknown = serializers.CharField(max_length=LONGEST_REASON, default="", allow_blank=True)


class ChangeBody(StrictSerializer):
    fields_said = serializers.DictField(child=FieldBody(), help_text="By the field's name.")


class ProofBody(StrictSerializer):
    """A file that proves the step: a PDF, a PNG or JPEG picture, or plain text of at most 3 MB."""

    name = serializers.CharField(max_length=200)
    content = serializers.CharField(max_length=LARGEST * 4 // 3 + 4, help_text="In base64.")

    def validate(self, attrs: dict[str, Any]) -> ProofFile:
        try:
            content = base64.b64decode(attrs["content"], validate=True)
        except binascii.Error as wrong:
            raise ProofUnacceptable from wrong
        return ProofFile(attrs["name"], content)


class FilingDispatchBody(StrictSerializer):
    """By mail `collection` is needed, else `reference`."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    address = serializers.CharField(max_length=300)
    reference = serializers.CharField(max_length=300, default="", allow_blank=True)
    sent_at = serializers.DateTimeField(default=None, allow_null=True)
    collection = serializers.CharField(
        max_length=300,
        default="",
        allow_blank=True,
        help_text="How the authority obtains the content, which no mail holds.",
    )
    proof = ProofBody(default=None, allow_null=True)


class ReceiveBody(StrictSerializer):
    reference = serializers.CharField(max_length=300)
    received_at = serializers.DateTimeField(default=None, allow_null=True)
    proof = ProofBody(default=None, allow_null=True)


class AcknowledgeBody(StrictSerializer):
    number = serializers.CharField(max_length=200)
    acknowledged_at = serializers.DateTimeField(default=None, allow_null=True)
    proof = ProofBody(default=None, allow_null=True)


class FilingBounceBody(ReasonBody):
    bounced_at = serializers.DateTimeField(default=None, allow_null=True)


def visible_filings(request: Request) -> QuerySet[Filing]:
    """The notifications that the caller may see, with what a list shows, in one query."""
    return with_all(Filing.objects.visible_to(actor_of(request)))


class FilingList(ListCreateAPIView[Filing]):
    """Notifications to authorities. A new one is a draft, with what the registry knows already."""

    scopes = {"GET": ("filings:read",), "POST": ("filings:write",)}
    serializer_class = FilingSerializer
    queryset = Filing.objects.none()

    def get_queryset(self) -> QuerySet[Filing]:
        asked = FilterQuery(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return visible_filings(self.request).filter(**asked.validated_data)

    @extend_schema(
        parameters=[
            OpenApiParameter("status", enum=FilingStatus.values),
            OpenApiParameter("obligation", {"type": "string", "format": "uuid"}),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=FilingDraftBody, responses={201: FilingDetailSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = FilingDraftBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = filings.draft(command_of(request), **body.validated_data)
        return answer_done(done, FilingDetailSerializer, status=201)


class FilterQuery(serializers.Serializer[Any]):
    """What a list is narrowed by."""

    status = serializers.ChoiceField(choices=FilingStatus.choices, required=False)
    obligation = serializers.UUIDField(required=False)


class FilingDetail(APIView):
    """One notification."""

    scopes = {"GET": ("filings:read",)}

    @extend_schema(responses=FilingDetailSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        stages = Prefetch("stages", FilingStage.objects.defer("document").order_by("id"))
        row = visible_filings(request).prefetch_related(stages).filter(pk=pk).first()
        if row is None:
            raise NotFound("notification")
        return answer_one(row, FilingDetailSerializer)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step's body, and the operation that takes it."""

    body: type[StrictSerializer]
    take: Callable[..., Done[Filing]]


def _change(
    command: Command, *, filing: UUID, fields_said: Mapping[str, Mapping[str, str]]
) -> Done[Filing]:
    fields = {name: FieldSaid(**said) for name, said in fields_said.items()}
    return filings.change(command, filing=filing, fields=fields)


def _dispatch(
    command: Command, *, filing: UUID, channel: str, proof: ProofFile | None, **way: Any
) -> Done[Filing]:
    return filings_dispatch.dispatch(
        command, filing=filing, way=Way(Channel(channel), **way), proof=proof
    )


STEPS: Mapping[str, _Step] = {
    "change": _Step(ChangeBody, _change),
    "review": _Step(Nothing, filings_review.review),
    "return": _Step(ReasonBody, filings_review.return_),
    "sign": _Step(Nothing, filings_review.sign),
    "dispatch": _Step(FilingDispatchBody, _dispatch),
    "receive": _Step(ReceiveBody, filings_answers.receive),
    "bounce": _Step(FilingBounceBody, filings_answers.bounce),
    "acknowledge": _Step(AcknowledgeBody, filings_answers.acknowledge),
    "withdraw": _Step(ReasonBody, filings.withdraw),
    "amend": _Step(Nothing, filings.amend),
}


def step_view(name: str) -> Callable[..., Any]:
    """The view that takes one step, `POST …/{id}/<name>/`."""
    step = STEPS[name]
    made = 201 if name == "amend" else 200

    class FilingStep(APIView):
        scopes = {"POST": ("filings:write",)}

        @extend_schema(
            operation_id=f"filings_{name}",
            request=step.body,
            responses={made: FilingDetailSerializer},
        )
        def post(self, request: Request, pk: UUID) -> Response:
            body = step.body(data=request.data or {})
            body.is_valid(raise_exception=True)
            done = step.take(command_of(request), filing=pk, **body.validated_data)
            return answer_done(done, FilingDetailSerializer, status=made)

    FilingStep.__doc__ = f"Take the step “{name}”."
    return FilingStep.as_view()
