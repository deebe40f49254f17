"""Which entries of the deny list are about a request."""

from uuid import UUID

from django.db.models import Q, QuerySet

from access.models import DenyEntry, Tier


def denials_of(organization: UUID, tier: Tier) -> QuerySet[DenyEntry]:
    """Entries in force about the organization and a model of the tier, or any, those that refuse first."""
    about = Q(ai_model__isnull=True) | Q(ai_model__in=tier.ai_models.all())
    return (
        DenyEntry.objects.filter(
            about, organization=organization, enacted_at__isnull=False, withdrawn_at__isnull=True
        )
        .select_related("ai_model")
        .order_by("effect", "proposed_at", "id")
    )
