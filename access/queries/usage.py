"""Who can use this model? What can this organization use? Until when? Answered by the decision's own rule.

The list of holders says how we know, this one what is allowed. Both rest on the same rule; here, nothing
that was only reported appears.
"""

import datetime as dt
from dataclasses import dataclass

from access.choices import Holds, Reason
from access.queries.decision_usage import Usage, evaluate_used, evaluate_users
from registry.models import AIModel, Organization

_OPEN_QUESTIONS = {Reason.PERSON_NOT_ESTABLISHED, Reason.NOT_KNOWN_WHETHER_EXCEPTED}


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One organization and one model. `holds` is not known where it depends on the person who asks."""

    organization: Organization
    ai_model: AIModel
    usage: Usage

    @property
    def holds(self) -> Holds:
        answer = self.usage.answer
        if answer.reason in _OPEN_QUESTIONS:
            return Holds.NOT_KNOWN
        return Holds.YES if answer.decision else Holds.NO


def list_users(
    ai_model: AIModel, *, as_of: dt.datetime, known_at: dt.datetime | None = None
) -> list[UsageLine]:
    """Every organization that was ever granted the model, by slug, in two queries. Raises KnownInFuture."""
    found = evaluate_users(ai_model.id, as_of=as_of, known_at=known_at)
    organizations = Organization.objects.in_bulk([usage.organization for usage in found])
    lines = [UsageLine(organizations[usage.organization], ai_model, usage) for usage in found]
    return sorted(lines, key=lambda line: line.organization.slug)


def list_used(
    organization: Organization, *, as_of: dt.datetime, known_at: dt.datetime | None = None
) -> list[UsageLine]:
    """Every model that the organization was ever granted, by slug, in two queries. Raises KnownInFuture."""
    found = evaluate_used(organization.id, as_of=as_of, known_at=known_at)
    models = AIModel.objects.in_bulk([usage.ai_model for usage in found])
    lines = [UsageLine(organization, models[usage.ai_model], usage) for usage in found]
    return sorted(lines, key=lambda line: line.ai_model.slug)
