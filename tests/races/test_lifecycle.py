"""Races of grants' lives: of two acts that exclude each other one wins, and a turn of the worker counts once."""

import pytest
from django.utils.timezone import now

from access.choices import ConditionFinding, Finding, RevocationReason, UnansweredRule
from access.models import (
    CloseOut,
    Condition,
    ConditionVersion,
    Grant,
    GrantEnd,
    Notice,
    RecertificationItem,
)
from access.operations import (
    close_outs,
    condition_campaigns,
    conditions,
    grants,
    notices,
    recertifications,
    requests,
    reviews,
    successions,
)
from access.operations.conditions import Requirement
from access.operations.successions import Progress
from access.queries.decisions import Asked, evaluate
from registry.actors import SYSTEM
from registry.choices import Role
from registry.operations import members
from tests import make
from tests.access.test_renewals import lapse
from tests.lifecycle import DAY, cover, launched, proposed, round_of, scope_of
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


def conditional() -> Condition:
    return make.grant(conditions=(Requirement("mfa", "Keys."),)).conditions.get()


def bounded() -> Grant:
    return make.grant(None, make.tier(grant_days=30))


@pytest.mark.usefixtures("attempt")
class TestOneCondition:
    def test_review_and_waive(self) -> None:
        row = conditional()
        conditions.hand_in(make.by(make.staff(Role.INTAKE)), condition=row.id, text="Keys.")
        reviewer, decider = make.staff(Role.REVIEWER), make.staff(Role.DECIDER)
        results = race(
            lambda: conditions.review(
                make.by(reviewer), condition=row.id, finding=ConditionFinding.MET
            ),
            lambda: conditions.waive(make.by(decider), condition=row.id, reason="No need."),
        )
        assert winners(results) == 1
        assert refusals(results) == {"condition_settled"}
        standing = ConditionVersion.objects.current().filter(valid__upper_inf=True).get().standing
        assert standing in {"met", "waived"}

    def test_hand_in_and_hand_in(self) -> None:
        row, intake = conditional(), make.staff(Role.INTAKE)
        results = race(
            *(
                lambda: conditions.hand_in(make.by(intake), condition=row.id, text="Keys.")
                for _ in range(2)
            )
        )
        assert winners(results) == 2
        assert row.evidence.count() == 2
        assert ConditionVersion.objects.current().filter(valid__upper_inf=True).count() == 1


