"""How a request of the demonstration comes to its status: by the steps that lead there, each once.

Where staff have meanwhile taken another way with it, the rest of the way is left to them.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from access.choices import DecisionReason, Finding, PrimaryPurpose, RequestStatus
from access.models import AccessRequest, Tier
from access.operations import questions, requests, reviews
from access.operations.findings import NotInReview
from access.operations.on_behalf import Asked
from access.operations.rulings import Ruling
from access.workflow import StepNotOpen
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import roll

_JUSTIFICATIONS = {
    PrimaryPurpose.USE: "to find and mend weaknesses in the systems that it runs",
    PrimaryPurpose.EVALUATION: "to measure what the model can do before its own people rely on it",
    PrimaryPurpose.RESEARCH: "to study how defenders can keep pace with automated attack",
}
_ASKED = Asked(by="An invented contact", evidence="An invented letter, kept by intake.")
_NOTES = {
    Finding.SUPPORTS: (
        "The purpose is defensive, and the safeguards described are in place.",
        "Own systems only; the team has handled such findings before.",
    ),
    Finding.OPPOSES: (
        "Who will hold the results is not told.",
        "The systems named are run by somebody else.",
    ),
    Finding.ABSTAINS: ("This reviewer does not know the sector well enough.",),
}
_WELCOME = Ruling(
    reason=DecisionReason.CRITERIA_MET,
    applicant_text="The criteria of the tier are met.",
    internal_text="As assessed.",
)
_NOT_NOW = Ruling(
    reason=DecisionReason.INSUFFICIENT_INFORMATION,
    applicant_text="What was sent does not show whose systems will be examined.",
    internal_text="May ask again.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A request on its way. `key` names it in this world, whatever its size."""

    world: World
    request: UUID
    key: str
    ruling: Ruling = _WELCOME

    def command_key(self, step: str) -> str:
        return f"{self.key}:{step}"


def draft(
    world: World, *, slug: str, tier: Tier, purpose: PrimaryPurpose, key: str
) -> AccessRequest:
    """Intake writes it down on the organization's behalf."""
    organization = find_organization(slug)
    return world.act(
        "intake",
        f"{key}:draft",
        requests.draft,
        organization=organization,
        tier=tier.id,
        purpose=purpose,
        justification=f"The organization, which is invented, asks {_JUSTIFICATIONS[purpose]}.",
        asked=_ASKED,
    )


def bring_to(status: RequestStatus, case: Case) -> None:
    """Take a draft to the status, step by step."""
    if status is RequestStatus.DRAFT:
        return
    with suppress(StepNotOpen, NotInReview):
        for step in (_submit, *_WAYS[status]):
            step(case)


def _submit(case: Case) -> None:
    case.world.act(
        "intake",
        case.command_key("submit"),
        requests.submit,
        request=case.request,
        accepts_terms=1,
    )


def _take_up(case: Case) -> None:
    case.world.act(
        _reviewer(case), case.command_key("take_up"), requests.take_up, request=case.request
    )


def _assess(case: Case) -> None:
    """One reviewer in any case; now and then the other as well, who may see it otherwise."""
    _write_assessment(case, _reviewer(case), Finding.SUPPORTS)
    chance = roll("second opinion", case.key)
    if chance.random() < 0.3:  # noqa: PLR2004 - 3 of 10
        other = "reviewer" if _reviewer(case) == "reviewer2" else "reviewer2"
        _write_assessment(case, other, chance.choice(list(Finding)))


def _write_assessment(case: Case, who: str, finding: Finding) -> None:
    case.world.act(
        who,
        case.command_key(f"assess:{who}"),
        reviews.assess,
        request=case.request,
        finding=finding,
        reasons=roll("reasons", case.key, who).choice(_NOTES[finding]),
    )


def _return(case: Case) -> None:
    case.world.act(
        _reviewer(case),
        case.command_key("return"),
        requests.return_,
        request=case.request,
        note="Please say which systems are meant, and who runs them.",
    )


def _ask(case: Case) -> None:
    case.world.act(
        _reviewer(case),
        case.command_key("ask"),
        questions.ask,
        request=case.request,
        question="Who receives the findings, and within what time?",
    )


def _hold(case: Case) -> None:
    case.world.act(
        _reviewer(case),
        case.command_key("hold"),
        requests.hold,
        request=case.request,
        note="There is no capacity this month; the place in the queue is kept.",
    )


def _escalate(case: Case) -> None:
    case.world.act(
        _reviewer(case),
        case.command_key("escalate"),
        reviews.escalate,
        request=case.request,
        reason="The regulator sees this otherwise than the reviewers.",
    )


def _approve(case: Case) -> None:
    case.world.act(
        _decider(case),
        case.command_key("approve"),
        reviews.approve,
        request=case.request,
        ruling=case.ruling,
    )


def _countersign(case: Case) -> None:
    """Where the policy does not ask for it, the request is approved already, and stays so."""
    case.world.act(
        "countersigner", case.command_key("countersign"), reviews.countersign, request=case.request
    )


def _decline(case: Case) -> None:
    case.world.act(
        _decider(case),
        case.command_key("decline"),
        reviews.decline,
        request=case.request,
        ruling=_NOT_NOW,
    )


def _withdraw(case: Case) -> None:
    case.world.act("intake", case.command_key("withdraw"), requests.withdraw, request=case.request)


def _reviewer(case: Case) -> str:
    return roll("reviewer", case.key).choice(("reviewer", "reviewer2"))


def _decider(case: Case) -> str:
    return roll("decider", case.key).choice(("decider", "decider2"))


_WAYS: Mapping[RequestStatus, tuple[Callable[[Case], None], ...]] = {
    RequestStatus.SUBMITTED: (),
    RequestStatus.IN_REVIEW: (_take_up, _assess),
    RequestStatus.RETURNED: (_take_up, _return),
    RequestStatus.QUESTION_OPEN: (_take_up, _ask),
    RequestStatus.ON_HOLD: (_take_up, _hold),
    RequestStatus.DISPUTED: (_take_up, _assess, _escalate),
    RequestStatus.AWAITING_COUNTERSIGNATURE: (_take_up, _assess, _approve),
    RequestStatus.APPROVED: (_take_up, _assess, _approve, _countersign),
    RequestStatus.DECLINED: (_take_up, _assess, _decline),
    RequestStatus.WITHDRAWN: (_withdraw,),
}
