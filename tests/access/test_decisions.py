"""Decisions that take the place of others, and when somebody who was declined may ask again."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from access.choices import Outcome, ReapplyRule, RequestStatus
from access.models import AccessRequest, Grant, GrantEnd, RequestDecision
from access.operations import reconsiderations, requests, review_policies, reviews, supersessions
from access.operations.reapplying import ReapplyBarred, ReapplyBarredUntil
from access.operations.request_steps import TextMissing
from access.policies import OwnDecision
from access.workflow import StepNotOpen
from notifications.queries.letters import write_letter
from registry.choices import Role
from registry.models import AuditEvent, Organization
from tests import make

pytestmark = pytest.mark.django_db
WORDS = {"applicant_text": "We were wrong.", "internal_text": "The evidence was forged."}
DAY = dt.timedelta(days=1)


def policy_with(reapply: dict[str, object]) -> dict[str, object]:
    """A policy of the second shape that says when one may ask again."""
    assessment = {"key": "look", "kind": "assessment", "title": "Look", "threshold": 1}
    decision = {"key": "decide", "kind": "decision", "title": "Decide", "after": ["look"]}
    one = {"strategy": "n_of_m"}
    return {
        "version": 2,
        "title": "Standard",
        "four_eyes": True,
        "stages": [
            assessment | one | {"who": {"roles": ["reviewer"]}},
            decision | {"who": {"roles": ["decider"]}},
        ],
        "reapply": reapply,
    }


def declined_under(reapply: dict[str, object]) -> AccessRequest:
    """A request declined under a policy with this rule."""
    tier = make.tier()
    document = policy_with(reapply)
    proposed = review_policies.propose(
        make.by(make.staff(Role.ADMINISTRATOR)), slug="standard", document=document
    ).value
    review_policies.enact(make.by(make.staff(Role.ADMINISTRATOR)), policy=proposed.id)
    row = make.assessed(None, tier)
    return reviews.decline(
        make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling(**WORDS)
    ).value


def ask_again(of: AccessRequest, *, after: dt.timedelta, purpose: str = "use") -> AccessRequest:
    intake = make.staff(Role.INTAKE)
    organization = Organization.objects.get(pk=of.organization_id)
    row = make.draft(organization, of.tier, purpose=purpose)
    return requests.submit(make.by(intake, at=make.MORNING + after), request=row.id).value


class TestAskingAgain:
    def test_is_refused_before_the_date_that_was_told(self) -> None:
        row = declined_under({"rule": "after_days", "days": 90})
        decision = row.decisions.get()
        assert decision.reapply_at == decision.decided_at + 90 * DAY
        with pytest.raises(ReapplyBarredUntil) as refused:
            ask_again(row, after=89 * DAY)
        assert decision.reapply_at is not None
        assert refused.value.values["until"] == decision.reapply_at.isoformat()

    def test_is_open_from_the_date_on_and_for_another_purpose_before(self) -> None:
        row = declined_under({"rule": "after_days", "days": 90})
        assert ask_again(row, after=DAY, purpose="research").status == RequestStatus.SUBMITTED
        assert ask_again(row, after=91 * DAY).status == RequestStatus.SUBMITTED

    def test_is_barred_where_the_policy_says_so(self) -> None:
        with pytest.raises(ReapplyBarred):
            ask_again(declined_under({"rule": "barred"}), after=900 * DAY)

    def test_is_told_in_the_mail(self) -> None:
        row = declined_under({"rule": "after_days", "days": 90})
        event = AuditEvent.objects.get(name="access_request.declined")
        told = write_letter(event, to=row.organization_id)
        assert "You may submit a new request from 29 September 2026" in told.text

    def test_is_always_open_under_the_first_shape(self) -> None:
        row = make.declined()
        assert row.decisions.get().reapply_rule == ReapplyRule.ANYTIME
        assert ask_again(row, after=DAY).status == RequestStatus.SUBMITTED


class TestSupersede:
    def test_an_approval_ends_its_grant_and_stays_as_it_was(self) -> None:
        grant = make.grant()
        row = grant.request
        assert row is not None
        supersessions.supersede(
            make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling(**WORDS)
        )
        row.refresh_from_db()
        first, second = row.decisions.order_by("number")
        assert row.status == RequestStatus.DECLINED
        assert (first.outcome, second.outcome) == (Outcome.APPROVED, Outcome.DECLINED)
        assert second.supersedes == first
        assert GrantEnd.objects.get(grant=grant).reason == "decision_superseded"
        event = AuditEvent.objects.get(name="access_request.decision_superseded")
        assert "forged" not in write_letter(event, to=row.organization_id).text

    def test_is_not_for_who_decided_or_assessed(self) -> None:
        row = make.declined()
        for key in (row.decisions.get().decided_by, row.assessments.get().assessed_by):
            with pytest.raises(OwnDecision):
                supersessions.supersede(
                    make.by(make.same(key, Role.DECIDER)),
                    request=row.id,
                    ruling=make.ruling(**WORDS),
                )

    def test_asks_for_reasons_and_for_a_decision(self) -> None:
        decider = make.staff(Role.DECIDER)
        with pytest.raises(TextMissing):
            supersessions.supersede(
                make.by(decider), request=make.declined().id, ruling=make.ruling()
            )
        with pytest.raises(StepNotOpen):
            supersessions.supersede(
                make.by(decider), request=make.assessed().id, ruling=make.ruling(**WORDS)
            )

    def test_what_was_told_of_asking_again_stands(self) -> None:
        row = declined_under({"rule": "after_days", "days": 90})
        first = row.decisions.get()
        supersessions.supersede(
            make.by(make.staff(Role.DECIDER), at=make.MORNING + 30 * DAY),
            request=row.id,
            ruling=make.ruling(**WORDS),
        )
        assert row.decisions.get(supersedes=first).reapply_at == first.reapply_at

    def test_what_was_given_and_taken_away_takes_a_new_request(self) -> None:
        row = make.grant().request
        assert row is not None
        supersessions.supersede(
            make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling(**WORDS)
        )
        with pytest.raises(reviews.AccessWasGiven):
            reconsiderations.reconsider(
                make.by(make.staff(Role.DECIDER)), request=row.id, reason="Anew."
            )


class TestReconsidered:
    def test_another_person_decides_and_the_earlier_decision_is_superseded(self) -> None:
        row = make.declined()
        first = row.decisions.get()
        reconsiderations.reconsider(
            make.by(make.staff(Role.DECIDER)), request=row.id, reason="Anew."
        )
        with pytest.raises(OwnDecision):
            reviews.approve(
                make.by(make.same(first.decided_by, Role.DECIDER)),
                request=row.id,
                ruling=make.ruling(),
            )
        reviews.approve(make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling())
        assert row.decisions.get(number=2).supersedes == first
        assert Grant.objects.filter(request=row).exists()

    def test_the_database_asks_for_another_person_too(self) -> None:
        decision = make.declined().decisions.get()
        with (
            pytest.raises(IntegrityError, match="decision_supersedes_anothers"),
            transaction.atomic(),
        ):
            RequestDecision.objects.filter(pk=decision.pk).update(
                decided_before_by=decision.decided_by
            )
