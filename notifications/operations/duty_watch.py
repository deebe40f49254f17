"""From recorded events to duties: what has changed is assessed, each subject in its own transaction.

`registry` and `access` know nothing of duties, so these follow the ledger. The cursor moves only after all
that it passes has been assessed, and only from where it was read: a worker that dies leaves it behind, and
two at once assess twice, which changes nothing the second time.
"""

import datetime as dt
from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.models import Cursor
from notifications.operations import duties
from notifications.queries.changed_subjects import (
    WATCHED,
    FirstGrant,
    list_changed,
    list_first_grants,
)
from registry.actors import SYSTEM, Command
from registry.models import AuditEvent, Leaf
from registry.operations import occurrences
from registry.operations.occurrences import PlacementRaised

CURSOR = "duties"
BATCH = 200


def follow(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Assess what the next events in the ledger have changed; how many events were read."""
    cursor, _made = Cursor.objects.get_or_create(name=CURSOR)
    leaves = list(Leaf.objects.filter(position__gte=cursor.position).order_by("position")[:limit])
    if not leaves:
        return 0
    events = list(
        AuditEvent.objects.filter(
            id__in=[leaf.event_row for leaf in leaves], name__in=WATCHED
        ).order_by("id")
    )
    command = Command(by=SYSTEM, at=at, request_id=f"duties-{leaves[0].position}")
    for first in list_first_grants(events):
        _raise_placement(command, first)
    for changed in list_changed(events):
        duties.assess(command, **{changed.kind: changed.id})
    _advance(cursor.position, leaves[-1].position + 1)
    return len(leaves)


def _raise_placement(command: Command, first: FirstGrant) -> None:
    with suppress(PlacementRaised):  # somebody has asked meanwhile
        occurrences.raise_placement(
            command,
            ai_model=first.ai_model.id,
            grant=first.grant,
            title=_("First grant of %(model)s in the Union") % {"model": first.ai_model.name},
            note=_(
                "By the Commission's guidelines (para 53) a model is placed on the market of the Union also"
                " when it is first made available through an interface, as a cloud service or as a copy on"
                " the customer's own machines. Whether a gated preview given to a partner there counts is"
                " inferred, not said: very probably it does. State when the model was placed on the market,"
                " or end this and say why it was not."
            ),
        )


def _advance(before: int, after: int) -> None:
    """Move the cursor, unless another consumer has moved it meanwhile."""
    with transaction.atomic(durable=True):
        cursor = Cursor.objects.select_for_update().get(name=CURSOR)
        if cursor.position == before:
            cursor.position = after
            cursor.save(update_fields=["position"])
