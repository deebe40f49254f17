"""What follows a grant: renewals, another tier, the close-out."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils.timezone import now

from access.choices import (
    ConditionFinding,
    Finding,
    GrantEndKind,
    ProgramStatus,
    Reason,
    RequestStatus,
    RevocationReason,
)
from access.models import AccessRequest, CloseOut, Grant, GrantEnd, ProgressReport
from access.operations import (
    close_outs,
    conditions,
    grants,
    programs,
    requests,
    reviews,
    successions,
)
from access.operations.conditions import Requirement
from access.operations.eligibility import RequirementsUnmet
from access.operations.issuing import GrantEndless, GrantFollowed, GrantNotRenewable, _open_items
from access.operations.request_steps import TextMissing
from access.operations.requests import RequestAlreadyOpen
from access.operations.successions import Progress
from access.operations.terms import TermsNotAccepted
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import read_clock
from registry.errors import NotFound
from registry.models import AuditEvent
from registry.policies import RoleMissing
from tests import eligible, make
from tests.asking import ask
from tests.lifecycle import DAY, TICK, covered, scope_of

pytestmark = pytest.mark.django_db
REPORT = Progress("Forty findings told to those concerned.", "Triage.", "None.")


def bounded(days: int = 30, **more: object) -> Grant:
    """A grant in force with an end."""
    return make.grant(None, make.tier(grant_days=days), **more)


def end_of(grant: Grant) -> dt.datetime:
    return make.end_of(grant.items.current().get())


def renew(grant: Grant, **more: object) -> Grant:
    said = {"reason": "It goes well."} | more
    return successions.renew(make.by(make.staff(Role.DECIDER)), grant=grant.id, **said).value  # type: ignore[arg-type]


def supersede(grant: Grant, **more: object) -> Grant:
    """The grant moved to another tier of its program, for the same model."""
    wanted = make.tier(grant.program, grant.tier.ai_models.get())
    said = {"reason": "More is needed.", "tier": wanted.id} | more
    return successions.supersede(make.by(make.staff(Role.DECIDER)), grant=grant.id, **said).value  # type: ignore[arg-type]


def request_renewal(grant: Grant, **more: object) -> AccessRequest:
    said = {"progress": REPORT} | more
    return successions.request_renewal(
        make.by(make.client(grant.organization)),
        grant=grant.id,
        **said,  # type: ignore[arg-type]
    ).value


def approve(request: AccessRequest, **more: object) -> Grant:
    requests.take_up(make.by(make.staff(Role.REVIEWER)), request=request.id)
    reviews.assess(
        make.by(make.staff(Role.REVIEWER)),
        request=request.id,
        finding=Finding.SUPPORTS,
        reasons="Fine.",
    )
    reviews.approve(
        make.by(make.staff(Role.DECIDER)), request=request.id, ruling=make.ruling(**more)
    )
    return Grant.objects.get(request=request)


class TestRenew:
    def test_begins_where_the_old_one_ends_without_gap_or_overlap(self) -> None:
        grant = bounded()
        successor = renew(grant)
        end = end_of(grant)
        assert successor.items.get().valid.lower == end
        assert end_of(successor) == end + 30 * DAY
        before, after = ask(grant, as_of=end - TICK), ask(grant, as_of=end)
        assert (before.decision, before.grant) == (True, grant.id)
        assert (after.decision, after.grant) == (True, successor.id)

    def test_lengthens_the_old_one_not_at_all(self) -> None:
        grant = bounded()
        end = end_of(grant)
        renew(grant)
        assert end_of(grant) == end

    def test_gives_what_was_given_and_not_more(self) -> None:
        grant = bounded()
        grant.tier.ai_models.add(make.ai_model())
        successor = renew(grant)
        assert successor.items.count() == 1

    def test_once(self) -> None:
        grant = bounded()
        renew(grant)
        with pytest.raises(GrantFollowed):
            renew(grant)

    def test_one_that_has_lapsed_begins_now_and_leaves_its_gap(self) -> None:
        grant = make.imported_grant(days_ago=30, ended_days_ago=10)
        make.policy()
        grants.expire(make.by(SYSTEM), grant=grant.id)
        successor = renew(grant)
        assert make.start_of(successor.items.get()) > end_of(grant) + 9 * DAY
        assert not ask(grant, as_of=end_of(grant) + DAY).decision
        assert ask(grant).decision

    @pytest.mark.parametrize("act", ["revoke", "surrender", "suspend"])
    def test_what_ended_for_a_reason_or_is_suspended_is_not_renewed(self, act: str) -> None:
        grant = bounded()
        restrictor = make.by(make.staff(Role.RESTRICTOR, Role.INTAKE))
        if act == "revoke":
            grants.revoke(restrictor, grant=grant.id, reason=RevocationReason.MISUSE)
        elif act == "surrender":
            grants.surrender(restrictor, grant=grant.id)
        else:
            grants.suspend(restrictor, grant=grant.id, reason="?")
        with pytest.raises(GrantNotRenewable):
            renew(grant)

    def test_one_without_end_has_nothing_to_renew(self) -> None:
        with pytest.raises(GrantEndless):
            renew(make.grant())

    def test_needs_a_decider_and_a_reason(self) -> None:
        grant = bounded()
        with pytest.raises(RoleMissing):
            successions.renew(make.by(make.staff(Role.REVIEWER)), grant=grant.id, reason="Fine.")
        with pytest.raises(TextMissing):
            renew(grant, reason=" ")

    def test_where_two_must_sign_it_takes_a_request(self) -> None:
        make.policy("double", countersigned=True)
        request = make.assessed(None, make.tier(review_policy="double", grant_days=30))
        reviews.approve(
            make.by(make.staff(Role.DECIDER)), request=request.id, ruling=make.ruling()
        )
        reviews.countersign(make.by(make.staff(Role.COUNTERSIGNER)), request=request.id)
        with pytest.raises(successions.RenewalNeedsReview):
            renew(Grant.objects.get(request=request))

    def test_is_refused_with_the_missing_piece_while_a_requirement_is_unmet(self) -> None:
        grant, scheme = bounded(), eligible.scheme()
        eligible.required(grant.tier, eligible.asks("iso"))
        with pytest.raises(RequirementsUnmet) as refused:
            renew(grant)
        (missing,) = refused.value.values["requirements"]
        assert (missing["code"], missing["standing"]) == ("iso", "not_met")
        assert not hasattr(Grant.objects.get(pk=grant.pk), "successor")
        eligible.attested(grant.organization, scheme)
        needs = renew(grant).needs.order_by("valid")
        assert [need.standing for need in needs] == ["met", "not_met"]

    def test_a_program_that_has_ended_renews_nothing(self) -> None:
        grant = bounded()
        programs.change_status(
            make.by(make.staff(Role.ADMINISTRATOR)),
            program=grant.program_id,
            status=ProgramStatus.ENDED,
        )
        with pytest.raises(successions.ProgramIsOver):
            renew(grant)


class TestWhatARenewalTakesOver:
    def test_a_condition_unmet_stays_unmet(self) -> None:
        due_at = now() + 10 * DAY
        grant = bounded(conditions=(Requirement("mfa", "Keys.", due_at=due_at),))
        successor = renew(grant)
        answer = ask(grant, as_of=end_of(grant))
        assert (answer.grant, answer.reason) == (successor.id, Reason.CONDITION_UNMET)

    def test_a_condition_met_stays_met_and_its_campaign_asks_no_second_time(self) -> None:
        grant = bounded()
        campaign = covered(scope_of(grant))
        row = grant.conditions.get()
        conditions.hand_in(
            make.by(make.client(grant.organization)), condition=row.id, text="Keys."
        )
        conditions.review(
            make.by(make.staff(Role.REVIEWER)), condition=row.id, finding=ConditionFinding.MET
        )
        successor = renew(grant, ends_at=now() + 90 * DAY)
        carried = successor.conditions.get()
        assert (carried.campaign, carried.carried_from) == (campaign, row)
        assert ask(grant, as_of=campaign.due_at).decision

    @pytest.mark.parametrize("act", ["revoke", "surrender"])
    def test_what_ends_the_old_one_ends_the_renewal(self, act: str) -> None:
        grant = bounded()
        successor = renew(grant)
        end = end_of(grant)
        if act == "revoke":
            grants.revoke(
                make.by(make.staff(Role.RESTRICTOR)),
                grant=grant.id,
                reason=RevocationReason.MISUSE,
            )
        else:
            grants.surrender(make.by(make.client(grant.organization)), grant=grant.id)
        assert not ask(grant, as_of=end + DAY).decision
        assert GrantEnd.objects.filter(grant=successor).exists()

    def test_a_suspension_reaches_it_and_its_end_too(self) -> None:
        grant = bounded()
        renew(grant)
        later, restrictor = end_of(grant) + DAY, make.by(make.staff(Role.RESTRICTOR))
        grants.suspend(restrictor, grant=grant.id, reason="?")
        assert ask(grant, as_of=later).reason == Reason.GRANT_SUSPENDED
        grants.reinstate(restrictor, grant=grant.id, reason="!")
        assert ask(grant, as_of=later).decision


class TestRequestRenewal:
    def test_is_a_request_with_its_report_handed_in(self) -> None:
        grant = bounded()
        request = request_renewal(grant)
        assert (request.status, request.renews) == (RequestStatus.SUBMITTED, grant)
        report = ProgressReport.objects.get(request=request)
        assert (report.text, report.use, report.incidents) == (
            REPORT.text,
            REPORT.use,
            REPORT.incidents,
        )

    def test_goes_through_review_and_its_grant_follows_the_old_one(self) -> None:
        grant = bounded()
        successor = approve(request_renewal(grant))
        assert successor.renews == grant
        assert successor.items.get().valid.lower == end_of(grant)

    def test_a_request_for_the_same_is_open_already(self) -> None:
        grant = bounded()
        request_renewal(grant)
        with pytest.raises(RequestAlreadyOpen):
            request_renewal(grant)

    def test_accepts_the_terms_that_bind_now(self) -> None:
        grant = bounded()
        make.terms(grant.program)
        with pytest.raises(TermsNotAccepted):
            request_renewal(grant)
        assert request_renewal(grant, accepts_terms=1).terms.number == 1  # type: ignore[union-attr]

    def test_a_program_closed_to_new_requests_still_renews(self) -> None:
        grant = bounded()
        programs.change_status(
            make.by(make.staff(Role.ADMINISTRATOR)),
            program=grant.program_id,
            status=ProgramStatus.CLOSED,
        )
        assert request_renewal(grant).status == RequestStatus.SUBMITTED

    def test_not_for_another_organization(self) -> None:
        grant = bounded()
        with pytest.raises(NotFound):
            successions.request_renewal(
                make.by(make.client(make.organization())), grant=grant.id, progress=REPORT
            )

    def test_needs_a_report(self) -> None:
        with pytest.raises(TextMissing):
            request_renewal(bounded(), progress=Progress(" "))

    def test_what_was_renewed_meanwhile_is_not_approved_again(self) -> None:
        grant = bounded()
        request = request_renewal(grant)
        renew(grant)
        with pytest.raises(GrantFollowed):
            approve(request)


class TestExpireOfARenewedGrant:
    def renewed_long_ago(self) -> tuple[Grant, Grant]:
        """A grant that ended ten days ago, and its successor that took over in that moment."""
        grant = make.imported_grant(days_ago=30, ended_days_ago=10)
        successor = Grant.objects.create(
            organization=grant.organization,
            program=grant.program,
            tier=grant.tier,
            purpose=grant.purpose,
            origin="decided",
            renews=grant,
            issued_by="user:decider",
            issued_at=grant.issued_at,
            changed_at=grant.changed_at,
        )
        with transaction.atomic():
            recorded = read_clock(make.by(SYSTEM)).recorded
            _open_items(successor, starts_at=end_of(grant), ends_at=None, recorded=recorded)
        return grant, successor

    def test_ends_as_superseded_at_the_end_itself(self) -> None:
        grant, successor = self.renewed_long_ago()
        grants.expire(make.by(SYSTEM), grant=grant.id)
        end = GrantEnd.objects.get(grant=grant)
        assert (end.kind, end.ended_at) == (GrantEndKind.SUPERSEDED, end_of(grant))
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.details["successor"]) == ("grant.superseded", str(successor.id))
        assert ask(grant, as_of=end.ended_at).grant == successor.id

    def test_asks_for_no_close_out(self) -> None:
        grant, _successor = self.renewed_long_ago()
        grants.expire(make.by(SYSTEM), grant=grant.id)
        assert not CloseOut.objects.exists()


class TestSupersede:
    def test_one_ends_and_the_other_begins_in_the_same_moment(self) -> None:
        grant = bounded()
        successor = supersede(grant)
        end = GrantEnd.objects.get(grant=grant)
        assert end.kind == GrantEndKind.SUPERSEDED
        assert successor.items.get().valid.lower == end.ended_at
        assert ask(grant, as_of=end.ended_at - TICK).grant == grant.id
        assert ask(grant, as_of=end.ended_at).grant == successor.id

    def test_lengthens_nothing(self) -> None:
        grant = bounded()
        end = end_of(grant)
        assert end_of(supersede(grant)) == end

    def test_asks_for_no_close_out(self) -> None:
        supersede(bounded())
        assert not CloseOut.objects.exists()

    def test_takes_conditions_over(self) -> None:
        grant = bounded(conditions=(Requirement("mfa", "Keys."),))
        supersede(grant)
        assert ask(grant).reason == Reason.CONDITION_UNMET

    def test_not_into_its_own_tier_and_not_into_another_programs(self) -> None:
        grant = bounded()
        with pytest.raises(successions.SameTier):
            supersede(grant, tier=grant.tier_id)
        with pytest.raises(NotFound):
            supersede(grant, tier=make.tier().id)

    def test_what_is_suspended_stays_so(self) -> None:
        grant = bounded()
        grants.suspend(make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason="?")
        with pytest.raises(GrantNotRenewable):
            supersede(grant)

    def test_not_past_a_renewal_that_waits(self) -> None:
        grant = bounded()
        renew(grant)
        with pytest.raises(GrantFollowed):
            supersede(grant)


class TestCloseOut:
    def ended(self) -> CloseOut:
        grant = bounded()
        grants.surrender(make.by(make.client(grant.organization)), grant=grant.id)
        return CloseOut.objects.get(grant=grant)

    def test_is_asked_for_with_the_end(self) -> None:
        row = self.ended()
        assert row.due_at - row.asked_at == close_outs.PERIOD
        assert row.attested_at is None

    def test_the_holder_attests_once(self) -> None:
        row = self.ended()
        client = make.client(row.grant.organization)
        said = {"data_deleted": True, "access_returned": False, "evidence": "Log of 3 July."}
        found = close_outs.attest(make.by(client), close_out=row.id, **said).value  # type: ignore[arg-type]
        assert (found.data_deleted, found.access_returned) == (True, False)
        assert found.attested_by == client.key
        with pytest.raises(close_outs.CloseOutAttested):
            close_outs.attest(make.by(client), close_out=row.id, **said)  # type: ignore[arg-type]

    def test_not_another_organization(self) -> None:
        with pytest.raises(NotFound):
            close_outs.attest(
                make.by(make.client(make.organization())),
                close_out=self.ended().id,
                data_deleted=True,
                access_returned=True,
            )

    def test_staff_need_intake(self) -> None:
        with pytest.raises(RoleMissing):
            close_outs.attest(
                make.by(make.staff(Role.DECIDER)),
                close_out=self.ended().id,
                data_deleted=True,
                access_returned=True,
            )

    def test_what_was_over_before_it_was_known_is_not_asked(self) -> None:
        grant = make.imported_grant(days_ago=30, ended_days_ago=10)
        grants.expire(make.by(SYSTEM), grant=grant.id)
        assert not CloseOut.objects.exists()
