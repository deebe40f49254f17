"""Who may act in a stage of a request: asked here and nowhere else."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Nobody
from access.models import AccessRequest, Deputation, StaffAttribute, TeamMembership
from access.policies import check_not_asked_by
from access.queries.conflicts import check_impartial, list_barred
from access.queries.deputies import deputations_for
from access.stages import Stage
from registry.actors import Actor, ActorKind
from registry.choices import Role
from registry.errors import Forbidden
from registry.models import RoleHolding
from registry.policies import check_role


class NotInTeam(Forbidden):
    """The review policy asks for somebody of a team, or with an attribute, that this person has not."""

    code = "not_in_team"
    text = _("The review policy asks for somebody of “%(wanted)s”.")


class NotTheirDeputy(Forbidden):
    """Nobody acts for somebody who has not named them for this, or who could not act here themselves."""

    code = "not_their_deputy"
    text = _("You are not the deputy of this person here, or they could not act here either.")


_Holding = tuple[str, UUID, Any, dt.datetime, dt.datetime | None]
"""Role, team or attribute; who had it; what it was; since when and until when."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who on the staff holds which roles now, is in which teams and has which attributes."""

    roles: Mapping[UUID, frozenset[Role]]
    teams: Mapping[UUID, frozenset[str]]
    attributes: Mapping[UUID, frozenset[tuple[str, str]]]

    def find(self, stage: Stage) -> frozenset[str]:
        """The keys of all whom the policy lets act in a stage, whatever the request."""
        return frozenset(
            f"{ActorKind.USER}:{person}"
            for person, roles in self.roles.items()
            if not roles.isdisjoint(stage.who.roles)
            and _missing(stage, self.teams.get(person, ()), self.attributes.get(person, ()))
            is None
        )

    def find_deciders(self) -> frozenset[str]:
        return frozenset(
            f"{ActorKind.USER}:{person}"
            for person, roles in self.roles.items()
            if Role.DECIDER in roles
        )


@dataclass(frozen=True, slots=True)
class StaffHistory:
    """Who ever held which role, team or attribute, and when: read once, asked for many moments."""

    held: tuple[_Holding, ...]

    def at(self, moment: dt.datetime) -> Staff:
        """Who was on the staff at a moment, and what they had."""
        found: dict[str, dict[UUID, set[Any]]] = defaultdict(lambda: defaultdict(set))
        for kind, person, thing, since, until in self.held:
            if since <= moment and (until is None or moment < until):
                found[kind][person].add(thing)
        frozen = {
            kind: {person: frozenset(things) for person, things in people.items()}
            for kind, people in found.items()
        }
        return Staff(
            roles=frozen.get("role", {}),
            teams=frozen.get("team", {}),
            attributes=frozen.get("attribute", {}),
        )


def read_history() -> StaffHistory:
    """In three queries, however many stages and moments ask."""
    held = RoleHolding.objects.values_list("user_id", "role", "given_at", "taken_at")
    joined = TeamMembership.objects.values_list("user_id", "team__slug", "joined_at", "left_at")
    given = StaffAttribute.objects.values_list("user_id", "name", "value", "given_at", "taken_at")
    return StaffHistory(
        (
            *(("role", user, Role(role), since, until) for user, role, since, until in held),
            *(("team", user, team, since, until) for user, team, since, until in joined),
            *(
                ("attribute", user, (name, value), since, until)
                for user, name, value, since, until in given
            ),
        )
    )


def read_staff() -> Staff:
    """Who is on the staff now, in three queries."""
    held = RoleHolding.objects.filter(taken_at__isnull=True, user__is_active=True)
    joined = TeamMembership.objects.filter(left_at__isnull=True)
    given = StaffAttribute.objects.filter(taken_at__isnull=True)
    return Staff(
        roles=_group((user, Role(role)) for user, role in held.values_list("user_id", "role")),
        teams=_group(joined.values_list("user_id", "team__slug")),
        attributes=_group(
            (user, (name, value))
            for user, name, value in given.values_list("user_id", "name", "value")
        ),
    )


def list_eligible(
    stage: Stage,
    request: AccessRequest,
    staff: Staff,
    *,
    involved: Collection[str] = (),
    barred: Collection[str] = (),
) -> frozenset[str]:
    """The keys of the people who may act in a stage of this request. `involved` have acted where others must;
    `barred` are those whom `list_barred` keeps from the request.

    Where nobody may and the policy says so, those who decide.
    """
    own = {request.created_by, request.submitted_by, *involved, *barred}
    found = staff.find(stage) - own
    if not found and stage.nobody is Nobody.DECIDER:
        return staff.find_deciders() - own
    return found


