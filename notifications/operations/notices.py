"""Notices: an authority was notified of a model, as sources report it or as the desk knows it.

What this registry sends itself is a filing, and needs no notice beside it.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.operations.body_notices import _note_notified
from notifications.choices import NoticeReply
from notifications.events import Event
from notifications.models import ModelNotice, NoticeAnswer, Obligation
from notifications.operations.entries import (
    Told,
    _write,
    check_may_write,
    check_one_world,
    find_one,
)
from registry import audit
from registry.commands import Command, command
from registry.errors import Conflict, Invalid, NotFound
from registry.models import AIModel, Authority, Organization


class NoticeVague(Invalid):
    code = "notice_vague"
    text = _(
        "Say who notified and which model: each registered, or in words where no name is told."
    )


class DutyOfOthers(Conflict):
    code = "duty_of_others"
    text = _("Only a notice known at first hand meets a duty that is kept here, and only its own.")


@dataclass(frozen=True, slots=True)
class Notified:
    """Who notified whom of which model. `rule` empty and `told_at` None: not stated.

    Notifier and model are registered, or told of in words where a source names none.
    """

    authority: UUID
    notifier: UUID | None = None
    notifier_words: str = ""
    ai_model: UUID | None = None
    model_words: str = ""
    rule: str = ""
    told_at: dt.datetime | None = None
    obligation: UUID | None = None

    def __post_init__(self) -> None:
        for named, words in (
            (self.notifier, self.notifier_words),
            (self.ai_model, self.model_words),
        ):
            if (named is None) != bool(words.strip()):
                raise NoticeVague


@command
def record(command: Command, *, notified: Notified, told: Told) -> ModelNotice:
    """An authority was notified of a model.

    Raises RoleMissing, NotFound, SourceMissing, EntryAhead, DutyOfOthers, WorldsApart.
    """
    check_may_write(command, told)
    authority = find_one(Authority, notified.authority, "authority")
    assert authority is not None
    notifier = find_one(Organization, notified.notifier, "organization")
    model = find_one(AIModel, notified.ai_model, "model")
    duty = find_one(Obligation, notified.obligation, "obligation")
    if duty is not None and (told.is_reported or duty.duty_holder_id != notified.notifier):
        raise DutyOfOthers
    named = [row.synthetic for row in (notifier, model) if row is not None]
    check_one_world(told, authority.organization.synthetic, *named)
    row = _write(
        command,
        ModelNotice(
            authority=authority,
            notifier=notifier,
            notifier_words=notified.notifier_words,
            ai_model=model,
            model_words=notified.model_words,
            rule=notified.rule,
            obligation=duty,
            told_at=notified.told_at,
        ),
        told,
    )
    if model is not None and not told.is_reported:
        _note_notified(
            command,
            authority=authority,
            ai_model=model,
            notified_at=notified.told_at or told.happened_at,
            notice=row.id,
            recorded_at=row.recorded_at,
        )
    audit.record(
        Event.NOTICE_RECORDED,
        row,
        command,
        occurred_at=told.happened_at,
        authority=authority.id,
        notifier=notified.notifier,
        model=notified.ai_model,
        rule=notified.rule,
        origin=row.origin,
        private={"words": told.words},
    )
    return row


@command
def answer(command: Command, *, notice: UUID, reply: NoticeReply, told: Told) -> NoticeAnswer:
    """The authority replied to a notice. Raises RoleMissing, NotFound, SourceMissing, EntryAhead, WorldsApart."""
    row = ModelNotice.objects.visible_to(command.by).filter(pk=notice).first()
    if row is None:
        raise NotFound("notice")
    check_one_world(told, row.authority.organization.synthetic)
    said = _write(command, NoticeAnswer(notice=row, reply=reply), told)
    audit.record(
        Event.NOTICE_ANSWERED,
        said,
        command,
        occurred_at=told.happened_at,
        notice=row.id,
        reply=reply,
        origin=said.origin,
        private={"words": told.words},
    )
    return said
