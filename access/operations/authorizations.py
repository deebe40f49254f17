"""Export licences and comparable permissions: attached by the desk, withdrawn with a reason, never edited."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.choices import AuthorizationKind
from access.events import Event
from access.models import Authorization, AuthorizationVersion, Program
from access.operations.gate_needs import _rewrite_gates
from access.operations.request_steps import TextMissing
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound, WorldsApart
from registry.models import AIModel, Authority, Organization
from registry.policies import check_role
from registry.versions import end_at, open_version, span


class AuthorizationForNothing(Invalid):
    code = "authorization_for_nothing"
    text = _("Say for whom or for what it was given: an organization, a program or a model.")


class AuthorizationKnown(Conflict):
    code = "authorization_known"
    text = _("An authorization of this issuer with this number is on record already.")


class AuthorizationOver(Conflict):
    code = "authorization_over"
    text = _("The authorization does not hold any more.")


@dataclass(frozen=True, slots=True)
class Authorized:
    """What an authorization says. `starts_at` None: it holds from the moment it is written down."""

    kind: AuthorizationKind
    issuer: UUID
    number: str
    organization: UUID | None = None
    program: UUID | None = None
    ai_model: UUID | None = None
    conditions: str = ""
    issued_on: dt.date | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


@command
def attach(command: Command, *, authorized: Authorized) -> Authorization:
    """Write down an authorization; what needed it is open from this commit on, or from its start.

    Raises RoleMissing, NotFound, WorldsApart, AuthorizationForNothing, AuthorizationKnown, AuthorizationOver.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    said = authorized
    programs = _lock_programs(said.program)
    issuer = Authority.objects.select_related("organization").filter(pk=said.issuer).first()
    if issuer is None:
        raise NotFound("authority")
    _check_scope(said, synthetic=issuer.organization.synthetic)
    clock = read_clock(command)
    starts_at = clock.start(said.starts_at)
    if said.ends_at is not None and said.ends_at <= starts_at:
        raise AuthorizationOver
    row = Authorization(
        kind=said.kind,
        issuer=issuer,
        number=said.number,
        organization_id=said.organization,
        program_id=said.program,
        ai_model_id=said.ai_model,
        issued_on=said.issued_on,
        attached_by=command.by.key,
        attached_at=clock.recorded,
        changed_at=clock.at,
    )
    with violation_means("authorization_number_once_per_issuer", AuthorizationKnown()):
        row.save(force_insert=True)
    version = AuthorizationVersion(
        authorization=row, conditions=said.conditions, valid=span(starts_at, said.ends_at)
    )
    open_version(version, recorded=clock.recorded)
    audit.record(
        Event.AUTHORIZATION_ATTACHED,
        row,
        command,
        occurred_at=clock.recorded,
        issuer=issuer.id,
        kind=said.kind,
        starts_at=starts_at,
        ends_at=said.ends_at,
        private={"number": said.number, "conditions": said.conditions},
    )
    _rewrite_gates(command, programs)
    return row


@command
def withdraw(command: Command, *, authorization: UUID, reason: str) -> Authorization:
    """It holds no more from this commit on, and what needed it is closed.

    Raises RoleMissing, NotFound, Stale, AuthorizationOver, TextMissing.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    found = Authorization.objects.filter(pk=authorization).first()
    if found is None:
        raise NotFound("authorization")
    programs = _lock_programs(found.program_id)
    row = lock(Authorization.objects.all(), authorization, command, what="authorization")
    if not reason.strip():
        raise TextMissing(field="reason")
    clock = read_clock(command, row)
    version = (
        row.versions.current()
        .filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=clock.recorded))
        .first()
    )
    if version is None:
        raise AuthorizationOver
    end_at(version, at=clock.end, recorded=clock.recorded)
    row.withdrawn_by, row.withdrawn_at = command.by.key, clock.recorded
    row.withdrawn_because = reason
    touch(row, clock, "withdrawn_by", "withdrawn_at", "withdrawn_because")
    audit.record(
        Event.AUTHORIZATION_WITHDRAWN,
        row,
        command,
        occurred_at=clock.recorded,
        private={"reason": reason},
    )
    _rewrite_gates(command, programs)
    return row


def _lock_programs(program: UUID | None) -> list[UUID]:
    """Every program whose grants it may bear on: an approval waits for this, or has been seen."""
    rows = Program.objects.order_by("pk")
    if program is not None:
        rows = rows.filter(pk=program)
    locked = rows.select_for_update(of=("self",), no_key=True)
    return [row.pk for row in locked]


def _check_scope(said: Authorized, *, synthetic: bool) -> None:
    named = 0
    for rows, pk, what in (
        (Organization.objects, said.organization, "organization"),
        (Program.objects, said.program, "program"),
        (AIModel.objects, said.ai_model, "model"),
    ):
        if pk is None:
            continue
        named += 1
        world = rows.filter(pk=pk).values_list("synthetic", flat=True).first()
        if world is None:
            raise NotFound(what)
        if world != synthetic:
            raise WorldsApart
    if not named:
        raise AuthorizationForNothing
