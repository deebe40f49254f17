"""Members of the caller's organization, and what it attests of them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.commands import answer_done, command_of
from registry.api.evidence import TAKES_FILES, accepts_files, read_uploads
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
from registry.choices import AssertionKind, MemberAbsenceKind
from registry.errors import NotFound
from registry.models import Member, MemberAbsence, MemberAssertion
from registry.operations import members


class MemberSerializer(serializers.ModelSerializer[Member]):
    organization = serializers.CharField(source="organization.slug", read_only=True)
    assertions = serializers.SerializerMethodField(method_name="list_assertions")
    absence = serializers.SerializerMethodField(method_name="show_absence")

    class Meta:
        model = Member
        fields = ("id", "organization", "reference", "absence", "assertions", "version")

    @extend_schema_field(
        serializers.ChoiceField(choices=MemberAbsenceKind.choices, allow_null=True)
    )
    def show_absence(self, row: Member) -> str | None:
        """Whether the member is suspended, or withdrawn."""
        return next((said.kind for said in row.absences.all() if said.valid.upper is None), None)

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_assertions(self, row: Member) -> list[dict[str, Any]]:
        return [
            {
                "kind": said.kind,
                "holds": said.holds,
                "reviewed_at": said.reviewed_at,
                "since": said.valid.lower,
                "until": said.valid.upper,
                "file": said.file_id,
            }
            for said in row.assertions.all()
            if said.recorded.upper is None
        ]


class MemberBody(StrictSerializer):
    reference = serializers.CharField(max_length=120)


class AssertionBody(StrictSerializer):
    kind = serializers.ChoiceField(choices=AssertionKind.choices)
    holds = serializers.BooleanField()
    evidence = serializers.CharField(max_length=300)
    until = serializers.DateTimeField(required=False)
    file = serializers.FileField(
        max_length=200,
        required=False,
        allow_empty_file=True,
        help_text="only as multipart/form-data; a document about a person is always confidential",
    )


def visible_members(request: Request) -> QuerySet[Member]:
    """The members the caller may see, with what is asserted of them, in a fixed number of queries."""
    assertions = MemberAssertion.objects.current().order_by("valid")
    return (
        Member.objects.visible_to(actor_of(request))
        .select_related("organization")
        .prefetch_related(
            Prefetch("assertions", assertions),
        )
        .prefetch_related(Prefetch("absences", MemberAbsence.objects.current()))
    )


class MemberList(ListCreateAPIView[Member]):
    """Members of the caller's organization, known by its own references."""

    scopes = {"GET": ("members:read",), "POST": ("members:write",)}
    serializer_class = MemberSerializer
    queryset = Member.objects.none()

    def get_queryset(self) -> QuerySet[Member]:
        return visible_members(self.request)

    @extend_schema(request=MemberBody, responses={201: MemberSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = MemberBody(data=request.data)
        body.is_valid(raise_exception=True)
        organization = actor_of(request).organization_id
        if organization is None:
            raise NotFound("organization")
        done = members.enroll(
            command_of(request), organization=organization, **body.validated_data
        )
        return answer_done(done, MemberSerializer, status=201)


class MemberAttest(APIView):
    """Assert a status of a member, with evidence. It counts once the operator's staff have reviewed it."""

    scopes = {"POST": ("members:write",)}
    parser_classes = TAKES_FILES

    @extend_schema(
        operation_id="members_attest",
        request=accepts_files(AssertionBody),
        responses=MemberSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = AssertionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data | {"kind": AssertionKind(body.validated_data["kind"])}
        uploads = read_uploads([file] if (file := said.pop("file", None)) is not None else ())
        done = members.attest(
            command_of(request), member=pk, upload=uploads[0] if uploads else None, **said
        )
        return answer_done(done, MemberSerializer)


class MemberWithdraw(APIView):
    """The member uses the organization's access no more, from now on and for good."""

    scopes = {"POST": ("members:write",)}

    @extend_schema(operation_id="members_withdraw", request=Nothing, responses=MemberSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        done = members.withdraw(command_of(request), member=pk)
        shown = replace(done, value=visible_members(request).get(pk=pk))
        return answer_done(shown, MemberSerializer)
