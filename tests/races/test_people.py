"""Races between people: a recusal, a claim or a ruling comes wholly before another, or wholly after."""

import pytest

from access.choices import RevocationReason
from access.models import Grant, GrantEnd
from access.operations import (
    claims,
    deputations,
    grants,
    reconsiderations,
    recusals,
    reviews,
    supersessions,
)
from registry.choices import Role
from tests import make, stages
from tests.access.test_reconsiderations import ask, declined
from tests.deputies import on_record, stand_in
from tests.people import person_of, support
from tests.races.racing import race, refusals, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("attempt")]


class TestRecusalAndApproval:
    def test_of_the_decider(self) -> None:
        row, decider = make.assessed(), make.staff(Role.DECIDER)
        results = race(
            lambda: recusals.recuse(make.by(decider), request=row.id, reason="A friend."),
            lambda: reviews.approve(make.by(decider), request=row.id, ruling=make.ruling()),
        )
        assert winners(results) == 1
        assert Grant.objects.count() == 1 - row.recusals.count()
        assert refusals(results) <= {"recused", "recusal_too_late"}

    def test_of_the_only_assessor(self) -> None:
        row, reviewer, decider = (
            make.in_review(),
            make.staff(Role.REVIEWER),
            make.staff(Role.DECIDER),
        )
        support(row, reviewer)
        results = race(
            lambda: recusals.recuse(make.by(reviewer), request=row.id, reason="A friend."),
            lambda: reviews.approve(make.by(decider), request=row.id, ruling=make.ruling()),
        )
        assert winners(results) == 1
        assert Grant.objects.count() == 1 - row.recusals.count()
        assert refusals(results) <= {"assessments_missing", "recusal_too_late"}


class TestTwoClaims:
    def test_one_person_has_it(self) -> None:
        row = make.submitted()
        people = [make.staff(Role.REVIEWER) for _ in range(2)]
        results = race(
            *(lambda who=who: claims.claim(make.by(who), request=row.id) for who in people)
        )
        assert winners(results) == 1
        assert refusals(results) == {"already_claimed"}
        assert row.claims.get().released_at is None


class TestSupersedingAndRevoking:
    def test_the_grant_ends_once(self) -> None:
        grant = make.grant()
        row, decider, restrictor = (
            grant.request,
            make.staff(Role.DECIDER),
            make.staff(Role.RESTRICTOR),
        )
        assert row is not None
        words = make.ruling(internal_text="Forged.")
        results = race(
            lambda: supersessions.supersede(make.by(decider), request=row.id, ruling=words),
            lambda: grants.revoke(
                make.by(restrictor), grant=grant.id, reason=RevocationReason.MISUSE
            ),
        )
        assert refusals(results) <= {"grant_ended"}
        assert GrantEnd.objects.count() == 1


class TestRevokingAndActing:
    def test_a_deputy_acts_before_the_revocation_or_not_at_all(self) -> None:
        row = stages.in_review(
            stages.document(
                stages.stage("security", who={"roles": ["reviewer"], "team": "security"}),
                stages.stage("decision", "decision", after=["security"]),
            )
        )
        person, deputy = stages.member("security", Role.REVIEWER), on_record(Role.REVIEWER)
        person_of(person).role_holdings.create(
            role=Role.REVIEWER, given_by="x", given_at=make.MORNING
        )
        named = stand_in(deputy, person)
        results = race(
            lambda: deputations.revoke(make.by(person), deputation=named.id),
            lambda: stages.find(row, "security", by=deputy),
        )
        named.refresh_from_db()
        assert named.revoked_at is not None
        assert refusals(results) <= {"not_in_team", "deputation_over"}
        assert row.assessments.count() == winners(results) - 1


class TestTwoReconsiderations:
    def test_of_one_decision_one_is_asked_for(self) -> None:
        row, _decider = declined()
        partner = make.client(row.organization, "requests:write")
        results = race(
            *(
                lambda: reconsiderations.ask_reconsideration(
                    make.by(partner), request=row.id, reasons="It has moved."
                )
                for _ in range(2)
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"reconsideration_asked"}

    def test_one_of_two_rulings_holds(self) -> None:
        row, _decider = declined()
        ask(row)
        people = [make.staff(Role.DECIDER) for _ in range(2)]
        results = race(
            lambda: reconsiderations.uphold(
                make.by(people[0]), request=row.id, applicant_text="It stands."
            ),
            lambda: reconsiderations.reconsider(
                make.by(people[1]), request=row.id, reason="It does not."
            ),
        )
        row.refresh_from_db()
        upheld = row.reconsiderations.get().outcome == "upheld"
        # Whoever decides may take a request up again of their own accord, also after it was upheld.
        assert row.status == "in_review"
        assert winners(results) == 1 + upheld
        assert refusals(results) <= {"no_reconsideration"}
