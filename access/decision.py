"""The rule: does this organization hold access to this model, at this moment, and why?

Pure: facts in, one answer out. The facts come from one SQL statement (`queries.decisions`), so they are
one snapshot. Deny by default: whatever is unknown, missing or ambiguous is a no, with its own reason.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from access.choices import Action, GrantEndKind, ItemStanding, ProgramStatus, Reason
from registry.choices import ModelStage, Standing


@dataclass(frozen=True, slots=True)
class Named:
    """What an identifier in the question was found to name. `standing` is None if not yet recorded."""

    id: UUID
    standing: str | None
    release: UUID | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """The member asked about. `established` are the reviewed assertions that hold now, by kind."""

    id: UUID
    established: dict[str, bool]
    changes_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A grant item of the organization for the model, of any period. Times are exclusive at the end."""

    grant: UUID
    program: UUID
    program_status: str | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    standing: str
    actions: frozenset[str]
    surfaces: frozenset[str]
    release: UUID | None
    terms_accepted: bool
    ended: str | None = None
    terms_change_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A restriction that covers organization and model; `programs` and `outside_by` narrow it further.

    `outside_by` is the assertion that puts a person outside the restricted class; None: everyone.
    """

    id: UUID
    programs: frozenset[UUID]
    outside_by: str | None
    excepted: bool
    exceptions_complete: bool
    ends_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the rule, after identifiers were looked up. No action means: anything at all."""

    action: str | None
    surface: str | None = None
    member_named: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """One snapshot of all that the answer may rest on. `at` is the moment asked about."""

    at: dt.datetime
    visible: bool
    organizations: tuple[Named, ...]
    models: tuple[Named, ...]
    persons: tuple[Person, ...] = ()
    items: tuple[Item, ...] = ()
    stops: tuple[Stop, ...] = ()
    changes: tuple[dt.datetime, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and why. `stop` is the restriction that refused, `grant` the one that allows or came closest."""

    decision: bool
    reason: Reason
    grant: UUID | None = None
    stop: UUID | None = None
    valid_until: dt.datetime | None = None
    next_change_at: dt.datetime | None = None


_ENDED = {
    GrantEndKind.REVOKED: Reason.GRANT_REVOKED,
    GrantEndKind.EXPIRED: Reason.GRANT_EXPIRED,
    GrantEndKind.SURRENDERED: Reason.GRANT_SURRENDERED,
    GrantEndKind.SUPERSEDED: Reason.GRANT_SUPERSEDED,
}
_ORDER = {reason: place for place, reason in enumerate(Reason)}


def decide(question: Question, facts: Facts) -> Answer:
    """Answer the question. For a refusal, the reason is the first that applies; where several grants
    are refused, it is that of the grant that came furthest."""
    refusal = _refuse_before_grants(question, facts)
    if refusal is not None:
        return Answer(decision=False, reason=refusal)
    tried = [_try_item(item, question, facts) for item in facts.items]
    for answer in tried:
        if answer.decision:
            return answer
    closest = max(tried, key=lambda answer: _ORDER[answer.reason], default=None)
    if closest is not None:
        return closest
    stopped = _find_stop(None, question, facts)
    if stopped is not None:
        return Answer(decision=False, reason=stopped[0], stop=stopped[1].id)
    return Answer(decision=False, reason=Reason.NO_GRANT)


def _refuse_before_grants(question: Question, facts: Facts) -> Reason | None:
    if not facts.visible:
        return Reason.NOT_YET_VISIBLE
    unknown = (
        _refuse_name(facts.organizations, Reason.UNKNOWN_ORGANIZATION)
        or _refuse_name(facts.models, Reason.UNKNOWN_MODEL)
        or (None if question.action in {None, *Action.values} else Reason.UNKNOWN_ACTION)
        or (Reason.UNKNOWN_MEMBER if question.member_named and not facts.persons else None)
    )
    if unknown is not None:
        return unknown
    if facts.organizations[0].standing == Standing.SUSPENDED:
        return Reason.ORGANIZATION_SUSPENDED
    if facts.organizations[0].standing == Standing.WITHDRAWN:
        return Reason.ORGANIZATION_WITHDRAWN
    if facts.models[0].standing == ModelStage.WITHDRAWN:
        return Reason.MODEL_WITHDRAWN
    return None


def _refuse_name(named: tuple[Named, ...], unknown: Reason) -> Reason | None:
    if not named:
        return unknown
    if len(named) > 1:
        return Reason.AMBIGUOUS_IDENTIFIER
    return Reason.NOT_RECORDED if named[0].standing is None else None


def _try_item(item: Item, question: Question, facts: Facts) -> Answer:
    stopped = _find_stop(item, question, facts)
    reason = _refuse_item(item, stopped, facts) or _refuse_use(item, question, facts)
    return Answer(
        decision=reason is None,
        reason=reason or Reason.GRANT_IN_FORCE,
        grant=item.grant,
        stop=stopped[1].id if stopped is not None and reason is stopped[0] else None,
        valid_until=item.ends_at if reason is None else None,
        next_change_at=_next_change(item, facts),
    )


def _refuse_item(item: Item, stopped: tuple[Reason, Stop] | None, facts: Facts) -> Reason | None:
    """Whether the grant is in force at all, restrictions before anything it says itself."""
    if item.program_status == ProgramStatus.ENDED:
        return Reason.PROGRAM_ENDED
    if stopped is not None:
        return stopped[0]
    if item.starts_at is not None and facts.at < item.starts_at:
        return Reason.GRANT_NOT_STARTED
    if item.ends_at is not None and facts.at >= item.ends_at:
        return Reason.GRANT_EXPIRED if item.ended is None else _ENDED[GrantEndKind(item.ended)]
    if item.standing == ItemStanding.SUSPENDED:
        return Reason.GRANT_SUSPENDED
    return None


def _refuse_use(item: Item, question: Question, facts: Facts) -> Reason | None:
    """Whether the grant covers what is asked."""
    if question.action is not None:
        if item.release is not None and item.release != facts.models[0].release:
            return Reason.VERSION_NOT_COVERED
        if question.action not in item.actions:
            return Reason.ACTION_NOT_COVERED
        if item.surfaces and question.surface not in item.surfaces:
            return Reason.SURFACE_NOT_COVERED
    return None if item.terms_accepted else Reason.TERMS_NOT_ACCEPTED


def _find_stop(item: Item | None, question: Question, facts: Facts) -> tuple[Reason, Stop] | None:
    """The first restriction that refuses, in the rule's order of reasons; without a grant, of those
    that are not about a program."""
    found = [
        (reason, stop)
        for stop in facts.stops
        if not stop.programs or (item is not None and item.program in stop.programs)
        if (reason := _refuse_by(stop, question, facts)) is not None
    ]
    return min(found, key=lambda pair: _ORDER[pair[0]], default=None)


def _refuse_by(stop: Stop, question: Question, facts: Facts) -> Reason | None:
    if stop.excepted:
        return None
    if stop.outside_by is not None:
        if not question.member_named:
            return _unless_known(stop, Reason.PERSON_NOT_ESTABLISHED)
        outside = facts.persons[0].established.get(stop.outside_by)
        if outside is None:
            return _unless_known(stop, Reason.PERSON_NOT_ESTABLISHED)
        if outside:
            return None
    return _unless_known(stop, Reason.RESTRICTED)


def _unless_known(stop: Stop, reason: Reason) -> Reason:
    """An exception list known to be incomplete leaves it open whether the unlisted are excepted."""
    return reason if stop.exceptions_complete else Reason.NOT_KNOWN_WHETHER_EXCEPTED


def _next_change(item: Item, facts: Facts) -> dt.datetime | None:
    """The next moment at which, by what is known now, the answer may become another."""
    return min(_after(facts.at, _changes(item, facts)), default=None)


def _changes(item: Item, facts: Facts) -> Iterator[dt.datetime | None]:
    yield item.starts_at
    yield item.ends_at
    yield item.terms_change_at
    yield from facts.changes
    yield from (stop.ends_at for stop in facts.stops)
    yield from (person.changes_at for person in facts.persons)


def _after(at: dt.datetime, moments: Iterable[dt.datetime | None]) -> Iterator[dt.datetime]:
    return (moment for moment in moments if moment is not None and moment > at)
