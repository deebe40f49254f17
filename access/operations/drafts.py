"""Drafts: what is typed is kept as it is typed, and an earlier request may be what a new one begins with."""

from uuid import UUID

from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from access import policies
from access.choices import RequestStatus
from access.events import Event
from access.forms import Answers, read_form
from access.models import (
    AccessRequest,
    Attachment,
    DraftAnswers,
    OnBehalf,
    ProgressReport,
    RequestForm,
)
from access.operations.on_behalf import Asked, _check_drafter, _note_asked
from access.operations.requests import _open_draft
from access.operations.submissions import _write_answers
from access.queries.answers import EDITABLE
from access.workflow import Step
from registry import audit
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict
from registry.models import Organization


class AnswersSettled(Conflict):
    """What was handed in stays as it is, until it is returned."""

    code = "answers_settled"
    text = _("The answers of a request that is %(status)s cannot be changed.")


class DraftInUse(Conflict):
    """It is a line of an expansion, or something that is never deleted is about it: so the draft stays too."""

    code = "draft_in_use"
    text = _(
        "The draft is part of an expansion, or more on record is about it: it cannot be discarded."
    )


class NotADraft(Conflict):
    code = "not_a_draft"
    text = _("The request is %(status)s: what was handed in is withdrawn, never discarded.")


@command
def save(
    command: Command,
    *,
    request: UUID,
    answers: Answers | None = None,
    justification: str | None = None,
) -> AccessRequest:
    """Keep what has been typed so far, whatever it says: what is missing or out of range are warnings.

    Answers are merged by key; null takes one back. While it is a draft, or was returned. Raises NotFound,
    NotYours, RoleMissing, AnswersSettled, AnswersUnwritable, AnswersTooLong.
    """
    visible = AccessRequest.objects.visible_to(command.by)
    row = lock(visible, request, command, what="access request")
    policies.check_may(Step.SUBMIT, row, command.by)
    if row.status not in EDITABLE:
        raise AnswersSettled(status=RequestStatus(row.status).label)
    clock = read_clock(command, row)
    changed = _write_answers(command, row, answers or {}, clock=clock)
    words = {}
    if justification is not None and justification != row.justification:
        row.justification = justification
        words = {"justification": justification}
    if not changed and not words:
        return row
    touch(row, clock, "justification")
    audit.record(
        Event.REQUEST_ANSWERS_SAVED,
        row,
        command,
        occurred_at=clock.at,
        fields=_name_fields(row.form, changed),
        private=words,
    )
    return row


@command
def copy(command: Command, *, request: UUID, asked: Asked | None = None) -> AccessRequest:
    """A new draft for the same tier and purpose, that begins with an earlier request's words and answers.

    Answers go along where the form in force asks for the same; files do not. Raises NotFound, NotYours,
    RoleMissing, EvidenceMissing.
    """
    visible = AccessRequest.objects.visible_to(command.by).select_related(
        "organization", "tier__program", "form"
    )
    parent = lock(visible, request, command, what="access request")
    _check_drafter(command, parent.organization_id, asked)
    clock = read_clock(command, parent)
    row = _open_draft(
        command,
        organization=parent.organization,
        tier=parent.tier,
        purpose=parent.purpose,
        justification=parent.justification,
        copied_from=parent,
        clock=clock,
    )
    _note_asked(command, row, asked, clock=clock)
    return row


@command
def discard(command: Command, *, request: UUID) -> Organization:
    """Delete a draft for good, with what was typed and attached; its organization is the answer.

    A draft was never asked of anybody, so nothing governed goes with it. Its words are erased from behind the
    events that kept their digests, and the files are swept. Copies of it stay, and begin with nothing.

    Raises NotFound, NotYours, RoleMissing, Stale, NotADraft, DraftInUse.
    """
    visible = AccessRequest.objects.visible_to(command.by).select_related("organization")
    row = lock(visible, request, command, what="access request")
    policies.check_may(Step.SUBMIT, row, command.by)
    if row.status != RequestStatus.DRAFT:
        raise NotADraft(status=RequestStatus(row.status).label)
    if row.expansion_id is not None:
        raise DraftInUse
    clock = read_clock(command, row)
    audit.record(Event.REQUEST_DISCARDED, row, command, occurred_at=clock.at, tier=row.tier_id)
    audit.forget(row)
    for copied in row.copies.select_for_update(of=("self",), no_key=True).order_by("id"):
        copied.copied_from = None
        touch(copied, clock, "copied_from")
    for model in (DraftAnswers, Attachment, OnBehalf, ProgressReport):
        model._default_manager.filter(request=row).delete()
    try:
        row.delete()
    except ProtectedError as spoken_of:
        raise DraftInUse from spoken_of
    return row.organization


def _name_fields(form: RequestForm | None, keys: list[str]) -> list[str]:
    """The keys that the form knows: what else was typed for one is nobody's business."""
    if form is None:
        return []
    known = {field.key for field in read_form(form.document).fields}
    return [key for key in keys if key in known]
