"""Answers to a form: as they stand, what is wrong with them, who may read which, and what changed between two."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from access.choices import RequestStatus
from access.forms import (
    ChoiceField,
    FileField,
    FormField,
    MultipleChoiceField,
    Problem,
    asked_fields,
    check,
    is_empty,
    read_form,
)
from access.models import AccessRequest, Attachment, Submission
from access.queries.reviewers import may_act
from access.stages import read_policy
from registry.actors import Actor
from registry.choices import ScanState

EDITABLE = frozenset({RequestStatus.DRAFT, RequestStatus.RETURNED})
"""The states in which the organization works on its answers."""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer for one reader. Where `withheld`, the reader may only know that there is such a field."""

    key: str
    label: str
    value: Any
    text: str
    files: tuple[Attachment, ...] = ()
    confidential_to: tuple[str, ...] = ()
    withheld: bool = False
    changed: bool = False
    before: str = ""


def current_values(row: AccessRequest) -> Mapping[str, Any]:
    """What is typed so far while the organization works on it; else what was last handed in."""
    if row.status in EDITABLE:
        draft = getattr(row, "draft_answers", None)
        return {} if draft is None else draft.values
    last = last_submission(row)
    return {} if last is None else last.values


def list_submissions(row: AccessRequest) -> list[Submission]:
    """Each time that it was handed in, oldest first; from what was prefetched, if it was."""
    return sorted(row.submissions.all(), key=lambda one: one.number)


def last_submission(row: AccessRequest) -> Submission | None:
    """As it was handed in last."""
    return next(reversed(list_submissions(row)), None)


def attached_files(row: AccessRequest) -> list[Attachment]:
    """What is attached now, oldest first; redacted tombstones included."""
    found = [one for one in row.attachments.all() if one.detached_at is None]
    return sorted(found, key=lambda one: (one.uploaded_at, one.id))


def find_problems(row: AccessRequest) -> list[Problem]:
    """What is missing or out of range in what is typed so far, the justification included."""
    found = []
    if is_empty(row.justification):
        found.append(Problem("justification", "missing"))
    if row.form is not None:
        states: dict[str, list[ScanState]] = defaultdict(list)
        for file in attached_files(row):
            if file.redacted_at is None:
                states[file.field].append(ScanState(file.scan_state))
        draft = getattr(row, "draft_answers", None)
        values = {} if draft is None else draft.values
        found += check(read_form(row.form.document), values, states)
    return found


def may_read(row: AccessRequest, actor: Actor | None, stages: Sequence[str]) -> bool:
    """Whether the actor may read a field that is confidential to these stages; None is an outsider.

    The organization reads its own, and so does whoever wrote it down for it. Of the staff, only those who may
    act in one of the stages, by the policy that the request has pinned.
    """
    if not stages:
        return True
    if actor is None:
        return False
    if not actor.is_staff:
        return actor.organization_id == row.organization_id
    if actor.key == row.created_by:
        return True
    if row.review_policy is None:
        return False
    rules = read_policy(row.review_policy.document)
    return any(may_act(stage, row, actor) for stage in rules.stages if stage.key in stages)


def may_read_field(row: AccessRequest, actor: Actor | None, key: str) -> bool:
    """Whether the actor may read the answer to one field, or the files attached to it."""
    field = None if row.form is None or not key else read_form(row.form.document).find(key)
    return may_read(row, actor, () if field is None else field.confidential_to)


def show_answers(row: AccessRequest, actor: Actor | None) -> list[ShownAnswer]:
    """The answers in the form's order, as far as the reader may know them; changed ones marked."""
    if row.form is None:
        return []
    values = current_values(row)
    form = read_form(row.form.document)
    files = attached_files(row)
    earlier = _before(row)
    return [
        _show(
            field,
            values,
            tuple(one for one in files if one.field == field.key),
            readable=may_read(row, actor, field.confidential_to),
            earlier=earlier,
        )
        for field in asked_fields(form, values)
    ]


def write_value(field: FormField, value: Any) -> str:
    """The answer for a person: options by their labels."""
    if is_empty(value):
        return ""
    if isinstance(field, ChoiceField | MultipleChoiceField):
        labels = {option.value: option.label for option in field.options}
        values = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(one), str(one)) for one in values)
    return str(value)


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that a submission gives differently from the one before. `before` and `after` are as given."""

    key: str
    label: str
    before: Any
    after: Any


def list_changes(
    row: AccessRequest, earlier: Submission, later: Submission, *, actor: Actor | None
) -> list[Change]:
    """What changed between two submissions, in the form's order, as far as the reader may know it."""
    changes = []
    if earlier.justification != later.justification:
        changes.append(
            Change("justification", "Justification", earlier.justification, later.justification)
        )
    fields = () if row.form is None else read_form(row.form.document).fields
    for field in fields:
        if not may_read(row, actor, field.confidential_to):
            continue
        pair = [_given(field, one) for one in (earlier, later)]
        if pair[0] != pair[1]:
            changes.append(Change(field.key, field.label, *pair))
    loose = [_files_of(one, "") for one in (earlier, later)]
    if loose[0] != loose[1]:
        changes.append(Change("", "Other files", *loose))
    return changes


def _given(field: FormField, said: Submission) -> Any:
    return (
        _files_of(said, field.key) if isinstance(field, FileField) else said.values.get(field.key)
    )


def _files_of(said: Submission, key: str) -> list[str]:
    return sorted(file["id"] for file in said.files if file["field"] == key)


def _before(row: AccessRequest) -> Submission | None:
    """What the answers that are shown are compared with: the submission before, for a renewal its parent's last."""
    known = list_submissions(row)
    if row.status in EDITABLE:
        return known[-1] if known else _parents(row)
    return known[-2] if len(known) > 1 else _parents(row)


def _parents(row: AccessRequest) -> Submission | None:
    if row.renews_id is None or row.copied_from is None:
        return None
    return last_submission(row.copied_from)


def _show(
    field: FormField,
    values: Mapping[str, Any],
    files: tuple[Attachment, ...],
    *,
    readable: bool,
    earlier: Submission | None,
) -> ShownAnswer:
    if not readable:
        return ShownAnswer(
            field.key,
            field.label,
            None,
            "",
            confidential_to=field.confidential_to,
            withheld=True,
        )
    value = values.get(field.key)
    now: Any = value
    if isinstance(field, FileField):
        value = [str(file.id) for file in files]
        now = sorted(value)
    before = None if earlier is None else _given(field, earlier)
    changed = earlier is not None and before != now
    text_before = ""
    if changed and not isinstance(field, FileField):
        text_before = write_value(field, before)
    return ShownAnswer(
        field.key,
        field.label,
        value,
        write_value(field, value) if not isinstance(field, FileField) else "",
        files=files,
        confidential_to=field.confidential_to,
        changed=changed,
        before=text_before,
    )
