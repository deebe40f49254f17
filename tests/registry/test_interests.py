"""Interests: declared by whoever has them, ended by somebody else; and the groups they reach through."""

import datetime as dt

import pytest

from registry.choices import RelationKind, Role
from registry.models import AuditEvent, Interest, Organization
from registry.operations import interests, relations
from registry.policies import RoleMissing
from registry.queries.ties import find_tie
from tests import make
from tests.people import declare, owns, person_of, tie

pytestmark = pytest.mark.django_db


class TestDeclare:
    def test_is_on_record_without_its_words(self) -> None:
        person, about = make.staff(Role.REVIEWER), make.organization()
        row = declare(person, about, note="My sister works there.")
        assert (row.person_id, row.ends_at) == (person.id, None)
        event = AuditEvent.objects.get(name="interest.declared")
        assert "sister" not in str(event.details)

    def test_only_an_administrator_declares_anothers(self) -> None:
        person, about = make.staff(Role.REVIEWER), make.organization()
        name = person_of(person).username
        with pytest.raises(RoleMissing):
            declare(make.staff(Role.DECIDER), about, person=name)
        assert declare(make.staff(Role.ADMINISTRATOR), about, person=name).person_id == person.id

    def test_refuses_the_same_twice_and_dates_that_run_backward(self) -> None:
        person, about = make.staff(Role.REVIEWER), make.organization()
        declare(person, about)
        with pytest.raises(interests.InterestKnown):
            declare(person, about)
        with pytest.raises(interests.InterestDates):
            declare(person, about, since=make.MORNING, until=make.MORNING)


class TestEnd:
    def test_is_said_by_another_administrator(self) -> None:
        office, about = make.staff(Role.ADMINISTRATOR), make.organization()
        row = declare(office, about)
        with pytest.raises(interests.OwnInterest):
            interests.end(make.by(office), interest=row.id)
        interests.end(make.by(make.staff(Role.ADMINISTRATOR)), interest=row.id)
        with pytest.raises(interests.InterestOver):
            interests.end(make.by(make.staff(Role.ADMINISTRATOR)), interest=row.id)


class TestVisibleTo:
    def test_the_office_sees_all_and_others_their_own(self) -> None:
        person, about = make.staff(Role.REVIEWER), make.organization()
        row = declare(person, about)
        for actor, seen in (
            (person, [row]),
            (make.staff(Role.REVIEWER), []),
            (make.staff(Role.AUDITOR), [row]),
            (make.client(about), []),
        ):
            assert list(Interest.objects.visible_to(actor)) == seen


def way(start: Organization, end: Organization, *, ago: int = 0) -> list[str] | None:
    at = dt.datetime.now(dt.UTC) - dt.timedelta(days=ago)
    found = find_tie([start.id], end.id, at=at)
    return None if found is None else found.describe()


class TestFindTie:
    def test_leads_up_down_and_across_a_group(self) -> None:
        top, left, right, leaf = (make.organization(slug) for slug in ("top", "l", "r", "leaf"))
        owns(top, left)
        owns(top, right)
        owns(right, leaf)
        assert way(left, left) == []
        assert way(leaf, top) == [
            f"{right.name} owns {leaf.name}",
            f"{top.name} owns {right.name}",
        ]
        assert len(way(left, leaf) or []) == 3

    def test_two_owners_of_one_company_are_no_group(self) -> None:
        one, other, venture = (make.organization() for _ in range(3))
        owns(one, venture)
        owns(other, venture)
        assert way(one, other) is None

    def test_affiliates_count_in_either_direction_and_circles_end(self) -> None:
        one, other, third = (make.organization() for _ in range(3))
        tie(one, RelationKind.AFFILIATE_OF, other)
        owns(other, third)
        owns(third, one)
        assert way(other, one) is not None
        assert way(other, make.organization()) is None

    def test_a_sub_processor_is_no_affiliate(self) -> None:
        one, other = make.organization(), make.organization()
        tie(one, RelationKind.SUB_PROCESSOR_OF, other)
        assert way(one, other) is None

    def test_what_has_ended_ties_no_more(self) -> None:
        one, other = make.organization(), make.organization()
        owns(one, other)
        relations.end(
            make.by(make.staff(Role.INTAKE)), subject=one.id, kind=RelationKind.OWNS, to=other.id
        )
        assert way(one, other) is None
        assert way(one, other, ago=1) is not None
