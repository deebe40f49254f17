"""Races on waiting periods: a fact, an end and an issue that meet leave one truth."""

import pytest
from django.utils.timezone import now

from access.choices import RevocationReason, WaitEnd
from access.models import Grant, WaitingPeriodVersion
from access.operations import grants, renewals, reviews, successions, waiting, waiting_facts
from registry.choices import Role
from registry.models import AuditEvent
from tests import make, stops, waits
from tests.access.test_renewals import lapse, stop
from tests.asking import ask
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


def end(row: Grant, by: object) -> object:
    return waiting.end_waiting(
        make.by(by),  # type: ignore[arg-type]
        grant=row.id,
        waiting=waits.period(row).id,
        basis="It was answered",
        fact="Letter 7",
    )


@pytest.mark.usefixtures("attempt")
class TestWaiting:
    def test_the_issue_of_a_grant_and_the_fact_that_it_runs_from(self) -> None:
        at_tier = make.tier()
        make.policy(at_tier.review_policy, waiting=[waits.rule(since=waits.OFFICE)])
        row = make.assessed(None, at_tier)
        decider, desk = make.staff(Role.DECIDER), make.staff(Role.AUTHORITY_DESK)
        model = at_tier.ai_models.get().id
        results = race(
            lambda: reviews.approve(make.by(decider), request=row.id, ruling=make.ruling()),
            lambda: waiting_facts.state_fact(
                make.by(desk),
                name=waits.OFFICE,
                happened_at=now() - waits.DAY,
                evidence="Receipt",
                ai_model=model,
            ),
        )
        assert winners(results) == 2
        assert waits.end_of(Grant.objects.get()) is not None  # whichever came first, it was seen

    @pytest.mark.parametrize("lapsed", [False, True])
    def test_a_renewal_and_the_fact_that_it_runs_from(self, *, lapsed: bool) -> None:
        at_tier = make.tier(grant_days=30)
        make.policy(at_tier.review_policy, waiting=[waits.rule(since=waits.OFFICE)])
        row = make.grant(None, at_tier)
        decider, desk = make.staff(Role.DECIDER), make.staff(Role.AUTHORITY_DESK)
        model = at_tier.ai_models.get().id
        if lapsed:
            lapse(row)
            restriction = stop(at_tier)
            stops.lift(restriction)

        def renew() -> object:
            if lapsed:
                return renewals.renew_lapsed(
                    make.by(decider), restriction=restriction.id, reason="Lapsed."
                )
            return successions.renew(make.by(decider), grant=row.id, reason="Fine.")

        results = race(
            renew,
            lambda: waiting_facts.state_fact(
                make.by(desk),
                name=waits.OFFICE,
                happened_at=now() - waits.DAY,
                evidence="Receipt",
                ai_model=model,
            ),
        )
        assert winners(results) == 2
        assert waits.end_of(Grant.objects.get(renews=row)) is not None

    def test_end_and_end_of_our_own_choice(self) -> None:
        row, people = waits.grant(waits.rule()), [make.staff(Role.DECIDER) for _ in range(2)]
        results = race(*(lambda by=by: end(row, by) for by in people))
        assert winners(results) == 1
        assert refusals(results) == {"wait_over"}
        assert AuditEvent.objects.filter(name="grant.opened").count() == 1

    def test_ask_and_ask_of_what_law_makes_wait(self) -> None:
        row, people = waits.grant(waits.by_law()), [make.staff(Role.DECIDER) for _ in range(2)]
        results = race(*(lambda by=by: end(row, by) for by in people))
        assert winners(results) == 2  # one asks, and the other ends it
        period = waits.period(row)
        assert period.ended_how == WaitEnd.ACT
        assert period.end_asked_by != period.ended_by
        assert ask(row).decision

    def test_one_person_twice_at_once_never_ends_what_law_makes_wait(self) -> None:
        row, by = waits.grant(waits.by_law()), make.staff(Role.DECIDER)
        results = race(*(lambda: end(row, by) for _ in range(2)))
        assert refusals(results) == {"wait_needs_another"}
        assert not ask(row).decision

    def test_end_and_revoke(self) -> None:
        row = waits.grant(waits.rule())
        decider, restrictor = make.staff(Role.DECIDER), make.staff(Role.RESTRICTOR)
        results = race(
            lambda: end(row, decider),
            lambda: grants.revoke(
                make.by(restrictor), grant=row.id, reason=RevocationReason.ERROR
            ),
        )
        assert winners(results) == 2
        assert not ask(row).decision

    def test_the_clock_and_the_clock(self) -> None:
        row = waits.grant()
        waits.run_out(row)
        results = race(
            *(lambda: waiting.write_over(waits.by_clock(), grant=row.id) for _ in range(2))
        )
        assert winners(results) == 1
        assert AuditEvent.objects.filter(name="grant.opened").count() == 1
        assert WaitingPeriodVersion.objects.current().count() == 1
