"""Answers to a form, from the first word typed to what is handed in. Drafts are never refused for what they say."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from access.forms import Answers, carry, keep_asked, read_form
from access.models import AccessRequest, DraftAnswers, RequestForm, Submission, Tier
from access.queries.answers import current_values, find_problems, may_read_field
from access.queries.related import find_related
from registry.actors import SYSTEM
from registry.commands import Clock, Command, touch
from registry.errors import Invalid

LONGEST = 1_000_000


class AnswersIncomplete(Invalid):
    """All that keeps the request from being handed in, at once: `problems` names the field, its code and a sentence."""

    code = "answers_incomplete"
    text = _("The request cannot be handed in yet: %(count)s answers are missing or do not fit.")


class AnswersUnwritable(Invalid):
    """No database can hold them: a NUL character, half a surrogate pair, a number without end."""

    code = "answers_unwritable"
    text = _("An answer holds characters or numbers that cannot be kept.")


class AnswersTooLong(Invalid):
    code = "answers_too_long"
    text = _("The answers together may have at most %(limit)s characters.")


def _find_form(tier: Tier) -> RequestForm | None:
    """The edition in force for the tier; none where nothing is asked beyond the justification."""
    return tier.forms.filter(enacted_at__isnull=False).order_by("-number").first()


def _write_answers(
    command: Command, row: AccessRequest, answers: Answers, *, clock: Clock
) -> list[str]:
    """Merge into what was typed before: null takes an answer back, what is not named stays. The keys that changed.

    Raises AnswersUnwritable, AnswersTooLong.
    """
    draft = getattr(row, "draft_answers", None)
    before: Mapping[str, Any] = {} if draft is None else draft.values
    merged = {**before, **answers}
    values = {key: value for key, value in merged.items() if value is not None}
    changed = sorted(
        key
        for key in values.keys() | before.keys()
        if _spell(values.get(key)) != _spell(before.get(key))
    )
    if not changed:
        return []
    _check_writable(values)
    if draft is None:
        DraftAnswers.objects.create(
            request=row,
            values=values,
            saved_by=command.by.key,
            saved_at=clock.at,
            changed_at=clock.at,
        )
    else:
        draft.values, draft.saved_by, draft.saved_at = values, command.by.key, clock.at
        touch(draft, clock, "values", "saved_by", "saved_at")
    return changed


def _carry_answers(
    command: Command, parent: AccessRequest, row: AccessRequest, *, clock: Clock
) -> None:
    """Begin a draft with an earlier request's answers: those that its form asks for and that the drafter may read."""
    if parent.form is None or row.form is None:
        return
    old, new = read_form(parent.form.document), read_form(row.form.document)
    readable = {
        key: value
        for key, value in current_values(parent).items()
        if may_read_field(parent, command.by, key)
    }
    _write_answers(command, row, carry(old, new, readable), clock=clock)


def _check_complete(row: AccessRequest) -> None:
    """Raises AnswersIncomplete, with everything that is wrong."""
    blocking = [problem for problem in find_problems(row) if problem.blocks]
    if blocking:
        raise AnswersIncomplete(
            count=len(blocking),
            problems=[
                {"field": problem.key, "code": problem.code, "detail": problem.detail}
                for problem in blocking
            ],
        )


def _keep_submission(command: Command, row: AccessRequest, *, clock: Clock) -> Submission:
    """Write down what is handed in, as it is now, and what is known of whoever asks."""
    draft = getattr(row, "draft_answers", None)
    values = {}
    if row.form is not None and draft is not None:
        values = keep_asked(read_form(row.form.document), draft.values)
    files = row.attachments.attached().order_by("uploaded_at", "id")
    return Submission.objects.create(
        request=row,
        number=row.submissions.count() + 1,
        justification=row.justification,
        values=values,
        files=[{"id": str(file.id), "field": file.field, "sha256": file.sha256} for file in files],
        known=[
            {"kind": one.kind.value, "tie": one.tie.value, "id": str(one.thing.pk)}
            for one in find_related(row, SYSTEM, at=clock.recorded)
        ],
        submitted_by=command.by.key,
        submitted_at=clock.at,
        changed_at=clock.at,
    )


def _spell(value: Any) -> str:
    """Its one spelling: Python takes true for 1, whoever typed it does not."""
    return json.dumps(value, sort_keys=True)


def _check_writable(values: Answers) -> None:
    try:
        written = json.dumps(values, allow_nan=False, ensure_ascii=False)
        written.encode()
    except ValueError as unwritable:  # UnicodeEncodeError is one
        raise AnswersUnwritable from unwritable
    if any("\0" in text for text in _texts(values)):
        raise AnswersUnwritable
    if len(written) > LONGEST:
        raise AnswersTooLong(limit=LONGEST)


def _texts(value: Any) -> list[str]:
    """Every text in a JSON value, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for pair in value.items() for one in pair for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return []
