"""Restrictions: one row that wins over every grant in its scope, from its commit on."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from access.choices import Origin, RestrictionBasis, RestrictionKind, Switch
from access.events import Event
from access.models import (
    PersonClass,
    Program,
    Restriction,
    RestrictionException,
    RestrictionVersion,
)
from access.operations.enforcement import _open_applications
from access.queries.restrictions import holders_within
from access.queries.scopes import Scope, name_scope, scope_of
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.models import AIModel, Jurisdiction, Member, Organization, ReportedFact
from registry.policies import check_role
from registry.versions import end_at, open_version, span


class RestrictionCoversNothing(Invalid):
    code = "restriction_covers_nothing"
    text = _(
        "Say what is restricted: at least one organization, model, program, place, vendor or class."
    )


class RestrictionOver(Conflict):
    code = "restriction_lifted"
    text = _("The restriction is not in force any more.")


class AlreadyExempted(Conflict):
    code = "already_exempted"
    text = _("This is excepted from the restriction already.")


class LiftNotAsked(Conflict):
    code = "lift_not_asked"
    text = _("Nobody has asked that the restriction be lifted.")


class NotConfirmed(Invalid):
    """What was typed is not the name of what would be stopped."""

    code = "not_confirmed"
    text = _("To confirm, type the name of what is stopped: %(name)s")


class SecondPersonNeeded(Forbidden):
    """Lifting is asked by one person and done by another."""

    code = "second_person_needed"
    text = _("You asked for this yourself: another person must lift the restriction.")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a restriction is called and says, and on what it rests.

    `public` are the words for those who are stopped; the title is then theirs too. Without them both
    wait to be written (`wordings.word`). `confidential` is for cleared staff only.
    """

    title: str
    public: str = ""
    confidential: str = ""


@dataclass(frozen=True, slots=True)
class Exempted:
    """An organization, or one of its members, that is not stopped, and on what basis."""

    organization: UUID
    basis: str
    member: UUID | None = None


@command
def restrict(
    command: Command,
    *,
    kind: RestrictionKind,
    basis: RestrictionBasis,
    wording: Wording,
    scope: Scope,
    exceptions: tuple[Exempted, ...] = (),
    exceptions_complete: bool = True,
    because_of: UUID | None = None,
) -> Restriction:
    """Stop everything in the scope but the exceptions, from this commit on, until it is lifted.

    `because_of` is the restriction that made the operator act. Raises RoleMissing,
    RestrictionCoversNothing, NotFound, AlreadyExempted.
    """
    return restrict_within_transaction(
        command,
        kind=kind,
        basis=basis,
        wording=wording,
        scope=scope,
        exceptions=exceptions,
        exceptions_complete=exceptions_complete,
        because_of=because_of,
    )


def restrict_within_transaction(
    command: Command,
    *,
    kind: RestrictionKind,
    basis: RestrictionBasis,
    wording: Wording,
    scope: Scope,
    exceptions: tuple[Exempted, ...] = (),
    exceptions_complete: bool = True,
    because_of: UUID | None = None,
) -> Restriction:
    """The same inside the caller's transaction: for operations that do more than stop."""
    check_role(command.by, Role.RESTRICTOR)
    _check_known(Restriction, () if because_of is None else (because_of,), "restriction")
    clock = read_clock(command)
    worded = bool(wording.public.strip())
    row = Restriction.objects.create(
        kind=kind,
        basis=basis,
        origin=Origin.DECIDED,
        title=wording.title,
        public_title=wording.title if worded else "",
        public_wording=wording.public if worded else "",
        confidential_basis=wording.confidential,
        wording_due_at=None if worded else clock.recorded + settings.STOP_WORDING_AFTER,
        worded_by=command.by.key if worded else "",
        worded_at=clock.at if worded else None,
        because_of_id=because_of,
        imposed_by=command.by.key,
        imposed_at=clock.recorded,
        changed_at=clock.at,
    )
    version = _write_scope(row, scope, exceptions_complete=exceptions_complete)
    version.valid = span(clock.start())
    open_version(version, recorded=clock.recorded)
    for exempted in exceptions:
        _except(command, row, exempted, since=clock.start(), recorded=clock.recorded)
    points = _open_applications(row, scope, switch=Switch.OFF, clock=clock)
    audit.record(
        Event.RESTRICTION_IMPOSED,
        row,
        command,
        occurred_at=clock.recorded,
        concerned=holders_within(version, at=clock.recorded),
        kind=kind,
        basis=basis,
        person_class=scope.person_class,
        models=scope.ai_models,
        programs=scope.programs,
        exceptions=len(exceptions),
        exceptions_complete=exceptions_complete,
        because_of=because_of,
        worded=worded,
        enforcement_points=points,
        private={"confidential_basis": wording.confidential},
    )
    return row


@command
def exempt(command: Command, *, restriction: UUID, exempted: Exempted) -> Restriction:
    """From this commit on the restriction does not stop this organization, or this member of it.

    Raises RoleMissing, NotFound, Stale, RestrictionOver, AlreadyExempted.
    """
    check_role(command.by, Role.RESTRICTOR)
    row = _lock_decided(command, restriction)
    clock = read_clock(command, row)
    _current(row, clock.recorded)
    _except(command, row, exempted, since=clock.start(), recorded=clock.recorded)
    touch(row, clock)
    audit.record(
        Event.RESTRICTION_EXEMPTED,
        row,
        command,
        occurred_at=clock.recorded,
        concerned=[exempted.organization],
        organization=exempted.organization,
        member=exempted.member,
        private={"basis": exempted.basis},
    )
    return row