@pytest.mark.usefixtures("attempt")
class TestOneCampaign:
    def test_two_people_launch(self) -> None:
        row = proposed(scope_of(make.grant()))
        deciders = [make.staff(Role.DECIDER) for _ in range(2)]
        results = race(
            *(
                lambda by=by: condition_campaigns.launch(make.by(by), campaign=row.id)
                for by in deciders
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"campaign_not_proposed"}

    def test_two_workers_cover(self) -> None:
        grant = make.grant()
        for _ in range(3):
            make.grant(None, grant.tier)
        row = launched(scope_of(grant))
        race(
            *(
                lambda: condition_campaigns.cover(make.by(SYSTEM, at=now()), campaign=row.id)
                for _ in range(2)
            )
        )
        assert Condition.objects.filter(campaign=row).count() == 4

    def test_covering_and_revoking(self) -> None:
        grant = make.grant()
        row, restrictor = launched(scope_of(grant)), make.staff(Role.RESTRICTOR)
        results = race(
            lambda: condition_campaigns.cover(make.by(SYSTEM, at=now()), campaign=row.id),
            lambda: grants.revoke(
                make.by(restrictor), grant=grant.id, reason=RevocationReason.MISUSE
            ),
        )
        assert winners(results) == 2
        for condition in Condition.objects.all():
            assert condition.imposed_at <= GrantEnd.objects.get().recorded_at

    @pytest.mark.parametrize("launch_first", [True, False])
    def test_a_grant_issued_while_it_is_launched_is_covered(self, *, launch_first: bool) -> None:
        first = make.grant()
        row = proposed(scope_of(first))
        request = make.assessed(None, first.tier)
        one, other = make.staff(Role.DECIDER), make.staff(Role.DECIDER)
        acts = [
            lambda: condition_campaigns.launch(make.by(one), campaign=row.id),
            lambda: reviews.approve(make.by(other), request=request.id, ruling=make.ruling()),
        ]
        race(*(acts if launch_first else acts[::-1]))
        cover()
        assert Condition.objects.filter(campaign=row).count() == 2


@pytest.mark.usefixtures("attempt")
class TestOneSuccessor:
    def test_renew_and_renew(self) -> None:
        grant = bounded()
        deciders = [make.staff(Role.DECIDER) for _ in range(2)]
        results = race(
            *(
                lambda by=by: successions.renew(make.by(by), grant=grant.id, reason="Fine.")
                for by in deciders
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"grant_followed"}
        assert Grant.objects.filter(renews=grant).count() == 1

    @pytest.mark.parametrize("renew_first", [True, False])
    def test_renew_and_revoke_leave_nothing_that_lasts(self, *, renew_first: bool) -> None:
        grant = bounded()
        decider, restrictor = make.staff(Role.DECIDER), make.staff(Role.RESTRICTOR)
        acts = [
            lambda: successions.renew(make.by(decider), grant=grant.id, reason="Fine."),
            lambda: grants.revoke(
                make.by(restrictor), grant=grant.id, reason=RevocationReason.MISUSE
            ),
        ]
        race(*(acts if renew_first else acts[::-1]))
        asked = Asked(
            grant.organization.slug,
            grant.tier.ai_models.get().slug,
            "invoke",
            as_of=now() + 31 * DAY,
        )
        assert not evaluate(asked).answer.decision

    def test_a_renewal_is_approved_while_another_is_requested(self) -> None:
        grant = bounded()
        client = make.client(grant.organization)

        def ask() -> object:
            return successions.request_renewal(
                make.by(client), grant=grant.id, progress=Progress("Forty findings.")
            )

        request = ask().value  # type: ignore[attr-defined]
        requests.take_up(make.by(make.staff(Role.REVIEWER)), request=request.id)
        reviews.assess(
            make.by(make.staff(Role.REVIEWER)),
            request=request.id,
            finding=Finding.SUPPORTS,
            reasons="Fine.",
        )
        decider = make.staff(Role.DECIDER)
        results = race(
            lambda: reviews.approve(make.by(decider), request=request.id, ruling=make.ruling()),
            ask,
        )
        assert refusals(results) <= {"request_already_open", "grant_followed"}
        assert Grant.objects.filter(renews=grant).count() == 1

    def test_renew_and_supersede(self) -> None:
        grant = bounded()
        wanted = make.tier(grant.program, grant.tier.ai_models.get())
        one, other = make.staff(Role.DECIDER), make.staff(Role.DECIDER)
        results = race(
            lambda: successions.renew(make.by(one), grant=grant.id, reason="Fine."),
            lambda: successions.supersede(
                make.by(other), grant=grant.id, tier=wanted.id, reason="More."
            ),
        )
        assert winners(results) == 1


@pytest.mark.usefixtures("attempt")
class TestOneQuestion:
    def test_an_answer_and_the_date_that_passes(self) -> None:
        grant = make.grant()
        row = round_of(scope_of(grant), unanswered=UnansweredRule.SUSPEND)
        type(row).objects.filter(pk=row.pk).update(due_at=now())
        item, client = row.items.get(), make.client(grant.organization)
        race(
            lambda: recertifications.answer(
                make.by(client), item=item.id, needed=True, used_by="We."
            ),
            lambda: recertifications.lapse(make.by(SYSTEM, at=now()), recertification=row.id),
        )
        item = RecertificationItem.objects.get()
        suspended = grant.items.current().filter(standing="suspended").exists()
        assert item.needed is True
        assert suspended is (item.lapsed_at is not None)

    def test_two_answers(self) -> None:
        grant = make.grant()
        item = round_of(scope_of(grant)).items.get()
        client = make.client(grant.organization)
        results = race(
            *(
                lambda needed=needed: recertifications.answer(
                    make.by(client), item=item.id, needed=needed, used_by="We."
                )
                for needed in (True, False)
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"already_answered"}


@pytest.mark.usefixtures("attempt")
class TestTheRest:
    def test_two_workers_give_each_notice_once(self) -> None:
        grant = make.grant(None, make.tier(grant_days=90))
        at = make.end_of(grant.items.get()) - 7 * DAY
        given = race(*(lambda: notices.give(make.by(SYSTEM, at=at)) for _ in range(2)))
        assert sorted(given) == [0, 1]  # type: ignore[type-var]
        assert Notice.objects.count() == 1

    def test_two_attest_one_close_out(self) -> None:
        grant = make.grant()
        client = make.client(grant.organization)
        grants.surrender(make.by(client), grant=grant.id)
        results = race(
            *(
                lambda said=said: close_outs.attest(
                    make.by(client),
                    close_out=grant.close_out.id,
                    data_deleted=said,
                    access_returned=said,
                )
                for said in (True, False)
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"close_out_attested"}

    def test_a_close_out_is_attested_and_withdrawn_by_a_renewal(self) -> None:
        grant = bounded()
        lapse(grant)
        Grant.objects.update(issued_at=now() - 20 * DAY)
        grants.expire(make.by(SYSTEM), grant=grant.id)
        client, decider = make.client(grant.organization), make.staff(Role.DECIDER)
        results = race(
            lambda: close_outs.attest(
                make.by(client),
                close_out=grant.close_out.id,
                data_deleted=True,
                access_returned=True,
            ),
            lambda: successions.renew(make.by(decider), grant=grant.id, reason="Still needed."),
        )
        assert refusals(results) <= {"close_out_withdrawn"}
        row = CloseOut.objects.get()
        assert (row.attested_at is None) != (row.withdrawn_at is None)

    def test_a_member_is_suspended_and_withdrawn(self) -> None:
        intake, restrictor = make.staff(Role.INTAKE), make.staff(Role.RESTRICTOR)
        member = members.enroll(
            make.by(intake), organization=make.organization().id, reference="m-1"
        ).value
        race(
            lambda: members.suspend(make.by(restrictor), member=member.id, reason="?"),
            lambda: members.withdraw(make.by(intake), member=member.id),
        )
        absence = member.absences.current().get(valid__upper_inf=True)
        assert absence.kind == "withdrawn"