def check_may_act(
    stage: Stage, request: AccessRequest, actor: Actor, *, acting_for: str | None = None
) -> Deputation | None:
    """Raise what forbids the actor to act in a stage; tell as whose deputy they may, None in their own place.

    `acting_for` is the username of somebody in whose place the actor wants to act, whatever their own.
    Raises RoleMissing, NotInTeam, OwnRequest, Recused, ConflictOfInterest, NotTheirDeputy.
    """
    check_not_asked_by(request, actor)
    check_impartial(request, actor)
    return check_place(stage, request, actor, acting_for=acting_for)


def check_place(
    stage: Stage, request: AccessRequest, actor: Actor, *, acting_for: str | None = None
) -> Deputation | None:
    """What `check_may_act` asks of somebody who is known to take part: the role, the team and the attributes.

    A deputy holds the role themselves, and takes from whom they stand in for the team, the attributes and the
    place among all who must. Raises RoleMissing, NotInTeam, NotTheirDeputy.
    """
    if acting_for is not None:
        check_role(actor, *stage.who.roles)
        found = _find_deputation(stage, request, actor, username=acting_for)
        if found is None:
            raise NotTheirDeputy
        return found
    if _stands_in(stage, request, actor):
        return None
    check_role(actor, *stage.who.roles)
    missing = _find_missing(stage, actor)
    if missing is None:
        return None
    found = _find_deputation(stage, request, actor)
    if found is None:
        raise NotInTeam(wanted=missing)
    return found


def list_principals(stage: Stage, request: AccessRequest, actor: Actor) -> list[Deputation]:
    """As whose deputy the actor may act in a stage; for the choices on a screen, where the actor has the role."""
    if actor.kind is not ActorKind.USER or not actor.has(*stage.who.roles):
        return []
    mine = deputations_for(request, stage.key).filter(deputy=actor.id)
    return [row for row in mine if _may_themselves(stage, request, row.person.as_actor())]


def _find_deputation(
    stage: Stage, request: AccessRequest, actor: Actor, *, username: str | None = None
) -> Deputation | None:
    found = list_principals(stage, request, actor)
    return next((row for row in found if username in {None, row.person.username}), None)


def _may_themselves(stage: Stage, request: AccessRequest, person: Actor) -> bool:
    """Whether somebody could act in their own place: what keeps them from it keeps their deputy from it too."""
    try:
        check_not_asked_by(request, person)
        check_impartial(request, person)
        check_role(person, *stage.who.roles)
    except Forbidden:
        return False
    return _find_missing(stage, person) is None


def _find_missing(stage: Stage, actor: Actor) -> str | None:
    """The team or the attribute that the stage asks for and the actor has not."""
    if stage.who.team is None and not stage.who.attributes:
        return None
    return _missing(stage, *_read_own(actor))


def _stands_in(stage: Stage, request: AccessRequest, actor: Actor) -> bool:
    """Whether somebody who decides acts because nobody else may, and the policy says so."""
    if stage.nobody is not Nobody.DECIDER or not actor.has(Role.DECIDER):
        return False
    staff = read_staff()
    barred = list_barred(request)
    return actor.key not in staff.find(stage) and actor.key in list_eligible(
        stage, request, staff, barred=barred
    )


def may_act(stage: Stage, request: AccessRequest, actor: Actor) -> bool:
    """Whether the actor may act in the stage; for the choices on a screen."""
    try:
        check_may_act(stage, request, actor)
    except Forbidden:
        return False
    return True


def _read_own(actor: Actor) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The teams and attributes of a person; a program has none."""
    if actor.kind is not ActorKind.USER:
        return frozenset(), frozenset()
    joined = TeamMembership.objects.filter(user=actor.id, left_at__isnull=True)
    given = StaffAttribute.objects.filter(user=actor.id, taken_at__isnull=True)
    return (
        frozenset(joined.values_list("team__slug", flat=True)),
        frozenset(given.values_list("name", "value")),
    )


def _missing(
    stage: Stage, teams: Collection[str], attributes: Collection[tuple[str, str]]
) -> str | None:
    """What the stage asks for that somebody has not; None where nothing is missing."""
    if stage.who.team is not None and stage.who.team not in teams:
        return stage.who.team
    lacking = [pair for pair in stage.who.attributes.items() if pair not in attributes]
    return None if not lacking else ": ".join(lacking[0])


def _group(pairs: Iterable[tuple[UUID, object]]) -> Mapping[UUID, frozenset]:  # type: ignore[type-arg]
    grouped: dict[UUID, set[object]] = defaultdict(set)
    for user, one in pairs:
        grouped[user].add(one)
    return {user: frozenset(found) for user, found in grouped.items()}
