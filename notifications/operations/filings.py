"""Notifications in preparation: drafted from the registry, changed, withdrawn; and what amends one that was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from notifications.choices import FilingStatus, ObligationStatus, StageKind
from notifications.events import Event
from notifications.models import Filing, Obligation
from notifications.operations.filings_stages import (
    Act,
    _lock_duty_of,
    _put_stage,
    _read_reason,
    _take,
    _unfix,
)
from notifications.queries.filings import find_authority, find_missing, name_fields, rule_of
from notifications.queries.filings_prefill import (
    Matter,
    Said,
    copy_fields,
    find_before,
    propose_fields,
)
from notifications.workflow import SENT, Step
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, TextTooLong, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, WorldsApart
from registry.policies import check_role

LONGEST_VALUE = 20_000
LONGEST_REASON = 2_000


class ObligationOver(Conflict):
    code = "obligation_over"
    text = _("The duty is %(status)s: no notification of its own is drafted for it any more.")


class FilingInPreparation(Conflict):
    code = "filing_in_preparation"
    text = _("A notification for this duty is in preparation already.")


class FilingUnderWay(Conflict):
    """Two notifications of one duty on their way at once would leave open which of them counts."""

    code = "filing_under_way"
    text = _("A notification for this duty is %(status)s: send it again, or withdraw it first.")


class FilingNotSent(Conflict):
    code = "filing_not_sent"
    text = _("Only what has been sent is amended: this one is %(status)s.")


class FieldNotNamed(Invalid):
    """Nothing is filed but what the rule names."""

    code = "field_not_named"
    text = _("The rule does not name: %(fields)s.")


class FieldSaidTwice(Invalid):
    code = "field_said_twice"
    text = _("“%(field)s” has a value or is unknown for a reason, not both.")


@dataclass(frozen=True, slots=True)
class FieldSaid:
    """What a person says of one field: a value, or why it is not known. Neither: nothing is said of it."""

    value: str = ""
    unknown: str = ""


@command
def draft(command: Command, *, obligation: UUID) -> Filing:
    """Begin the notification that an open duty asks for, with what the registry knows already.

    `expected_version` is the obligation's. Raises RoleMissing, NotFound, Stale, ObligationOver,
    FilingInPreparation, FilingUnderWay, WorldsApart.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    duty = lock(Obligation.objects.visible_to(command.by), obligation, command, what="obligation")
    if duty.status != ObligationStatus.OPEN:
        raise ObligationOver(status=duty.get_status_display())
    under_way = duty.filings.filter(status__in=[FilingStatus.SENDING, FilingStatus.BOUNCED])
    if (other := under_way.first()) is not None:
        raise FilingUnderWay(status=other.get_status_display())
    clock = read_clock(command, duty)
    matter = Matter(duty, by=command.by.key, before=find_before(duty))
    return _begin(command, clock, duty, fields=propose_fields(matter))