@command
def lift(command: Command, *, restriction: UUID) -> Restriction:
    """Ask that the restriction be lifted; for a second person: lift it, from this commit on.

    Raises RoleMissing, NotFound, Stale, RestrictionOver, SecondPersonNeeded.
    """
    check_role(command.by, Role.RESTRICTOR)
    row = _lock_decided(command, restriction)
    clock = read_clock(command, row)
    version = _current(row, clock.recorded)
    if not row.lift_asked_by:
        row.lift_asked_by, row.lift_asked_at = command.by.key, clock.at
        touch(row, clock, "lift_asked_by", "lift_asked_at")
        audit.record(Event.RESTRICTION_LIFT_ASKED, row, command, occurred_at=clock.at)
        return row
    if row.lift_asked_by == command.by.key:
        raise SecondPersonNeeded
    concerned = holders_within(version, at=clock.recorded)
    end_at(version, at=clock.end, recorded=clock.recorded)
    row.lifted_by, row.lifted_at = command.by.key, clock.recorded
    touch(row, clock, "lifted_by", "lifted_at")
    _open_applications(row, scope_of(version), switch=Switch.ON, clock=clock)
    audit.record(
        Event.RESTRICTION_LIFTED, row, command, occurred_at=clock.recorded, concerned=concerned
    )
    return row


@command
def withdraw_lift(command: Command, *, restriction: UUID) -> Restriction:
    """Nobody asks any more that the restriction be lifted: to undo a request made by mistake.

    Raises RoleMissing, NotFound, Stale, RestrictionOver, LiftNotAsked.
    """
    check_role(command.by, Role.RESTRICTOR)
    row = _lock_decided(command, restriction)
    clock = read_clock(command, row)
    _current(row, clock.recorded)
    if not row.lift_asked_by:
        raise LiftNotAsked
    asked_by = row.lift_asked_by
    row.lift_asked_by, row.lift_asked_at = "", None
    touch(row, clock, "lift_asked_by", "lift_asked_at")
    audit.record(
        Event.RESTRICTION_LIFT_WITHDRAWN, row, command, occurred_at=clock.at, asked_by=asked_by
    )
    return row


def check_confirmed(scope: Scope, typed: str) -> None:
    """For interfaces, before `restrict`: what was typed is the scope's name.

    Raises NotConfirmed, RestrictionCoversNothing.
    """
    if scope == Scope():
        raise RestrictionCoversNothing
    name = name_scope(scope)
    if typed.strip() != name:
        raise NotConfirmed(name=name)


def _lock_decided(command: Command, restriction: UUID) -> Restriction:
    """A reported restriction is somebody else's act: nobody here lifts it or excepts from it."""
    decided = Restriction.objects.filter(origin=Origin.DECIDED)
    return lock(decided, restriction, command, what="restriction")


def _current(row: Restriction, at: dt.datetime) -> RestrictionVersion:
    """Raises RestrictionOver."""
    version = row.versions.as_of(at).first()
    if version is None:
        raise RestrictionOver
    return version


def _write_scope(
    row: Restriction, scope: Scope, *, exceptions_complete: bool
) -> RestrictionVersion:
    """The unsaved version of a checked scope. Raises RestrictionCoversNothing, NotFound."""
    if scope == Scope():
        raise RestrictionCoversNothing
    _check_known(Organization, (*scope.organizations, *scope.vendors), "organization")
    _check_known(AIModel, scope.ai_models, "model")
    _check_known(Program, scope.programs, "program")
    _check_known(Jurisdiction, scope.jurisdictions, "jurisdiction")
    person_class = None
    if scope.person_class is not None:
        person_class = PersonClass.objects.filter(slug=scope.person_class).first()
        if person_class is None:
            raise NotFound("class of persons")
    return RestrictionVersion(
        restriction=row,
        organizations=sorted(set(scope.organizations)),
        ai_models=sorted(set(scope.ai_models)),
        programs=sorted(set(scope.programs)),
        jurisdictions=sorted(set(scope.jurisdictions)),
        vendors=sorted(set(scope.vendors)),
        person_class=person_class,
        exceptions_complete=exceptions_complete,
    )


def _check_known(model: type[Model], wanted: Iterable[UUID], what: str) -> None:
    known = set(model._default_manager.filter(pk__in=set(wanted)).values_list("pk", flat=True))
    if set(wanted) - known:
        raise NotFound(what)


def _except(
    command: Command,
    row: Restriction,
    exempted: Exempted,
    *,
    since: dt.datetime,
    recorded: dt.datetime,
    fact: ReportedFact | None = None,
) -> None:
    _check_known(Organization, (exempted.organization,), "organization")
    if exempted.member is not None:
        members = Member.objects.filter(organization=exempted.organization)
        if not members.filter(pk=exempted.member).exists():
            raise NotFound("member")
    exception = RestrictionException(
        restriction=row,
        organization_id=exempted.organization,
        member_id=exempted.member,
        basis=exempted.basis,
        fact=fact,
        exempted_by=command.by.key,
        valid=span(since),
    )
    name = (
        "restriction_exception_no_overlap"
        if exempted.member is None
        else "restriction_member_exception_no_overlap"
    )
    with violation_means(name, AlreadyExempted()):
        open_version(exception, recorded=recorded)
