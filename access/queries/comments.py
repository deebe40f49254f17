"""What was said on a request, as far as somebody may read it."""

from django.db.models import QuerySet

from access.choices import CommentVisibility
from access.models import Comment
from registry.actors import Actor


def readable_by(rows: QuerySet[Comment], actor: Actor) -> QuerySet[Comment]:
    """Staff read all, with what was corrected; an organization what is shared, as it stands now."""
    ordered = rows.select_related("superseded_by").order_by("written_at", "id")
    if actor.is_staff:
        return ordered
    return ordered.filter(visibility=CommentVisibility.SHARED, superseded_by__isnull=True)
