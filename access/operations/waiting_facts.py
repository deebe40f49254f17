"""Facts that waiting periods run from: stated by one person, and where law makes access wait confirmed by another."""

import datetime as dt
import re
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import AccessRequest, Grant, Program, WaitingFact
from access.operations.waiting_rows import _recount
from access.queries.waiting import find_waiting_for
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.models import AIModel
from registry.policies import check_role
from registry.queries.rules import holidays_in_force

_NAME = re.compile(r"notified:[a-z0-9][a-z0-9-]*|fact:[a-z][a-z0-9_]*")


class FactNameUnreadable(Invalid):
    code = "fact_name_unreadable"
    text = _("“%(name)s” names no fact: it is notified:<key of a mandate> or fact:<name>.")


class FactAboutOneThing(Invalid):
    code = "fact_about_one_thing"
    text = _("Say what the fact is about: one model, or one access request.")


class FactAhead(Invalid):
    code = "fact_ahead"
    text = _("This has not happened yet.")


class EvidenceMissing(Invalid):
    code = "fact_evidence_missing"
    text = _("Say by what one can see that it is so.")


class FactConfirmed(Conflict):
    code = "fact_confirmed"
    text = _("This fact has been confirmed already.")


class OwnFact(Forbidden):
    """What one states, another confirms."""

    code = "own_fact"
    text = _("You stated this fact: another person must confirm it.")


@command
def state_fact(
    command: Command,
    *,
    name: str,
    happened_at: dt.datetime,
    evidence: str,
    ai_model: UUID | None = None,
    request: UUID | None = None,
) -> WaitingFact:
    """A fact that periods run from, about a model or a request. What waits for it is counted anew at once.

    What law makes wait counts it only once another person has confirmed it. Raises RoleMissing, NotFound,
    FactNameUnreadable, FactAboutOneThing, FactAhead, EvidenceMissing.
    """
    check_role(command.by, Role.AUTHORITY_DESK, Role.DECIDER)
    if not _NAME.fullmatch(name):
        raise FactNameUnreadable(name=name)
    if not evidence.strip():
        raise EvidenceMissing
    about = _find_about(ai_model, request)
    _lock_programs(about)
    clock = read_clock(command)
    if happened_at > clock.recorded:
        raise FactAhead
    row = WaitingFact.objects.create(
        name=name,
        ai_model=about if isinstance(about, AIModel) else None,
        request=about if isinstance(about, AccessRequest) else None,
        happened_at=happened_at,
        evidence=evidence,
        stated_by=command.by.key,
        stated_at=clock.recorded,
        changed_at=clock.at,
    )
    audit.record(
        Event.WAITING_FACT_STATED,
        row,
        command,
        occurred_at=clock.recorded,
        fact=name,
        happened_at=happened_at,
        model=ai_model,
        request=request,
        private={"evidence": evidence},
    )
    _recount_all(command, name, about)
    return row


@command
def confirm_fact(command: Command, *, fact: UUID) -> WaitingFact:
    """A second person stands behind a fact: what law makes wait counts from it now.

    Raises RoleMissing, NotFound, Stale, OwnFact, FactConfirmed.
    """
    check_role(command.by, Role.AUTHORITY_DESK, Role.DECIDER, Role.COUNTERSIGNER)
    found = WaitingFact.objects.select_related("ai_model", "request").filter(pk=fact).first()
    if found is None:
        raise NotFound("fact")
    about = found.ai_model or found.request
    assert about is not None
    _lock_programs(about)
    row = lock(WaitingFact.objects.all(), fact, command, what="fact")
    if row.confirmed_at is not None:
        raise FactConfirmed
    if row.stated_by == command.by.key:
        raise OwnFact
    clock = read_clock(command, row)
    row.confirmed_by, row.confirmed_at = command.by.key, clock.recorded
    touch(row, clock, "confirmed_by", "confirmed_at")
    audit.record(
        Event.WAITING_FACT_CONFIRMED, row, command, occurred_at=clock.recorded, fact=row.name
    )
    _recount_all(command, row.name, about)
    return row


def _recount_all(command: Command, name: str, about: AIModel | AccessRequest) -> None:
    """Count anew all that runs from this fact, grant by grant in the order of locking."""
    waiting = find_waiting_for(name, about)
    if not waiting:
        return
    holidays = holidays_in_force(read_clock(command).recorded)
    for row in (
        Grant.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=waiting)
        .order_by("pk")
    ):
        _recount(command, row, read_clock(command, row), holidays=holidays)


def _find_about(ai_model: UUID | None, request: UUID | None) -> AIModel | AccessRequest:
    if ai_model is not None and request is None:
        model = AIModel.objects.filter(pk=ai_model).first()
        if model is None:
            raise NotFound("model")
        return model
    if request is not None and ai_model is None:
        row = AccessRequest.objects.filter(pk=request).first()
        if row is None:
            raise NotFound("access request")
        return row
    raise FactAboutOneThing


def _lock_programs(about: AIModel | AccessRequest) -> None:
    """Lock every program whose grants may run from this fact, as an approval does: one of the two waits."""
    programs = Program.objects.all()
    if isinstance(about, AIModel):
        programs = programs.filter(
            pk__in=Program.objects.filter(tiers__ai_models=about).values("pk")
        )
    else:
        programs = programs.filter(tiers__access_requests=about)
    list(programs.select_for_update(of=("self",), no_key=True).order_by("pk"))
