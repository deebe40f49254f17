"""The stages of a request in answers: all for staff; for the organization where it stands and whose turn it is."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from access.choices import RequestStatus, StageState, Turn
from access.models import AccessRequest
from access.queries.stages import StageView, list_stages
from access.workflow import whose_turn
from registry.actors import Actor
from registry.queries.people import name_actors
from registry.queries.rules import holidays_in_force

_REVIEWS = "review:write"
"""The scope of staff tooling that may read findings."""


class PartnerStageSerializer(serializers.Serializer[Any]):
    """What the organization may know: never who acts, nor what anybody found."""

    title = serializers.CharField()
    state = serializers.ChoiceField(choices=["waiting", "open", "complete"])
    since = serializers.DateTimeField(allow_null=True)
    age_days = serializers.IntegerField(allow_null=True)
    expected_at = serializers.DateTimeField(allow_null=True)
    whose_turn = serializers.ChoiceField(choices=Turn.choices)


class PersonSerializer(serializers.Serializer[Any]):
    """Somebody who could act; `deputy` is the key of who stands in for them now."""

    key = serializers.CharField()
    name = serializers.CharField()
    deputy = serializers.CharField(allow_null=True)


class StaffStageSerializer(PartnerStageSerializer):
    """With its reasons in codes, who could act and has not, and the findings in it."""

    key = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=StageState.choices)
    reasons = serializers.ListField(child=serializers.CharField())
    found = serializers.IntegerField()
    needed = serializers.IntegerField()
    next = PersonSerializer(many=True)
    unknown = serializers.ListField(child=serializers.CharField())
    late = serializers.BooleanField()
    due_missing = serializers.CharField()
    findings = serializers.ListField(child=serializers.DictField())


class StageFields(serializers.Serializer[Any]):
    """The stages of a request's review, beside what else is told of it. Needs the `actor` in its context."""

    stages = serializers.SerializerMethodField(method_name="list_stages")

    @extend_schema_field(
        PolymorphicProxySerializer(
            component_name="RequestStage",
            serializers=[StaffStageSerializer, PartnerStageSerializer],
            resource_type_field_name=None,
            many=True,
        )
    )
    def list_stages(self, row: AccessRequest) -> list[dict[str, Any]]:
        at = now()
        views = list_stages(row, at=at, holidays=holidays_in_force(at))
        actor: Actor = self.context["actor"]
        if actor.is_staff and _REVIEWS in actor.scopes:
            return _tell_staff(row, views, at=at)
        return [
            _tell_partner(row, view, at=at)
            for view in views
            if view.progress.state is not StageState.NOT_APPLICABLE
        ]


def _tell_partner(row: AccessRequest, view: StageView, *, at: dt.datetime) -> dict[str, Any]:
    """An objection is a finding: a stage that one blocks is open, seen from outside."""
    state = view.progress.state
    shown = StageState.OPEN if state is StageState.BLOCKED else state
    run = view.run if view.run is not None and shown is not StageState.WAITING else None
    turn = whose_turn(RequestStatus(row.status)) if shown is StageState.OPEN else Turn.NOBODY
    return {
        "title": view.progress.stage.title,
        "state": shown.value,
        "since": None if run is None else run.opened_at,
        "age_days": None if run is None else ((run.closed_at or at) - run.opened_at).days,
        "expected_at": None if view.due is None else view.due.at,
        "whose_turn": turn.value,
    }


def _tell_staff(
    row: AccessRequest, views: Sequence[StageView], *, at: dt.datetime
) -> list[dict[str, Any]]:
    names = name_actors(key for view in views for key in view.progress.missing)
    current = row.assessments.filter(superseded_by__isnull=True).order_by("assessed_at", "id")
    findings = list(current)
    told = []
    for view in views:
        said = view.progress
        due = None if view.due is None else view.due.at
        told.append(
            _tell_partner(row, view, at=at)
            | {
                "key": said.stage.key,
                "kind": said.stage.kind.value,
                "state": said.state.value,
                "reasons": list(said.reasons),
                "found": said.found,
                "needed": said.needed,
                "next": [
                    {"key": key, "name": names.get(key, key), "deputy": view.deputies.get(key)}
                    for key in said.missing
                ],
                "unknown": list(said.unknown),
                "late": due is not None and due <= at,
                "due_missing": "" if view.due is None else view.due.missing,
                "findings": [
                    {
                        "finding": one.finding,
                        "reasons": one.reasons,
                        "by": one.assessed_by,
                        "acted_for": one.acted_for or None,
                        "at": one.assessed_at,
                    }
                    for one in findings
                    if one.stage == said.stage.key
                ],
            }
        )
    return told
