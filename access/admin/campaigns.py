"""Condition campaigns on the staff's pages: whom one affects before the click, how far it is after."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.timezone import now

from access.admin.record import ReasonForm, list_record
from access.admin.scope_forms import ScopeForm, show_scope, take_scope
from access.choices import CampaignStatus, ConditionStanding
from access.models import ConditionCampaign, ConditionVersion
from access.operations import condition_campaigns
from access.operations.condition_campaigns import Demand
from access.queries.campaigns import list_affected, measure_progress
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, holds
from registry.admin.sections import Section, link
from registry.choices import Role
from registry.commands import Command

_SHOWN = 50
_DECIDERS = (Role.DECIDER, Role.ADMINISTRATOR)
_NUMBERS = {
    "met": "Met",
    "waived": "Waived",
    "handed_in": "Handed in, to be reviewed",
    "not_met": "Found not met",
    "silent": "Silent",
    "refused": "Refused now, because due and unmet",
    "uncovered": "Without the condition yet",
    "organizations": "Organizations in scope",
}


class CampaignForm(ScopeForm):
    title = forms.CharField(max_length=200)
    code = forms.SlugField(max_length=60, help_text="Stable; the decision point shows it.")
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000, help_text="Holders read this."
    )
    evidence_asked = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), max_length=5_000, required=False
    )
    grace_days = forms.IntegerField(
        min_value=0,
        initial=30,
        help_text="For grants issued after the launch: days from their start, where those end later.",
    )
    field_order = ("title", "code", "text", "evidence_asked", "due_at", "grace_days")


def _propose(command: Command, _row: None, said: dict[str, Any]) -> object:
    scope = take_scope(said)
    words = ("title", "code", "text", "evidence_asked")
    demand = Demand(**{word: said.pop(word) for word in words})
    return condition_campaigns.propose(command, demand=demand, scope=scope, **said)


def _may_launch(actor: Actor, row: ConditionCampaign) -> bool:
    proposed = row.status == CampaignStatus.PROPOSED
    return proposed and row.proposed_by != actor.key and actor.has(*_DECIDERS)


@admin.register(ConditionCampaign)
class ConditionCampaignAdmin(DeskAdmin):
    list_display = ("title", "code", "status", "due_at", "proposed_at", "world")
    list_filter = ("status", "synthetic")
    search_fields = ("title", "code", "=id")
    ordering = ("-proposed_at", "-id")
    fields = (
        *("title", "code", "text", "evidence_asked", "due_at", "grace_days", "status"),
        *("proposed_by", "proposed_at", "launched_by", "launched_at", "ended_by", "ended_at"),
        *("id", "version"),
    )
    list_steps = {
        "propose": Step(
            "Propose a campaign",
            _propose,
            CampaignForm,
            holds(*_DECIDERS),
            hint="It touches no grant. Its page shows whom it would affect; another person launches it.",
        )
    }
    steps = {
        "launch": Step(
            "Launch",
            lambda command, row, _said: condition_campaigns.launch(command, campaign=row.id),
            may=_may_launch,
            hint="Every grant below gets the condition, and its holder is told.",
            danger=True,
        ),
        "end": Step(
            "End",
            lambda command, row, said: condition_campaigns.end(command, campaign=row.id, **said),
            ReasonForm,
            lambda actor, row: row.status != CampaignStatus.ENDED and actor.has(*_DECIDERS),
            hint="No more grants are covered. Conditions laid so far stand; each can be waived.",
        ),
    }

    def title(self, row: ConditionCampaign) -> str:
        return row.title

    def list_sections(self, request: HttpRequest, row: ConditionCampaign) -> list[Section]:
        at = now()
        progress = asdict(measure_progress(row, at=at))
        affected = list(list_affected(row, at=at)[: _SHOWN + 1])
        standing = {
            version.grant_id: version
            for version in ConditionVersion.objects.as_of(at)
            .filter(condition__campaign=row, grant__in=[grant.pk for grant in affected])
            .select_related("condition")
        }
        return [
            Section(
                "Progress",
                ("Grants", "Number"),
                [(label, progress[name]) for name, label in _NUMBERS.items()],
            ),
            show_scope(row),
            Section(
                "Grants affected",
                ("Organization", "Tier", "Grant", "Condition", "Due"),
                [
                    (
                        link(grant.organization),
                        grant.tier.name,
                        link(grant, str(grant.id)[:8]),
                        *_stands(standing.get(grant.pk)),
                    )
                    for grant in affected[:_SHOWN]
                ],
                empty="No live grant is in this scope now.",
                note=f"The first {_SHOWN}; the conditions' own page lists all."
                if len(affected) > _SHOWN
                else "",
            ),
            list_record(row),
        ]


def _stands(version: ConditionVersion | None) -> tuple[object, object]:
    if version is None:
        return ("not laid yet", "")
    return (
        link(version.condition, str(ConditionStanding(version.standing).label)),
        version.due_at,
    )
