"""The staff's home: what waits for whom, and what stands still."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from access.choices import CampaignStatus, ConditionStanding, RequestStatus
from access.models import (
    AccessRequest,
    CloseOut,
    ConditionCampaign,
    ConditionVersion,
    Consultation,
    Expansion,
    RecertificationItem,
    Restriction,
)
from access.queries.effects import list_owed
from access.queries.positions import visible_consultations
from config.desk.board import may_see
from config.desk.coverage import may_see_gaps
from notifications.choices import DeliveryStatus
from notifications.models import FILING_READERS, Delivery
from notifications.queries.coverage_gaps import list_unexplained
from notifications.queries.filings import list_undelivered
from notifications.queries.obligations import NOBODY, tally
from registry.actors import Actor
from registry.admin.desk import actor_of
from registry.choices import Role
from registry.models import EvidenceFile, Incident, User
from registry.operations.ledger import measure_lag
from registry.queries.screening import current_hits

_SILENT = "answered_at__isempty=1&lapsed_at__isempty=0"
_SHOWN = (
    RequestStatus.SUBMITTED,
    RequestStatus.IN_REVIEW,
    RequestStatus.QUESTION_OPEN,
    RequestStatus.RETURNED,
    RequestStatus.ON_HOLD,
    RequestStatus.DISPUTED,
    RequestStatus.AWAITING_COUNTERSIGNATURE,
)


def add_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the home page shows, in a fixed number of queries. Nothing for who holds no role."""
    actor = actor_of(request)
    context["title"] = _("Home")
    if not actor.has(*Role):
        context["homeless"] = True
        return context
    counted = dict(
        AccessRequest.objects.values_list("status").annotate(Count("id")).order_by("status")
    )
    requests = reverse("admin:access_accessrequest_changelist")
    context["cards"] = [
        (status.label, counted.get(status.value, 0), f"{requests}?status__exact={status.value}")
        for status in _SHOWN
    ]
    context["lifecycle"] = _count_lifecycle()
    mine = AccessRequest.objects.open().filter(
        claims__person=actor.id, claims__released_at__isnull=True
    )
    context["mine"] = list(
        mine.select_related("organization", "tier").order_by("submitted_at", "id")[:20]
    )
    context["expansions"] = list(Expansion.objects.filter(closed_at=None).order_by("slug")[:20])
    restrictions = list(
        Restriction.objects.filter(
            versions__recorded__upper_inf=True, versions__valid__contains=now()
        )
        .distinct()
        .order_by("-imposed_at")[:20]
    )
    if may_see(request):
        context["duties"] = _count_duties(actor)
    if may_see_gaps(request):
        gaps = reverse("admin:notifications_coveragegap_changelist")
        context["duties"] = [
            *context.get("duties", []),
            (_("gaps of coverage"), list_unexplained(actor).count(), f"{gaps}?stands=open"),
        ]
    if actor.has(Role.AUTHORITY_DESK):
        asked = reverse("admin:access_consultation_changelist")
        context["duties"] = [
            *context.get("duties", []),
            (
                _("questions to hand over"),
                visible_consultations(actor).filter(pk__in=_to_hand_over()).count(),
                f"{asked}?to_hand_over=yes",
            ),
        ]
    if may_see_filings(request):
        context["undelivered"] = list(list_undelivered(actor)[:20])
    owed = list_owed(row.id for row in restrictions)
    context["restrictions"] = [(row, owed.get(row.id, 0)) for row in restrictions]
    context["lag"], context["lag_seconds"] = measure_lag(at=now())
    context["given_up"] = Delivery.objects.filter(status=DeliveryStatus.FAILED).count()
    return context


def _to_hand_over() -> QuerySet[Consultation, UUID]:
    return Consultation.objects.to_hand_over().values_list("pk", flat=True)


def may_see_filings(request: HttpRequest) -> bool:
    """Whether notifications to authorities are open to whoever looks."""
    return request.user.is_authenticated and actor_of(request).has(*FILING_READERS)


def may_see_incidents(request: HttpRequest) -> bool:
    """Whether incidents are open to whoever looks."""
    return _may_see(request, Incident)


def may_see_office(request: HttpRequest) -> bool:
    """Whether staff and clients are open to whoever looks."""
    return _may_see(request, User)


def may_see_evidence(request: HttpRequest) -> bool:
    """Whether documents of evidence are open to whoever looks."""
    return _may_see(request, EvidenceFile)


def _may_see(request: HttpRequest, model: type[Model]) -> bool:
    """As the model's own pages decide it."""
    return admin.site.get_model_admin(model).has_view_permission(request)


def _count_duties(actor: Actor) -> list[tuple[str, int, str]]:
    """Cards of the board: what it is, how many, and where."""
    found = tally(actor, at=now())
    board, untold = reverse("desk_board"), reverse("desk_untold")
    return [
        (_("open duties to notify"), found.open, board),
        (_("of them late"), found.late, f"{board}?late=on"),
        (_("without an owner"), found.unowned, f"{board}?owner={NOBODY}"),
        (_("decided, not notified"), found.untold, untold),
        (_("open questions"), found.questions, f"{board}#questions"),
    ]


def _count_lifecycle() -> list[tuple[str, int, str]]:
    """What the lives of grants leave for staff to do."""
    at = now()
    waiting = ConditionVersion.objects.as_of(at).filter(standing=ConditionStanding.HANDED_IN)
    silent = RecertificationItem.objects.unanswered().filter(lapsed_at__isnull=False)
    missing = CloseOut.objects.awaited().filter(due_at__lte=at)
    proposed = ConditionCampaign.objects.filter(status=CampaignStatus.PROPOSED)
    pages = "admin:access_{}_changelist"
    return [
        (
            "conditions to review",
            waiting.count(),
            f"{reverse(pages.format('condition'))}?standing=handed_in",
        ),
        (
            "campaigns to launch",
            proposed.count(),
            f"{reverse(pages.format('conditioncampaign'))}?status__exact=proposed",
        ),
        (
            "questions unanswered by their date",
            silent.count(),
            f"{reverse(pages.format('recertificationitem'))}?{_SILENT}",
        ),
        (
            "close-outs missing",
            missing.count(),
            f"{reverse(pages.format('closeout'))}?attested_at__isempty=1",
        ),
        (
            _("screening hits to rule on"),
            current_hits().filter(finding="").count(),
            f"{reverse('admin:registry_screeninghit_changelist')}?finding=open",
        ),
    ]
