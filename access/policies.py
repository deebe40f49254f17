"""Who may take which step on a request, and what its review policy asks for.

Fetching through `visible_to` has already answered "not found" for what an actor may not see; here it is
about what one may see and not do. Operations ask, so that no screen, task or script walks round it.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from access.models import AccessRequest
from access.stages import PolicyRules, PolicyUnreadable, read_policy
from access.workflow import Step
from registry.actors import Actor
from registry.choices import Role
from registry.errors import Forbidden
from registry.policies import NotYours, check_own, check_role

__all__ = [
    "APPLICANT_STEPS",
    "STAFF_STEPS",
    "OwnDecision",
    "OwnRequest",
    "PolicyRules",
    "PolicyUnreadable",
    "check_may",
    "check_not_asked_by",
    "may",
    "read_policy",
]

STAFF_STEPS: Mapping[Step, tuple[Role, ...]] = {
    Step.TAKE_UP: (Role.INTAKE, Role.REVIEWER),
    Step.RETURN: (Role.INTAKE, Role.REVIEWER),
    Step.ASK: (Role.INTAKE, Role.REVIEWER),
    Step.HOLD: (Role.INTAKE, Role.REVIEWER),
    Step.RESUME: (Role.INTAKE, Role.REVIEWER),
    Step.ESCALATE: (Role.REVIEWER, Role.COUNTERSIGNER),
    Step.RESOLVE: (Role.DECIDER,),
    Step.APPROVE: (Role.DECIDER,),
    Step.DECLINE: (Role.DECIDER,),
    Step.COUNTERSIGN: (Role.COUNTERSIGNER,),
    Step.RECONSIDER: (Role.DECIDER,),
    Step.SUPERSEDE: (Role.DECIDER,),
}
APPLICANT_STEPS = frozenset({Step.SUBMIT, Step.RESUBMIT, Step.ANSWER, Step.WITHDRAW})


class OwnRequest(Forbidden):
    """Nobody rules on what they asked for themselves."""

    code = "own_request"
    text = _("You asked for this yourself: someone else must rule on it.")


class OwnDecision(Forbidden):
    """Four eyes: who assessed does not decide, who decided does not countersign."""

    code = "four_eyes"
    text = _("You have already acted on this request: another person must take this step.")


def check_may(step: Step, request: AccessRequest, actor: Actor) -> None:
    """Raise what forbids the actor this step on this request: RoleMissing, NotYours, OwnRequest."""
    if step in APPLICANT_STEPS:
        _check_applicant(request, actor)
        return
    check_role(actor, *STAFF_STEPS[step])
    check_not_asked_by(request, actor)


def may(step: Step, request: AccessRequest, actor: Actor) -> bool:
    """Whether the actor may take the step; for the buttons on a screen."""
    try:
        check_may(step, request, actor)
    except Forbidden:
        return False
    return True


def check_not_asked_by(request: AccessRequest, actor: Actor) -> None:
    """Raise OwnRequest where the actor asked for this, or speaks for the organization that did."""
    if actor.key in {request.created_by, request.submitted_by}:
        raise OwnRequest
    if actor.organization_id is not None and actor.organization_id == request.organization_id:
        raise OwnRequest


def _check_applicant(request: AccessRequest, actor: Actor) -> None:
    """The organization acts for itself; intake may act on its behalf."""
    if actor.is_staff and actor.has(Role.INTAKE):
        return
    if actor.is_staff:
        raise NotYours
    check_own(actor, request.organization_id)
