"""The rule: does this organization hold access to this model, at this moment, and why?

Pure: facts in, one answer out. The facts come from one SQL statement (`queries.decisions`), so they are
one snapshot. Deny by default: whatever is unknown, missing or ambiguous is a no, with its own reason.

There is one enumeration of grounds. `decide` takes the first of it and stops there, `explain` takes all of
it: so an explanation begins with the answer's own reason, and cannot tell another story.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from access.choices import (
    Action,
    GrantEndKind,
    ItemStanding,
    NeedKind,
    ProgramStatus,
    Reason,
)
from access.decision.facts import Answer, Facts, Ground, Item, Named, Question, Stop, Unsettled
from registry.choices import MemberAbsenceKind, ModelStage, Standing

_ENDED = {
    GrantEndKind.REVOKED: Reason.GRANT_REVOKED,
    GrantEndKind.EXPIRED: Reason.GRANT_EXPIRED,
    GrantEndKind.SURRENDERED: Reason.GRANT_SURRENDERED,
    GrantEndKind.SUPERSEDED: Reason.GRANT_SUPERSEDED,
}
_STANDINGS = {
    Standing.SUSPENDED: Reason.ORGANIZATION_SUSPENDED,
    Standing.WITHDRAWN: Reason.ORGANIZATION_WITHDRAWN,
}
_NEEDS = {
    NeedKind.GATE: Reason.GATE_CLOSED,
    NeedKind.REQUIREMENT: Reason.REQUIREMENT_UNMET,
}
_ABSENCES = {
    MemberAbsenceKind.SUSPENDED: Reason.MEMBER_SUSPENDED,
    MemberAbsenceKind.WITHDRAWN: Reason.MEMBER_WITHDRAWN,
}
_ORDER = {reason: place for place, reason in enumerate(Reason)}
_ABOUT_NOBODY = {
    Reason.REGISTRY_READ_ONLY,
    Reason.NOT_YET_VISIBLE,
    Reason.UNKNOWN_MODEL,
    Reason.UNKNOWN_ACTION,
    Reason.MODEL_WITHDRAWN,
}
_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def decide(question: Question, facts: Facts) -> Answer:
    """Answer the question. For a refusal, the reason is the first that applies; where several grants
    are refused, it is that of the grant that came furthest. Of several that allow, the one that lasts."""
    general = next(_find_general(question, facts), None)
    if general is not None:
        return _refuse(general)
    tried = [(item, next(_find_of_item(item, question, facts), None)) for item in facts.items]
    allowing = [item for item, ground in tried if ground is None]
    if allowing:
        return _allow(max(allowing, key=lambda item: _last(item, facts)), facts)
    closest = max(
        (ground for _item, ground in tried if ground is not None),
        key=lambda ground: _ORDER[ground.reason],
        default=None,
    )
    if closest is None:
        return _refuse(next(_find_without_grant(question, facts)))
    conditions = next(item.conditions for item, ground in tried if ground is closest)
    return _refuse(closest, next_change_at=_next_change(facts.items, facts), conditions=conditions)


def decide_for_surface(question: Question, facts: Facts) -> Answer:
    """As `decide`, told to somebody who serves this surface and may know of nothing beyond it.

    Where no grant reaches the surface, everybody is refused alike: whether the registry knows them,
    what they hold elsewhere and what stands against them stays its own.
    """
    reaching = _narrow(question, facts)
    if reaching.items:
        return decide(question, reaching)
    return _refuse(_tell_of_nobody(question, facts))


def explain(question: Question, facts: Facts) -> tuple[Ground, ...]:
    """Every ground of the answer, in the rule's order: of the question, then of each grant.

    The first is the reason that `decide` gives. For a yes they are the grants in force, then what stands
    against the others; for a no, grants come in the order of how far they came.
    """
    general = list(_find_general(question, facts))
    if len(facts.organizations) != 1 or len(facts.models) != 1:
        return tuple(general)
    tried = [
        (item, list(_find_of_item(item, question, facts)))
        for item in facts.items
        if _speaks_for_its_grant(item, facts)
    ]
    refused = sorted(
        (grounds for _item, grounds in tried if grounds),
        key=lambda grounds: _ORDER[grounds[0].reason],
        reverse=True,
    )
    against = [ground for grounds in refused for ground in grounds]
    if not tried:
        return (*general, *_find_without_grant(question, facts))
    if general or len(refused) == len(tried):
        return (*general, *against)
    return (*(_in_force(item) for item in find_allowing(question, facts)), *against)


def explain_for_surface(question: Question, facts: Facts) -> tuple[Ground, ...]:
    """As `explain`, within the bounds of `decide_for_surface`."""
    reaching = _narrow(question, facts)
    if reaching.items:
        return explain(question, reaching)
    return (_tell_of_nobody(question, facts),)


def find_allowing(question: Question, facts: Facts) -> tuple[Item, ...]:
    """The grants that a yes rests on, the one that lasts longest first; none for a no."""
    if next(_find_general(question, facts), None) is not None:
        return ()
    allowing = [
        item for item in facts.items if next(_find_of_item(item, question, facts), None) is None
    ]
    return tuple(sorted(allowing, key=lambda item: _last(item, facts), reverse=True))


def _narrow(question: Question, facts: Facts) -> Facts:
    """The same facts with those grants only that reach the surface asked about."""
    reaching = (
        item for item in facts.items if not item.surfaces or question.surface in item.surfaces
    )
    return replace(facts, items=tuple(reaching))


def _tell_of_nobody(question: Question, facts: Facts) -> Ground:
    """What may be said where nothing reaches the surface: nothing about the organization."""
    told = (g for g in _find_general(question, facts) if g.reason in _ABOUT_NOBODY)
    return next(told, Ground(Reason.NO_GRANT))


def _speaks_for_its_grant(item: Item, facts: Facts) -> bool:
    """Of a grant that changed on its way, the piece that covers the moment speaks; else the last."""
    pieces = [other for other in facts.items if other.grant == item.grant]
    covering = [piece for piece in pieces if _covers(piece, facts.at)]
    return item in covering if covering else item is pieces[-1]


def _covers(item: Item, at: dt.datetime) -> bool:
    return (item.starts_at is None or item.starts_at <= at) and (
        item.ends_at is None or at < item.ends_at
    )


def _allow(item: Item, facts: Facts) -> Answer:
    return Answer(
        decision=True,
        reason=Reason.GRANT_IN_FORCE,
        grant=item.grant,
        valid_until=item.lasts_until(facts.at),
        next_change_at=_next_change((item,), facts),
        item=item,
        conditions=item.conditions,
    )


def _refuse(
    ground: Ground,
    *,
    next_change_at: dt.datetime | None = None,
    conditions: tuple[Unsettled, ...] = (),
) -> Answer:
    return Answer(
        decision=False,
        reason=ground.reason,
        grant=ground.grant,
        stop=ground.stop,
        next_change_at=next_change_at,
        conditions=conditions,
    )


def _in_force(item: Item) -> Ground:
    terms = None if item.terms is None else item.terms.id
    return Ground(Reason.GRANT_IN_FORCE, grant=item.grant, terms=terms)


def _last(item: Item, facts: Facts) -> dt.datetime:
    return item.lasts_until(facts.at) or _NEVER


def _find_general(question: Question, facts: Facts) -> Iterator[Ground]:
    """What refuses the question as a whole, whatever is granted."""
    if not facts.writable:
        yield Ground(Reason.REGISTRY_READ_ONLY)
    if not facts.visible:
        yield Ground(Reason.NOT_YET_VISIBLE)
    yield from _find_unnamed(facts.organizations, Reason.UNKNOWN_ORGANIZATION)
    yield from _find_unnamed(facts.models, Reason.UNKNOWN_MODEL)
    if question.action is not None and question.action not in Action.values:
        yield Ground(Reason.UNKNOWN_ACTION)
    yield from _find_of_person(question, facts)
    for organization in facts.organizations[:1]:
        if organization.standing in _STANDINGS:
            yield Ground(_STANDINGS[Standing(organization.standing)])
    if any(model.standing == ModelStage.WITHDRAWN for model in facts.models):
        yield Ground(Reason.MODEL_WITHDRAWN)


def _find_of_person(question: Question, facts: Facts) -> Iterator[Ground]:
    if question.member_named and not facts.persons:
        yield Ground(Reason.UNKNOWN_MEMBER)
    for person in facts.persons[:1]:
        if person.absence is not None:
            yield Ground(_ABSENCES[MemberAbsenceKind(person.absence)])


def _find_unnamed(named: tuple[Named, ...], unknown: Reason) -> Iterator[Ground]:
    if not named:
        yield Ground(unknown)
    elif len(named) > 1:
        yield Ground(Reason.AMBIGUOUS_IDENTIFIER)
    elif named[0].standing is None:
        yield Ground(Reason.NOT_RECORDED)


def _find_of_item(item: Item, question: Question, facts: Facts) -> Iterator[Ground]:
    """What stands against this grant: restrictions before anything it says itself, its use last.

    What waits is a grant that would else be open: one that is over, or not begun, does not wait.
    """
    if item.program_status == ProgramStatus.ENDED:
        yield Ground(Reason.PROGRAM_ENDED, grant=item.grant)
    for reason, stop in _find_stops(item, question, facts):
        yield Ground(reason, grant=item.grant, stop=stop.id)
    if item.starts_at is not None and facts.at < item.starts_at:
        yield Ground(Reason.GRANT_NOT_STARTED, grant=item.grant)
    if item.ends_at is not None and facts.at >= item.ends_at:
        ended = Reason.GRANT_EXPIRED if item.ended is None else _ENDED[GrantEndKind(item.ended)]
        yield Ground(ended, grant=item.grant)
    if item.standing == ItemStanding.SUSPENDED:
        yield Ground(Reason.GRANT_SUSPENDED, grant=item.grant)
    if item.wait is not None:
        yield Ground(Reason.WAITING_PERIOD, grant=item.grant)
    yield from _find_of_needs(item, facts)
    yield from _find_of_use(item, question, facts)


def _find_of_needs(item: Item, facts: Facts) -> Iterator[Ground]:
    for need in item.needs:
        if need.starts_at <= facts.at:
            yield Ground(_NEEDS[NeedKind(need.kind)], grant=item.grant, need=need.code)


def _find_of_use(item: Item, question: Question, facts: Facts) -> Iterator[Ground]:
    """Whether the grant covers what is asked."""
    if question.action is not None:
        if item.release is not None and item.release != facts.models[0].release:
            yield Ground(Reason.VERSION_NOT_COVERED, grant=item.grant)
        if question.action not in item.actions:
            yield Ground(Reason.ACTION_NOT_COVERED, grant=item.grant)
        if item.surfaces and question.surface not in item.surfaces:
            yield Ground(Reason.SURFACE_NOT_COVERED, grant=item.grant)
    if not item.terms_accepted:
        terms = None if item.terms is None else item.terms.id
        yield Ground(Reason.TERMS_NOT_ACCEPTED, grant=item.grant, terms=terms)
    for condition in item.conditions:
        if condition.due_at <= facts.at:
            yield Ground(Reason.CONDITION_UNMET, grant=item.grant, condition=condition.id)


def _find_without_grant(question: Question, facts: Facts) -> Iterator[Ground]:
    for reason, stop in _find_stops(None, question, facts):
        yield Ground(reason, stop=stop.id)
    yield Ground(Reason.NO_GRANT)


def _find_stops(item: Item | None, question: Question, facts: Facts) -> list[tuple[Reason, Stop]]:
    """The restrictions that refuse, in the rule's order of reasons; without a grant, those that are
    not about a program."""
    if not facts.stops:
        return []
    found = [
        (reason, stop)
        for stop in facts.stops
        if not stop.programs or (item is not None and item.program in stop.programs)
        if (reason := _refuse_by(stop, question, facts)) is not None
    ]
    return sorted(found, key=lambda pair: _ORDER[pair[0]])


def _refuse_by(stop: Stop, question: Question, facts: Facts) -> Reason | None:
    if stop.excepted:
        return None
    if stop.outside_by is not None:
        if not question.member_named or not facts.persons:
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


def _next_change(items: Iterable[Item], facts: Facts) -> dt.datetime | None:
    """The next moment at which, by what is scheduled now, the answer may become another."""
    return min(
        (at for at in _changes(items, facts) if at is not None and at > facts.at), default=None
    )


def _changes(items: Iterable[Item], facts: Facts) -> Iterator[dt.datetime | None]:
    for item in items:
        yield item.starts_at
        yield item.ends_at
        yield item.terms_change_at
        if item.wait is not None:
            yield item.wait.until
        yield from (condition.due_at for condition in item.conditions)
        yield from (moment for need in item.needs for moment in (need.starts_at, need.ends_at))
    yield from facts.changes
    for stop in facts.stops:
        yield stop.ends_at
        yield stop.changes_at
    yield from (person.changes_at for person in facts.persons)
