"""When the clock of a request stood still: what every due moment of its review is derived with."""

from access.choices import PauseKind
from access.models import AccessRequest, Pause
from access.pauses import Span


def pauses(request: AccessRequest) -> tuple[Span, ...]:
    """All pauses of the request, oldest first; read from what was prefetched as `pauses`, if it was."""
    rows = sorted(request.pauses.all(), key=lambda row: (row.began_at, row.id))
    return tuple(as_span(row) for row in rows)


def as_span(row: Pause) -> Span:
    """The row as the pure rules take it."""
    return Span(PauseKind(row.kind), row.began_at, row.ended_at)
