"""Who has a request in hand: one person at a time, and nobody who may not act on it."""

import pytest

from access.choices import RequestStatus
from access.models import AccessRequest
from access.operations import claims, recusals, requests
from access.operations.claim_rows import AlreadyClaimed
from access.policies import OwnRequest
from access.queries.claims import NOBODY, find_holder, held_by
from registry.actors import Actor
from registry.choices import ClientKind, Role
from registry.models import User
from registry.operations import users
from registry.policies import RoleMissing
from tests import make
from tests.people import declare, person_of

pytestmark = pytest.mark.django_db


def person(*roles: Role) -> User:
    """A member of staff who holds these roles on record."""
    found = make.user()
    for role in roles:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=found.username, role=role)
    return found


def free() -> AccessRequest:
    """A request in review that nobody has in hand."""
    row = make.in_review()
    claims.release(make.by(make.staff(Role.DECIDER)), request=row.id)
    return row


class TestClaim:
    def test_taking_up_is_claiming_where_nobody_has(self) -> None:
        row = make.in_review()
        holder = find_holder(row)
        assert holder is not None
        assert f"user:{holder.id}" == row.taken_up_by

    def test_refuses_what_somebody_has(self) -> None:
        with pytest.raises(AlreadyClaimed):
            claims.claim(make.by(make.staff(Role.REVIEWER)), request=make.in_review().id)

    def test_refuses_who_asked_and_programs(self) -> None:
        both, row = make.staff(Role.INTAKE, Role.REVIEWER), make.draft()
        requests.submit(make.by(both), request=row.id)
        with pytest.raises(OwnRequest):
            claims.claim(make.by(both), request=row.id)
        tool = make.client(make.organization(), "review:write", kind=ClientKind.STAFF)
        program = Actor(
            tool.kind, tool.id, frozenset({Role.REVIEWER}), client_kind=tool.client_kind
        )
        with pytest.raises(claims.ClaimNeedsAPerson):
            claims.claim(make.by(program), request=row.id)

    def test_whoever_has_left_has_nothing(self) -> None:
        row, reviewer = make.in_review(), make.staff(Role.REVIEWER)
        holder = find_holder(row)
        assert holder is not None
        users.deactivate(make.by(make.staff(Role.ADMINISTRATOR)), user=holder.username)
        assert list(held_by(AccessRequest.objects.all(), NOBODY)) == [row]
        claims.claim(make.by(reviewer), request=row.id)
        assert find_holder(row) == person_of(reviewer)

    def test_refuses_what_is_closed(self) -> None:
        with pytest.raises(claims.NotClaimable):
            claims.claim(make.by(make.staff(Role.REVIEWER)), request=make.declined().id)


class TestHandOver:
    def test_is_for_whoever_has_it(self) -> None:
        row, reviewer, other = free(), make.staff(Role.REVIEWER), person(Role.REVIEWER)
        claims.claim(make.by(reviewer), request=row.id)
        with pytest.raises(claims.NotYourClaim):
            claims.hand_over(make.by(make.staff(Role.REVIEWER)), request=row.id, to=other.username)
        claims.hand_over(make.by(reviewer), request=row.id, to=other.username)
        assert find_holder(row) == other
        assert list(held_by(AccessRequest.objects.all(), other.username)) == [row]
        assert row.claims.count() == 3


class TestAssign:
    def test_is_for_intake_and_deciders(self) -> None:
        row, other = make.in_review(), person(Role.REVIEWER)
        with pytest.raises(RoleMissing):
            claims.assign(make.by(make.staff(Role.REVIEWER)), request=row.id, to=other.username)
        claims.assign(make.by(make.staff(Role.INTAKE)), request=row.id, to=other.username)
        assert find_holder(row) == other

    def test_refuses_to_give_it_to_whom_it_would_be_taken_from(self) -> None:
        row, intake = make.in_review(), make.staff(Role.INTAKE)
        bound, powerless = person(Role.REVIEWER), person(Role.AUDITOR)
        declare(bound.as_actor(), row.organization)
        for who in (bound, powerless):
            with pytest.raises(claims.CannotHold):
                claims.assign(make.by(intake), request=row.id, to=who.username)


class TestRelease:
    def test_recusing_oneself_is_letting_go(self) -> None:
        row, reviewer = free(), make.staff(Role.REVIEWER)
        claims.claim(make.by(reviewer), request=row.id)
        recusals.recuse(make.by(reviewer), request=row.id, reason="A friend.")
        assert find_holder(row) is None

    def test_is_not_for_everybody(self) -> None:
        with pytest.raises(claims.NotYourClaim):
            claims.release(make.by(make.staff(Role.REVIEWER)), request=make.in_review().id)
        with pytest.raises(claims.NotInHand):
            claims.release(
                make.by(make.staff(Role.DECIDER)),
                request=make.request_in(RequestStatus.SUBMITTED).id,
            )
