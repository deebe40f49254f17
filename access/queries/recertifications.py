"""Whom a round of recertification still has to ask, who is silent, and what was answered."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from access.choices import RecertificationStatus
from access.models import Grant, Recertification, RecertificationItem
from access.queries.grant_scopes import covered_grants
from registry.choices import MemberAbsenceKind
from registry.models import Member, MemberAbsence


@dataclass(frozen=True, slots=True)
class Answers:
    """How a round stands, in numbers. `lapsed` are those of the silent whose date has passed."""

    needed: int
    not_needed: int
    silent: int
    lapsed: int
    unasked: int


def count_answers(row: Recertification, *, at: dt.datetime) -> Answers:
    """The numbers of a round, in two statements however many are asked."""
    counted = row.items.aggregate(
        yes=Count("id", filter=Q(needed=True)),
        no=Count("id", filter=Q(needed=False)),
        silent=Count("id", filter=Q(answered_at__isnull=True)),
        lapsed=Count("id", filter=Q(answered_at__isnull=True, lapsed_at__isnull=False)),
    )
    is_open = row.status == RecertificationStatus.OPEN and row.due_at > at
    return Answers(
        needed=counted["yes"],
        not_needed=counted["no"],
        silent=counted["silent"],
        lapsed=counted["lapsed"],
        unasked=unasked(row, at=at).count() if is_open else 0,
    )


def find_unasked(*, at: dt.datetime) -> list[UUID]:
    """Open rounds whose questions are not all written."""
    rounds = Recertification.objects.filter(
        status=RecertificationStatus.OPEN, due_at__gt=at
    ).order_by("id")
    return [row.id for row in rounds if unasked(row, at=at).exists()]


def find_overdue(*, at: dt.datetime) -> list[UUID]:
    """Open rounds whose date has passed."""
    rounds = Recertification.objects.filter(status=RecertificationStatus.OPEN, due_at__lte=at)
    return list(rounds.order_by("due_at", "id").values_list("id", flat=True))


def unasked(row: Recertification, *, at: dt.datetime) -> "QuerySet[Grant] | QuerySet[Member]":
    """The grants or members that the round asks about and has no question for yet.

    A round is about what is held when it opens: grants issued and members enrolled later are not asked.
    """
    grants = covered_grants(row, at=at).filter(issued_at__lte=row.opened_at)
    silent = RecertificationItem.objects.filter(recertification=row.reasks).unanswered()
    if not row.asks_members:
        if row.reasks_id is not None:
            grants = grants.filter(pk__in=silent.values("grant"))
        return grants.exclude(pk__in=row.items.values("grant")).order_by("pk")
    gone = MemberAbsence.objects.as_of(at).filter(kind=MemberAbsenceKind.WITHDRAWN)
    members = Member.objects.filter(organization__in=grants.values("organization")).exclude(
        pk__in=gone.values("member")
    )
    if row.reasks_id is not None:
        members = members.filter(pk__in=silent.values("member"))
    return members.exclude(pk__in=row.items.values("member")).order_by("pk")
