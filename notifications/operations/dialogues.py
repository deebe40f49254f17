"""Dialogues between two bodies: opened by the desk, kept as dated records. They change nothing by themselves."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Marking
from access.models import Position
from notifications.choices import DialogueKind
from notifications.events import Event
from notifications.models import Dialogue, DialogueRecord
from notifications.operations.entries import (
    Told,
    _write,
    check_one_world,
    find_all,
    find_one,
)
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound, WorldsApart
from registry.models import AIModel, Organization
from registry.policies import check_role


class DialogueWithItself(Invalid):
    code = "dialogue_with_itself"
    text = _("A dialogue is between two bodies.")


class DialogueKnown(Conflict):
    code = "dialogue_known"
    text = _("A dialogue of this title between the two is on record already.")


@command
def open_(
    command: Command, *, title: str, one: UUID, other: UUID, marking: Marking = Marking.OPEN
) -> Dialogue:
    """Two bodies are known to talk. Raises RoleMissing, NotFound, DialogueWithItself, DialogueKnown, WorldsApart."""
    check_role(command.by, Role.AUTHORITY_DESK)
    if one == other:
        raise DialogueWithItself
    first, second = find_all(Organization, (one, other), "organization")
    if first.synthetic != second.synthetic:
        raise WorldsApart
    clock = read_clock(command)
    row = Dialogue(
        title=title,
        one=first,
        other=second,
        marking=marking,
        opened_by=command.by.key,
        recorded_at=clock.recorded,
        changed_at=clock.at,
    )
    with violation_means("dialogue_title_once_between_two", DialogueKnown()):
        row.save(force_insert=True)
    audit.record(
        Event.DIALOGUE_OPENED,
        row,
        command,
        occurred_at=clock.recorded,
        bodies=[first.id, second.id],
        private={"title": title},
    )
    return row


@command
def record(
    command: Command,
    *,
    dialogue: UUID,
    kind: DialogueKind,
    told: Told,
    ai_models: tuple[UUID, ...] = (),
    positions: tuple[UUID, ...] = (),
) -> Dialogue:
    """Something happened in the dialogue; the models and positions that it touched on.

    Raises RoleMissing, NotFound, Stale, SourceMissing, EntryAhead, WorldsApart.
    """
    row = lock(Dialogue.objects.visible_to(command.by), dialogue, command, what="dialogue")
    models = find_all(AIModel, ai_models, "model")
    _check_positions(command, positions)
    body = find_one(Organization, row.one_id, "organization")
    assert body is not None
    check_one_world(told, body.synthetic, *(model.synthetic for model in models))
    entry = _write(
        command,
        DialogueRecord(
            dialogue=row,
            kind=kind,
            ai_models=sorted(set(ai_models)),
            positions=sorted(set(positions)),
        ),
        told,
    )
    touch(row, read_clock(command, row))
    audit.record(
        Event.DIALOGUE_RECORDED,
        row,
        command,
        occurred_at=told.happened_at,
        record=entry.id,
        kind=kind,
        origin=entry.origin,
        models=entry.ai_models,
        positions=entry.positions,
        private={"words": told.words},
    )
    return row


def _check_positions(command: Command, wanted: tuple[UUID, ...]) -> None:
    """Raises NotFound: a position that the actor may not read cannot be linked."""
    seen = Position.objects.visible_to(command.by).filter(pk__in=wanted)
    if seen.count() != len(set(wanted)):
        raise NotFound("position")
