"""Questions to the decision point."""

from access.decision import Answer
from access.models import Grant
from access.queries.decisions import Asked, evaluate


def ask(grant: Grant, **more: object) -> Answer:
    """The answer for the grant's organization and (first) model."""
    said: dict[str, object] = {
        "organization": grant.organization.slug,
        "model": grant.tier.ai_models.order_by("slug")[0].slug,
        "action": "invoke",
    }
    return evaluate(Asked(**(said | more))).answer  # type: ignore[arg-type]
