"""Races between people: a recusal, a claim or a ruling comes wholly before another, or wholly after."""

import pytest

from access.choices import RevocationReason
from access.models import Grant, GrantEnd
from access.operations import claims, grants, recusals, reviews, supersessions
from registry.choices import Role
from tests import make
from tests.people import support
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