@command
def amend(command: Command, *, filing: UUID) -> Filing:
    """Begin a notification that amends one that was sent, with all that it said. Both stay.

    Raises RoleMissing, NotFound, Stale, FilingNotSent, FilingInPreparation.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    duty = _lock_duty_of(command, Filing.objects.visible_to(command.by).filter(pk=filing))
    amended = lock(Filing.objects.visible_to(command.by), filing, command, what="notification")
    if amended.status not in SENT:
        raise FilingNotSent(status=amended.get_status_display())
    clock = read_clock(command, duty, amended)
    return _begin(command, clock, duty, fields=copy_fields(amended), amends=amended)


@command
def change(command: Command, *, filing: UUID, fields: Mapping[str, FieldSaid]) -> Filing:
    """Say something else of these fields, and nothing of the others. What was fixed is a draft again.

    A value left as the registry gave it keeps saying where it came from. Raises RoleMissing, NotFound, Stale,
    FilingStepNotOpen, FieldNotNamed, FieldSaidTwice, TextTooLong, FilingInPreparation.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    taken = _take(command, filing, Step.CHANGE)
    row, clock = taken.row, taken.clock
    named = name_fields(rule_of(row))
    if unnamed := sorted(set(fields) - set(named)):
        raise FieldNotNamed(fields=", ".join(unnamed))
    was_whole = row.status == FilingStatus.DRAFT and not find_missing(row)
    taken_back, before = row.document, row.sha256
    for name, said in fields.items():
        _say(row.fields, name, said)
    row.status = taken.move.target
    row.authority = find_authority(row.obligation)
    row.prepared_by, row.prepared_at = command.by.key, clock.at
    touch(
        row,
        clock,
        *("status", "fields", "authority", "prepared_by", "prepared_at"),
        *_unfix(row),
    )
    _put_stage(taken, StageKind.CHANGED, document=taken_back, sha256=before)
    missing = find_missing(row)
    audit.record(
        taken.move.event,
        row,
        command,
        occurred_at=clock.at,
        fields=sorted(fields),
        missing=len(missing),
        taken_back=before or None,
    )
    if not missing and not was_whole:
        audit.record(Event.FILING_COMPLETED, row, command, occurred_at=clock.at)
    return row


@command
def withdraw(command: Command, *, filing: UUID, reason: str) -> Filing:
    """Give up a notification that was not sent, or did not arrive. It stays readable; the duty stays open.

    Raises RoleMissing, ReasonNeeded, NotFound, Stale, FilingStepNotOpen.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    said = _read_reason(reason)
    taken = _take(command, filing, Step.WITHDRAW)
    row, clock = taken.row, taken.clock
    row.status, row.withdrawn_at, row.withdrawn_reason = taken.move.target, clock.at, said
    touch(row, clock, "status", "withdrawn_at", "withdrawn_reason")
    _put_stage(taken, StageKind.WITHDRAWN, note=said)
    audit.record(taken.move.event, row, command, occurred_at=clock.at, private={"reason": said})
    return row


def _begin(
    command: Command,
    clock: Clock,
    duty: Obligation,
    *,
    fields: Mapping[str, Said],
    amends: Filing | None = None,
) -> Filing:
    """The draft of a locked duty. Raises WorldsApart, FilingInPreparation."""
    authority = find_authority(duty)
    if authority is not None and authority.organization.synthetic != duty.duty_holder.synthetic:
        raise WorldsApart
    row = Filing(
        obligation=duty,
        amends=amends,
        authority=authority,
        fields=dict(fields),
        prepared_by=command.by.key,
        prepared_at=clock.at,
        changed_at=clock.at,
    )
    with violation_means("filing_one_in_preparation", FilingInPreparation()):
        row.save(force_insert=True)
    _put_stage(Act(command, row, clock), StageKind.DRAFTED)
    missing = find_missing(row)
    audit.record(
        Event.FILING_DRAFTED,
        row,
        command,
        occurred_at=clock.at,
        obligation=duty.id,
        rule=duty.rule.slug,
        edition=duty.rule.number,
        amends=None if amends is None else amends.id,
        prefilled=sorted(fields),
        missing=len(missing),
    )
    if not missing:
        audit.record(Event.FILING_COMPLETED, row, command, occurred_at=clock.at)
    return row


def _say(fields: dict[str, Said], name: str, said: FieldSaid) -> None:
    """Raises FieldSaidTwice, TextTooLong."""
    value, unknown = (_trim(text) for text in (said.value, said.unknown))
    if value and unknown:
        raise FieldSaidTwice(field=name)
    for text, longest in ((value, LONGEST_VALUE), (unknown, LONGEST_REASON)):
        if len(text) > longest:
            raise TextTooLong(problem=f"{name}, {longest}")
    if unknown:
        fields[name] = {"unknown": unknown}
    elif not value:
        fields.pop(name, None)
    elif value != fields.get(name, {}).get("value"):
        fields[name] = {"value": value}


def _trim(text: str) -> str:
    """As it will be printed: browsers send other line ends than programs do."""
    return text.replace("\r\n", "\n").strip()
