"""The steps of a notification as buttons: what each asks for, and to whom it is open."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from access.admin.record import ReasonForm
from notifications.admin.filing_forms import (
    AcknowledgementForm,
    BounceForm,
    DraftForm,
    ReceiptForm,
    make_dispatch_form,
    make_fields_form,
    read_fields,
    read_proof,
    read_way,
)
from notifications.choices import FilingStatus
from notifications.models import Filing
from notifications.operations import filings, filings_answers, filings_dispatch, filings_review
from notifications.operations.filings_review import MAY_REVIEW, MAY_SIGN
from notifications.workflow import SENT, steps_from
from notifications.workflow import Step as Move
from registry.actors import Actor
from registry.admin.desk import Step, holds
from registry.choices import Role
from registry.commands import Command


def _may(move: Move, actor: Actor, row: Filing) -> bool:
    """The table lets its status take the step, and this person may take it."""
    if move not in steps_from(FilingStatus(row.status)):
        return False
    if move is Move.REVIEW:
        return actor.has(*MAY_REVIEW) and row.prepared_by != actor.key
    if move is Move.SIGN:
        return actor.has(*MAY_SIGN) and row.reviewed_by != actor.key
    if move is Move.RETURN:
        return actor.has(*MAY_REVIEW, *MAY_SIGN)
    return actor.has(Role.AUTHORITY_DESK)


def _step(move: Move, label: Any, run: Callable[..., object], **more: Any) -> Step:
    return Step(label, run, may=lambda actor, row: _may(move, actor, row), **more)


def _dispatch(command: Command, row: Filing, said: dict[str, Any]) -> str:
    sent = filings_dispatch.dispatch(
        command, filing=row.id, way=read_way(said), proof=read_proof(said)
    ).value
    if sent.status == FilingStatus.SENDING:
        return str(_("Handed to the mail server. The duty is met once a server has taken it."))
    return str(_("Sent. The duty is met."))


def _amend(command: Command, row: Filing, _said: dict[str, Any]) -> str:
    made = filings.amend(command, filing=row.id).value
    return str(_("Drafted: %(notification)s, under “Amended by” below.") % {"notification": made})


STEPS = {
    "change": _step(
        Move.CHANGE,
        _("Fill in"),
        lambda command, row, said: filings.change(
            command, filing=row.id, fields=read_fields(said)
        ),
        form_for=make_fields_form,
        hint=_(
            "Say what is known of each, or why it is not known. What was reviewed or signed off becomes a "
            "draft again."
        ),
    ),
    "review": _step(
        Move.REVIEW,
        _("Find it right"),
        lambda command, row, _said: filings_review.review(command, filing=row.id),
        hint=_("You have read the whole of it. From now on its content is fixed."),
    ),
    "sign": _step(
        Move.SIGN,
        _("Sign off"),
        lambda command, row, _said: filings_review.sign(command, filing=row.id),
        hint=_("It may be sent, exactly as it was reviewed."),
    ),
    "dispatch": _step(Move.DISPATCH, _("Send"), _dispatch, form_for=make_dispatch_form),
    "receive": _step(
        Move.RECEIVE,
        _("It was received"),
        lambda command, row, said: filings_answers.receive(
            command,
            filing=row.id,
            reference=said["reference"],
            received_at=said["received_at"],
            proof=read_proof(said),
        ),
        form=ReceiptForm,
    ),
    "acknowledge": _step(
        Move.ACKNOWLEDGE,
        _("It was acknowledged"),
        lambda command, row, said: filings_answers.acknowledge(
            command,
            filing=row.id,
            number=said["number"],
            acknowledged_at=said["acknowledged_at"],
            proof=read_proof(said),
        ),
        form=AcknowledgementForm,
    ),
    "amend": Step(
        _("Amend"),
        _amend,
        may=lambda actor, row: row.status in SENT and actor.has(Role.AUTHORITY_DESK),
        hint=_("Begins another notification with all that this one said. Both stay."),
    ),
    "bounce": _step(
        Move.BOUNCE,
        _("It did not arrive"),
        lambda command, row, said: filings_answers.bounce(command, filing=row.id, **said),
        form=BounceForm,
        hint=_("The desk is alarmed, and the duty stands again until this is sent anew."),
        danger=True,
    ),
    "return": _step(
        Move.RETURN,
        _("Return to draft"),
        lambda command, row, said: filings_review.return_(command, filing=row.id, **said),
        form=ReasonForm,
    ),
    "withdraw": _step(
        Move.WITHDRAW,
        _("Withdraw"),
        lambda command, row, said: filings.withdraw(command, filing=row.id, **said),
        form=ReasonForm,
        hint=_("It is given up. It stays readable, and the duty stays as it is."),
        danger=True,
    ),
}


def _draft(command: Command, _row: None, said: dict[str, Any]) -> str:
    made = filings.draft(command, obligation=said["obligation"].id).value
    return str(
        _("Drafted, with what the registry knows: %(notification)s.") % {"notification": made}
    )


LIST_STEPS = {
    "draft": Step(_("Draft a notification"), _draft, DraftForm, holds(Role.AUTHORITY_DESK))
}
