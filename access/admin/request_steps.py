"""The steps on access requests that the staff's pages offer."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from access.admin.answer_forms import read_asked
from access.admin.claims import CLAIM_STEPS
from access.admin.comments import COMMENT_STEPS
from access.admin.draft_steps import DRAFT_STEPS
from access.admin.position_sections import (
    OverrideForm,
    make_override_form,
    may_override,
)
from access.admin.reconsiderations import RECONSIDERATION_STEPS
from access.admin.record import ReasonForm
from access.admin.request_forms import (
    AnswerForm,
    ApprovalForm,
    DraftForm,
    JustificationForm,
    NoteForm,
    QuestionForm,
    ResolutionForm,
    RulingForm,
    SubmitForm,
)
from access.admin.stages import ASSESS
from access.admin.taking_part import RECUSE, bar_of
from access.choices import DecisionReason, PrimaryPurpose, RequestStatus
from access.models import AccessRequest
from access.operations import (
    disputes,
    position_overrides,
    questions,
    reconsiderations,
    requests,
    reviews,
    supersessions,
)
from access.operations.rulings import Ruling
from access.policies import APPLICANT_STEPS, may
from access.workflow import Step as Move
from access.workflow import steps_from
from registry.actors import Actor
from registry.admin.desk import Step, holds
from registry.choices import Role
from registry.commands import Command


def _draft(command: Command, _row: None, said: dict[str, Any]) -> object:
    return requests.draft(
        command,
        organization=said["organization"].id,
        tier=said["tier"].id,
        purpose=PrimaryPurpose(said["purpose"]),
        justification=said["justification"],
        asked=read_asked(said),
    )


def _rule(operation: Callable[..., object]) -> Callable[..., object]:
    def run(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
        words = said | {"reason": DecisionReason(said["reason"])}
        return operation(command, request=row.id, ruling=Ruling(**words))

    return run


def _simple(operation: Callable[..., object]) -> Callable[..., object]:
    def run(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
        return operation(command, request=row.id, **said)

    return run


def _override(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
    return position_overrides.override(
        command, request=row.id, position=UUID(said["position"]), reasons=said["reasons"]
    )


def _open(move: Move) -> Callable[[Actor, AccessRequest], bool]:
    """A button is there where the table lets the status take the step and the policy lets the person."""

    def ask(actor: Actor, row: AccessRequest) -> bool:
        fits = move in steps_from(RequestStatus(row.status)) and may(move, row, actor)
        return fits and (move in APPLICANT_STEPS or bar_of(actor, row) is None)

    return ask


STEPS: Mapping[str, Step] = {
    **DRAFT_STEPS,
    "submit": Step(
        "Submit",
        _simple(requests.submit),
        SubmitForm,
        _open(Move.SUBMIT),
        hint="What is still missing, and the terms that bind, are on the pages of the request and the program.",
    ),
    "take_up": Step("Take up", _simple(requests.take_up), may=_open(Move.TAKE_UP)),
    "assess": ASSESS,
    "resolve": Step(
        "Resolve the dispute",
        _simple(disputes.resolve),
        ResolutionForm,
        _open(Move.RESOLVE),
        hint="Who sets an objection aside does not decide the request where four eyes are asked for.",
    ),
    "approve": Step(
        "Approve",
        _rule(reviews.approve),
        ApprovalForm,
        _open(Move.APPROVE),
        hint="A grant is issued at once, or after a countersignature where the policy asks for one.",
    ),
    "countersign": Step("Countersign", _simple(reviews.countersign), may=_open(Move.COUNTERSIGN)),
    "decline": Step(
        "Decline", _rule(reviews.decline), RulingForm, _open(Move.DECLINE), danger=True
    ),
    "ask": Step("Ask the organization", _simple(questions.ask), QuestionForm, _open(Move.ASK)),
    "answer": Step("Answer for it", _simple(questions.answer), AnswerForm, _open(Move.ANSWER)),
    "return": Step("Return for changes", _simple(requests.return_), NoteForm, _open(Move.RETURN)),
    "resubmit": Step(
        "Resubmit for it",
        _simple(requests.resubmit),
        JustificationForm,
        _open(Move.RESUBMIT),
        initial=lambda row: {"justification": row.justification},
    ),
    "hold": Step("Put on hold", _simple(requests.hold), NoteForm, _open(Move.HOLD)),
    "resume": Step("Resume", _simple(requests.resume), may=_open(Move.RESUME)),
    "override": Step(
        "Override a position",
        _override,
        OverrideForm,
        may_override,
        form_by=make_override_form,
        hint="Yours is one of the acts that the policy asks for. Who decides the request cannot be among "
        "them. It is on record for good, with your reasons.",
    ),
    **CLAIM_STEPS,
    **COMMENT_STEPS,
    "recuse": RECUSE,
    "escalate": Step("Escalate", _simple(reviews.escalate), ReasonForm, _open(Move.ESCALATE)),
    "supersede": Step(
        "Supersede the decision",
        _rule(supersessions.supersede),
        RulingForm,
        _open(Move.SUPERSEDE),
        hint="Rules against access in its place. A grant under it ends at once, and those that renew it.",
        danger=True,
    ),
    "reconsider": Step(
        "Reconsider", _simple(reconsiderations.reconsider), ReasonForm, _open(Move.RECONSIDER)
    ),
    **RECONSIDERATION_STEPS,
    "withdraw": Step(
        "Withdraw for it", _simple(requests.withdraw), may=_open(Move.WITHDRAW), danger=True
    ),
}


LIST_STEPS: Mapping[str, Step] = {
    "draft": Step("Draft for an organization", _draft, DraftForm, holds(Role.INTAKE))
}
