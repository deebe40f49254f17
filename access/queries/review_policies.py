"""Editions of review policies: which is in force, and what one says differently from it."""

from access.models import ReviewPolicy
from registry.queries.rules import Change, compare


def find_in_force(slug: str) -> ReviewPolicy | None:
    """The edition that requests pin which are submitted now."""
    editions = ReviewPolicy.objects.filter(slug=slug, enacted_at__isnull=False)
    return editions.order_by("-number").first()


def find_compared(row: ReviewPolicy) -> ReviewPolicy | None:
    """What an edition is to be compared with: the newest before it that was in force, else the one before it."""
    before = ReviewPolicy.objects.filter(slug=row.slug, number__lt=row.number)
    in_force = before.filter(enacted_at__isnull=False).order_by("-number").first()
    return in_force or before.order_by("-number").first()


def list_differences(row: ReviewPolicy) -> list[Change]:
    """What the edition says differently from the one it is compared with; nothing for a first one."""
    before = find_compared(row)
    return [] if before is None else compare(before.document, row.document)
