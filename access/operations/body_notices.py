"""That an authority was notified of a model: written down here by whoever knows it at first hand."""

import datetime as dt
from uuid import UUID

from access.models import BodyNotice
from access.operations.gate_needs import _follow_body
from registry.commands import Command
from registry.models import AIModel, Authority


def _note_notified(
    command: Command,
    *,
    authority: Authority,
    ai_model: AIModel,
    notified_at: dt.datetime,
    notice: UUID,
    recorded_at: dt.datetime,
) -> None:
    """Inside the transaction that records the notice, which writes the event about it. The last thing it does."""
    BodyNotice.objects.create(
        authority=authority,
        ai_model=ai_model,
        notified_at=notified_at,
        notice=notice,
        recorded_at=recorded_at,
    )
    _follow_body(command, authority.organization_id)
