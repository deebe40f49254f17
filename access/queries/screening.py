"""Where a request asks for screening, and what its applicant is told of it: never a list, a hit or a name."""

from access.choices import StageKind
from access.eligibility import read_requirements
from access.models import AccessRequest, TierRequirements
from access.queries.eligibility import find_requirements
from access.queries.stages import rules_of
from registry.choices import ScreeningState
from registry.queries.screening import find_standings

CLEARED, NOT_CLEARED, IN_PROGRESS = "cleared", "not_cleared", "in_progress"
_TOLD = {ScreeningState.CLEARED: CLEARED, ScreeningState.CONFIRMED: NOT_CLEARED}


def asks_screening(row: AccessRequest) -> bool:
    """Whether its tier requires the organization to be screened, or its review has a stage for it."""
    edition = row.requirements if row.submitted_at is not None else find_requirements(row.tier)
    if edition is not None and requires_screening(edition):
        return True
    return row.review_policy is not None and any(
        stage.kind is StageKind.SCREENING for stage in rules_of(row).stages
    )


def requires_screening(edition: TierRequirements) -> bool:
    """Whether the edition asks for screening."""
    return read_requirements(edition.document).asks_screening


def tell_applicant(row: AccessRequest) -> str | None:
    """`cleared`, `not_cleared` or `in_progress`; None where nobody asks for screening."""
    if not asks_screening(row):
        return None
    standing = find_standings([row.organization_id])[row.organization_id]
    return _TOLD.get(standing.state, IN_PROGRESS)
