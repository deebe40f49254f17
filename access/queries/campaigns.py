"""Whom a campaign affects, before the click, and how far it has come, after it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from access.choices import CampaignStatus, ConditionStanding
from access.models import Condition, ConditionCampaign, ConditionVersion, Grant
from access.queries.grant_scopes import covered_grants


@dataclass(frozen=True, slots=True)
class Progress:
    """How a campaign stands, in numbers of grants. `refused`: due, and neither met nor waived.

    `uncovered` are live grants of the scope that have no condition yet: all, before it is launched.
    """

    met: int
    waived: int
    handed_in: int
    not_met: int
    silent: int
    refused: int
    uncovered: int
    organizations: int


def measure_progress(campaign: ConditionCampaign, *, at: dt.datetime) -> Progress:
    """The numbers of a campaign's live grants, in three statements however many they are."""
    live = covered_grants(campaign, at=at)
    versions = ConditionVersion.objects.as_of(at).filter(
        condition__campaign=campaign, grant__in=live
    )
    standing = ConditionStanding
    counted = versions.aggregate(
        met=Count("id", filter=Q(standing=standing.MET)),
        waived=Count("id", filter=Q(standing=standing.WAIVED)),
        handed_in=Count("id", filter=Q(standing=standing.HANDED_IN)),
        not_met=Count("id", filter=Q(standing=standing.NOT_MET)),
        silent=Count("id", filter=Q(standing=standing.OPEN)),
        refused=Count(
            "id",
            filter=Q(due_at__lte=at) & ~Q(standing__in=[standing.MET, standing.WAIVED]),
        ),
    )
    return Progress(
        **counted,
        uncovered=uncovered(campaign, at=at).count(),
        organizations=live.order_by().values("organization").distinct().count(),
    )


def list_affected(campaign: ConditionCampaign, *, at: dt.datetime) -> QuerySet[Grant]:
    """The live grants of the scope, with what their lists show, by organization."""
    return (
        covered_grants(campaign, at=at)
        .select_related("organization", "program", "tier")
        .order_by("organization__slug", "pk")
    )


def find_uncovered(*, at: dt.datetime) -> list[UUID]:
    """Running campaigns that do not yet cover every grant of their scope, by what is committed now."""
    running = ConditionCampaign.objects.filter(status=CampaignStatus.RUNNING).order_by("id")
    return [row.id for row in running if uncovered(row, at=at).exists()]


def uncovered(campaign: ConditionCampaign, *, at: dt.datetime) -> QuerySet[Grant]:
    """The live grants of the scope that have no condition of the campaign, in a fixed order."""
    laid = Condition.objects.filter(campaign=campaign, grant=OuterRef("pk"))
    return covered_grants(campaign, at=at).exclude(Exists(laid)).order_by("pk")
