"""What others say about access: holdings, counts and restrictions. Shown, and never opening or closing a door."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import (
    CountQualifier,
    HoldingManner,
    Holds,
    OrganizationClass,
    Origin,
    RestrictionBasis,
    RestrictionKind,
)
from access.events import Event
from access.models import ReportedHolding, Restriction, StatedCount
from access.operations.restrictions import Exempted, Wording, _except, _write_scope
from access.queries.scopes import Scope
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Invalid, NotFound
from registry.models import AIModel, Organization, ReportedFact
from registry.operations.facts import FactSaid, Period, report_within_transaction
from registry.policies import check_role
from registry.versions import change_from, open_version, span


class HolderUnclear(Invalid):
    code = "holder_unclear"
    text = _("A report is about one organization or about one class, and not about both.")


@command
def report_holding(
    command: Command,
    *,
    fact: FactSaid,
    ai_model: UUID,
    holds: Holds,
    manner: HoldingManner,
    period: Period,
    organization: UUID | None = None,
    organization_class: OrganizationClass | None = None,
) -> ReportedFact:
    """A source says that one organization, or a class, holds access or does not, in this period.

    Raises RoleMissing, NotFound, SourceMissing, HolderUnclear.
    """
    if (organization is None) == (organization_class is None):
        raise HolderUnclear
    row, recorded = report_within_transaction(command, fact)
    holding = ReportedHolding(
        fact=row,
        ai_model=_find_model(ai_model),
        organization=None if organization is None else _find_organization(organization),
        organization_class=organization_class or "",
        holds=holds,
        manner=manner,
        valid=span(period.start, period.end),
    )
    open_version(holding, recorded=recorded)
    audit.record(
        Event.HOLDING_REPORTED,
        row,
        command,
        occurred_at=period.start or recorded,
        organization=organization,
        organization_class=organization_class,
        model=ai_model,
        holds=holds,
    )
    return row


@command
def state_count(
    command: Command,
    *,
    fact: FactSaid,
    ai_model: UUID,
    qualifier: CountQualifier,
    number: int,
    of_what: str,
    period: Period,
    proposed: bool = False,
) -> ReportedFact:
    """A source gives a number without names. It is kept as said, and nothing is derived from it.

    Raises RoleMissing, NotFound, SourceMissing.
    """
    row, recorded = report_within_transaction(command, fact)
    count = StatedCount(
        fact=row,
        ai_model=_find_model(ai_model),
        qualifier=qualifier,
        number=number,
        of_what=of_what,
        proposed=proposed,
        valid=span(period.start, period.end),
    )
    open_version(count, recorded=recorded)
    audit.record(
        Event.COUNT_STATED,
        row,
        command,
        occurred_at=period.start or recorded,
        model=ai_model,
        qualifier=qualifier,
        number=number,
        proposed=proposed,
    )
    return row


@command
def report_restriction(
    command: Command,
    *,
    fact: FactSaid,
    kind: RestrictionKind,
    basis: RestrictionBasis,
    wording: Wording,
    scope: Scope,
    period: Period,
) -> Restriction:
    """A source says that something was restricted. Raises RoleMissing, NotFound, SourceMissing,
    RestrictionCoversNothing."""
    reported, recorded = report_within_transaction(command, fact)
    row = Restriction.objects.create(
        kind=kind,
        basis=basis,
        origin=Origin.REPORTED,
        title=wording.title,
        public_title=wording.title,
        public_wording=wording.public,
        fact=reported,
        imposed_by=command.by.key,
        imposed_at=recorded,
        changed_at=reported.changed_at,
    )
    version = _write_scope(row, scope, exceptions_complete=True)
    version.valid = span(period.start, period.end)
    open_version(version, recorded=recorded)
    audit.record(
        Event.RESTRICTION_REPORTED,
        row,
        command,
        occurred_at=period.start or recorded,
        fact=reported.id,
        kind=kind,
        basis=basis,
    )
    return row


@command
def report_exceptions(
    command: Command,
    *,
    restriction: UUID,
    fact: FactSaid,
    since: dt.datetime,
    exceptions: tuple[Exempted, ...],
    complete: bool,
) -> Restriction:
    """A source says whom the reported restriction does not stop from `since` on, and whether that is all.

    Raises RoleMissing, NotFound, SourceMissing, AlreadyExempted.
    """
    check_role(command.by, Role.INTAKE)
    reported_ones = Restriction.objects.filter(origin=Origin.REPORTED)
    row = lock(reported_ones, restriction, command, what="restriction")
    reported, _recorded = report_within_transaction(command, fact)
    clock = read_clock(command, row)
    version = row.versions.as_of(since).first()
    if version is None:
        raise NotFound("restriction at that moment")
    change_from(version, at=since, recorded=clock.recorded, exceptions_complete=complete)
    for exempted in exceptions:
        _except(command, row, exempted, since=since, recorded=clock.recorded, fact=reported)
    touch(row, clock)
    audit.record(
        Event.RESTRICTION_REPORTED,
        row,
        command,
        occurred_at=since,
        fact=reported.id,
        exceptions=len(exceptions),
        exceptions_complete=complete,
    )
    return row


def _find_model(pk: UUID) -> AIModel:
    found = AIModel.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("model")
    return found


def _find_organization(pk: UUID) -> Organization:
    found = Organization.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("organization")
    return found
