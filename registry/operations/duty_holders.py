"""What makes an organization one whom rules bind. Where nothing is stated it is not known, and rules ask."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import DutyHolderKind, Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid
from registry.events import Event
from registry.models import DutyHolderStatus, Organization
from registry.operations.facts import FactSaid, report_within_transaction
from registry.policies import check_role
from registry.versions import change_from, correct, open_version, span

MAY_STATE = (Role.AUTHORITY_DESK,)


class EvidenceMissing(Invalid):
    code = "evidence_missing"
    text = _("Say on what it rests: evidence, or a source that reports it.")


class StatusToCome(Invalid):
    code = "status_to_come"
    text = _("A status is stated from the moment on from which it is known to hold.")


class StatusSaidOtherwise(Conflict):
    code = "status_said_otherwise"
    text = _("Something else is on record for an earlier time: state it from a later moment on.")


@command
def state(
    command: Command,
    *,
    organization: UUID,
    kind: DutyHolderKind,
    holds: bool,
    since: dt.datetime | None = None,
    evidence: str = "",
    fact: FactSaid | None = None,
) -> Organization:
    """From `since` on (always, where not said) the organization is, or is not, of this kind.

    Raises RoleMissing, NotFound, Stale, EvidenceMissing, StatusToCome, StatusSaidOtherwise, SourceMissing.
    """
    check_role(command.by, *MAY_STATE)
    if not evidence.strip() and fact is None:
        raise EvidenceMissing
    row = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    reported = None if fact is None else report_within_transaction(command, fact)[0]
    clock = read_clock(command, row)
    if since is not None and since > clock.recorded:
        raise StatusToCome
    said = DutyHolderStatus(
        organization=row,
        kind=kind,
        holds=holds,
        evidence=evidence,
        fact=reported,
        stated_by=command.by.key,
        valid=span(since),
    )
    with violation_means("duty_holder_says_one_thing_at_a_time", StatusSaidOtherwise()):
        _write(said, since, recorded=clock.recorded)
    touch(row, clock)
    audit.record(
        Event.DUTY_HOLDER_STATED,
        row,
        command,
        occurred_at=clock.at,
        concerned=(),
        kind=kind,
        holds=holds,
        since=since,
        fact=None if reported is None else reported.id,
        private={"evidence": evidence},
    )
    return row


def _write(said: DutyHolderStatus, since: dt.datetime | None, *, recorded: dt.datetime) -> None:
    """A statement that begins later leaves the earlier one as it was until then; else it replaces it."""
    standing = (
        said.organization.duty_statuses.current()
        .filter(kind=said.kind, valid__upper_inf=True)
        .first()
    )
    changes = {
        "holds": said.holds,
        "evidence": said.evidence,
        "fact_id": said.fact_id,
        "stated_by": said.stated_by,
    }
    if standing is None:
        open_version(said, recorded=recorded)
    elif since is not None and (standing.valid.lower is None or standing.valid.lower < since):
        change_from(standing, at=since, recorded=recorded, **changes)
    else:
        correct(standing, recorded=recorded, valid=span(since), **changes)
