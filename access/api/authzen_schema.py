"""AuthZEN's bodies for OpenAPI. They describe; `authzen_bodies` reads."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from access.api.authzen_bodies import MOST_EVALUATIONS, SEMANTICS

Described = serializers.Serializer[Any]


class SubjectBody(Described):
    type = serializers.CharField(help_text="organization, or member with properties.organization")
    id = serializers.CharField(help_text="slug, UUID or scheme:value; a member's own reference")
    properties = serializers.DictField(required=False)


class SearchedSubject(Described):
    type = serializers.CharField()
    properties = serializers.DictField(required=False)


class ResourceBody(Described):
    type = serializers.CharField(help_text="model or model_version")
    id = serializers.CharField(help_text="slug, UUID or scheme:value")
    properties = serializers.DictField(required=False)


class SearchedResource(Described):
    type = serializers.CharField()


class ActionBody(Described):
    name = serializers.CharField(help_text="invoke, evaluate, fine_tune or download_weights")
    properties = serializers.DictField(required=False)


class ContextBody(Described):
    surface = serializers.CharField(required=False)
    as_of = serializers.DateTimeField(required=False)
    known_at = serializers.DateTimeField(required=False)
    revision = serializers.CharField(required=False)
    explain = serializers.BooleanField(required=False)


class EvaluationBody(Described):
    subject = SubjectBody()
    action = ActionBody()
    resource = ResourceBody()
    context = ContextBody(required=False)  # type: ignore[assignment]  # its name in the standard


class OptionsBody(Described):
    evaluations_semantic = serializers.ChoiceField(choices=SEMANTICS, required=False)


class PartialEvaluationBody(Described):
    subject = SubjectBody(required=False)
    action = ActionBody(required=False)
    resource = ResourceBody(required=False)
    context = ContextBody(required=False)  # type: ignore[assignment]  # its name in the standard


class EvaluationsBody(PartialEvaluationBody):
    options = OptionsBody(required=False)
    evaluations = serializers.ListField(
        child=PartialEvaluationBody(), required=False, max_length=MOST_EVALUATIONS
    )


class ReasonAnswer(Described):
    code = serializers.CharField()
    text = serializers.CharField()


class GroundAnswer(ReasonAnswer):
    grant = serializers.UUIDField(allow_null=True)
    restriction = serializers.UUIDField(allow_null=True)
    terms = serializers.UUIDField(allow_null=True)
    condition = serializers.UUIDField(allow_null=True)
    need = serializers.CharField(
        allow_null=True, help_text="the code of the gate or requirement that is not met"
    )
    restriction_kind = serializers.CharField(required=False, allow_null=True)


class OperatorReasonAnswer(ReasonAnswer):
    restriction_kind = serializers.CharField(allow_null=True)
    grants_tried = serializers.IntegerField()


class ConditionAnswer(Described):
    kind = serializers.CharField(
        help_text="actions, purpose, surfaces, model_version or terms with values; condition with id"
    )
    values = serializers.ListField(child=serializers.CharField(), required=False)
    edition = serializers.IntegerField(required=False)
    id = serializers.UUIDField(required=False)
    code = serializers.CharField(required=False)
    due_at = serializers.DateTimeField(required=False)


class ErrorAnswer(Described):
    status = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


class ContextAnswer(Described):
    reason = ReasonAnswer()
    reason_admin = OperatorReasonAnswer(required=False)
    reasons = GroundAnswer(many=True, required=False)
    error = ErrorAnswer(required=False)
    grant = serializers.UUIDField(allow_null=True)
    restriction = serializers.UUIDField(allow_null=True)
    conditions = ConditionAnswer(many=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    next_change_at = serializers.DateTimeField(allow_null=True)
    next_change_covers = serializers.CharField(
        help_text="scheduled: changes known ahead, no others"
    )
    cache_for = serializers.IntegerField(help_text="seconds for which a yes may be used again")
    evaluated_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.CharField(allow_null=True)


class EvaluationAnswer(Described):
    decision = serializers.BooleanField()
    context = ContextAnswer()  # type: ignore[assignment]  # its name in the standard


class EvaluationsAnswer(Described):
    evaluations = EvaluationAnswer(many=True)


class PageBody(Described):
    token = serializers.CharField(required=False)
    limit = serializers.IntegerField(required=False, min_value=0)


class SubjectSearchBody(Described):
    subject = SearchedSubject()
    action = ActionBody()
    resource = ResourceBody()
    context = ContextBody(required=False)  # type: ignore[assignment]  # its name in the standard
    page = PageBody(required=False)


class ResourceSearchBody(Described):
    subject = SubjectBody()
    action = ActionBody()
    resource = SearchedResource()
    context = ContextBody(required=False)  # type: ignore[assignment]  # its name in the standard
    page = PageBody(required=False)


class ActionSearchBody(Described):
    subject = SubjectBody()
    resource = ResourceBody()
    context = ContextBody(required=False)  # type: ignore[assignment]  # its name in the standard
    page = PageBody(required=False)


class PageAnswer(Described):
    next_token = serializers.CharField(help_text="empty on the last page")
    count = serializers.IntegerField()


class SearchContext(Described):
    evaluated_at = serializers.DateTimeField()
    revision = serializers.CharField()


class SubjectAnswer(Described):
    type = serializers.CharField()
    id = serializers.CharField()
    properties = serializers.DictField(required=False)


class ResourceAnswer(Described):
    type = serializers.CharField()
    id = serializers.CharField()


class ActionAnswer(Described):
    name = serializers.CharField()


class SubjectSearchAnswer(Described):
    page = PageAnswer()
    context = SearchContext()  # type: ignore[assignment]  # its name in the standard
    results = SubjectAnswer(many=True)


class ResourceSearchAnswer(Described):
    page = PageAnswer()
    context = SearchContext()  # type: ignore[assignment]  # its name in the standard
    results = ResourceAnswer(many=True)


class ActionSearchAnswer(Described):
    page = PageAnswer()
    context = SearchContext()  # type: ignore[assignment]  # its name in the standard
    results = ActionAnswer(many=True)


class ConfigurationAnswer(Described):
    policy_decision_point = serializers.URLField()
    access_evaluation_endpoint = serializers.URLField()
    access_evaluations_endpoint = serializers.URLField()
    search_subject_endpoint = serializers.URLField()
    search_resource_endpoint = serializers.URLField()
    search_action_endpoint = serializers.URLField()


SNAPSHOT_PARAMETERS = [
    OpenApiParameter("token", OpenApiTypes.STR, description="The page to go on with."),
    OpenApiParameter("limit", OpenApiTypes.INT, description="Lines a page, at most 200."),
]


class SnapshotLine(Described):
    organization = serializers.CharField()
    identifiers = serializers.ListField(child=serializers.CharField())
    model = serializers.CharField()
    surface = serializers.CharField(allow_null=True, help_text="null: any that you serve")
    actions = serializers.ListField(child=serializers.CharField())
    grant = serializers.UUIDField()
    valid_until = serializers.DateTimeField(allow_null=True)
    next_change_at = serializers.DateTimeField(allow_null=True)


class SnapshotContext(SearchContext):
    position = serializers.IntegerField(
        allow_null=True, help_text="every event up to this position of the ledger is reflected"
    )
    surfaces = serializers.ListField(child=serializers.CharField(), allow_null=True)
    cache_for = serializers.IntegerField()


class SnapshotAnswer(Described):
    page = PageAnswer()
    context = SnapshotContext()  # type: ignore[assignment]  # its name in the standard
    results = SnapshotLine(many=True)
