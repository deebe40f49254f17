"""A review in stages: which is open, who may act in it, and what must come before a decision."""

import datetime as dt

import pytest

from access.choices import Finding, RequestStatus, StageEnd, StageState
from access.events import Event
from access.models import AccessRequest, Grant, StageRun
from access.operations import disputes, requests, reviews, teams
from access.operations.findings import StageNotNamed, StageNotOpen
from access.operations.rulings import StagesIncomplete
from access.policies import OwnDecision
from access.queries.reviewers import NotInTeam
from access.queries.stages import find_progress
from access.workflow import StepNotOpen
from registry.choices import JurisdictionKind, JurisdictionRole, Role
from registry.errors import NotFound
from registry.models import AuditEvent
from registry.operations import jurisdictions
from registry.policies import RoleMissing
from tests import make, stages

pytestmark = pytest.mark.django_db
OP, W, C, N, B = (
    StageState.OPEN,
    StageState.WAITING,
    StageState.COMPLETE,
    StageState.NOT_APPLICABLE,
    StageState.BLOCKED,
)


def states(row: AccessRequest) -> list[StageState]:
    row = AccessRequest.objects.get(pk=row.pk)
    return [said.state for said in find_progress(row, at=dt.datetime.now(dt.UTC))]


def running(row: AccessRequest) -> set[str]:
    open_runs = row.stage_runs.filter(closed_at__isnull=True)
    return set(open_runs.values_list("stage", flat=True))


def approve(row: AccessRequest) -> AccessRequest:
    return reviews.approve(
        make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
    ).value


class TestOrder:
    def test_stages_open_when_what_comes_before_is_complete(self) -> None:
        row = stages.in_review()
        assert (states(row), running(row)) == ([OP, W, W, W, W], {"screening"})
        stages.find(row, "screening")
        assert (states(row), running(row)) == ([C, OP, OP, W, W], {"security", "purpose"})
        stages.find(row, "security")
        stages.find(row, "purpose")
        assert (states(row), running(row)) == ([C, C, OP, W, W], {"purpose"})
        stages.find(row, "purpose")
        assert (states(row), running(row)) == ([C, C, C, OP, W], {"decision"})
        row = approve(row)
        assert (states(row), running(row)) == ([C, C, C, C, OP], {"countersignature"})
        reviews.countersign(make.by(make.staff(Role.COUNTERSIGNER)), request=row.id)
        assert (states(row), running(row)) == ([C] * 5, set())
        assert Grant.objects.get().request == row
        assert set(row.stage_runs.values_list("closed_as", flat=True)) == {StageEnd.COMPLETE}

    def test_nothing_is_open_before_it_is_taken_up(self) -> None:
        stages.policy()
        row = make.submitted(None, make.tier(review_policy="staged"))
        assert (states(row), running(row)) == ([W] * 5, set())

    def test_a_stage_that_waits_takes_no_finding(self) -> None:
        row = stages.in_review()
        with pytest.raises(StageNotOpen):
            stages.find(row, "purpose")
        with pytest.raises(NotFound):
            stages.find(row, "decision")

    def test_where_several_are_open_one_must_be_named(self) -> None:
        row = stages.in_review()
        stages.find(row, "screening")
        with pytest.raises(StageNotNamed, match="security, purpose"):
            reviews.assess(
                make.by(make.staff(Role.REVIEWER)),
                request=row.id,
                finding=Finding.SUPPORTS,
                reasons="Seen.",
            )

    def test_no_decision_before_its_stages(self) -> None:
        row = stages.in_review()
        stages.find(row, "screening")
        with pytest.raises(StagesIncomplete, match="security, purpose"):
            approve(row)
        with pytest.raises(StagesIncomplete):
            reviews.decline(
                make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
            )
        row.refresh_from_db()
        assert row.status == RequestStatus.IN_REVIEW
        assert not row.decisions.exists()

    def test_withdrawing_closes_what_is_open(self) -> None:
        row = stages.in_review()
        requests.withdraw(make.by(make.staff(Role.INTAKE)), request=row.id)
        assert states(row) == [N] * 5
        assert StageRun.objects.get().closed_as == StageEnd.CLOSED

    def test_a_policy_of_the_first_shape_has_stages_too(self) -> None:
        row = make.in_review()
        assert (states(row), running(row)) == ([OP, W], {"assessment"})


class TestObjections:
    def test_one_that_blocks_makes_the_request_disputed_in_the_same_act(self) -> None:
        row = stages.in_review()
        stages.find(row, "screening")
        row = stages.find(row, "security", finding=Finding.OPPOSES)
        assert row.status == RequestStatus.DISPUTED
        assert states(row)[1] is B
        assert AuditEvent.objects.get(name=Event.REQUEST_ESCALATED).details == {
            "stages": ["security"]
        }
        with pytest.raises(StagesIncomplete):
            approve(row)

    def test_set_aside_by_somebody_the_review_goes_on_and_another_decides(self) -> None:
        row = stages.in_review()
        stages.find(row, "screening")
        row = stages.find(row, "security", finding=Finding.OPPOSES)
        resolver = make.staff(Role.DECIDER)
        disputes.resolve(make.by(resolver), request=row.id, reasons="Met.", overrules=True)
        stages.find(row, "purpose")
        row = stages.find(row, "purpose")
        assert states(row) == [C, C, C, OP, W]
        with pytest.raises(OwnDecision):
            reviews.approve(make.by(resolver), request=row.id, ruling=make.ruling())
        approve(row)

    def test_left_standing_only_a_refusal_is_left(self) -> None:
        row = stages.in_review()
        stages.find(row, "screening")
        row = stages.find(row, "security", finding=Finding.OPPOSES)
        decider = make.staff(Role.DECIDER)
        row = disputes.resolve(
            make.by(decider), request=row.id, reasons="It is right.", overrules=False
        ).value
        assert row.status == RequestStatus.IN_REVIEW
        with pytest.raises(StagesIncomplete):
            approve(row)
        declined = reviews.decline(make.by(decider), request=row.id, ruling=make.ruling()).value
        assert declined.status == RequestStatus.DECLINED
        assert states(row) == [C, N, N, C, N]

    def test_a_new_objection_after_a_resolution_blocks_again(self) -> None:
        row = stages.in_review()
        stages.find(row, "screening")
        stages.find(row, "security", finding=Finding.OPPOSES)
        disputes.resolve(
            make.by(make.staff(Role.DECIDER)), request=row.id, reasons="Met.", overrules=True
        )
        row = stages.find(row, "security", finding=Finding.OPPOSES)
        assert row.status == RequestStatus.DISPUTED

    def test_who_objected_does_not_resolve_it(self) -> None:
        row, both = stages.in_review(), make.staff(Role.REVIEWER, Role.DECIDER)
        stages.find(row, "screening")
        stages.find(row, "security", finding=Finding.OPPOSES, by=both)
        with pytest.raises(OwnDecision):
            disputes.resolve(make.by(both), request=row.id, reasons="No.", overrules=True)

    def test_only_a_dispute_is_resolved(self) -> None:
        with pytest.raises(StepNotOpen):
            disputes.resolve(
                make.by(make.staff(Role.DECIDER)),
                request=stages.in_review().id,
                reasons="?",
                overrules=True,
            )


class TestWho:
    def test_a_team_is_asked_for_and_membership_is_dated(self) -> None:
        row = stages.in_review(
            stages.document(
                stages.stage("security", who={"roles": ["reviewer"], "team": "security"}),
                stages.stage("decision", "decision", after=["security"]),
            )
        )
        with pytest.raises(NotInTeam, match="security"):
            stages.find(row, "security")
        person = stages.member("security", Role.REVIEWER)
        stages.find(row, "security", by=person)
        team = person.id and AuditEvent.objects.get(name=Event.TEAM_JOINED).subject_id
        assert team is not None
        assert person.id is not None
        teams.leave(make.by(make.staff(Role.ADMINISTRATOR)), team=team, user=person.id)
        with pytest.raises(NotInTeam):
            stages.find(row, "security", by=person)

    def test_an_attribute_is_asked_for(self) -> None:
        who = {"roles": ["reviewer"], "attributes": {"language": "de"}}
        row = stages.in_review(
            stages.document(
                stages.stage("reading", who=who),
                stages.stage("decision", "decision", after=["reading"]),
            )
        )
        reader = make.staff(Role.REVIEWER)
        with pytest.raises(NotInTeam, match="language: de"):
            stages.find(row, "reading", by=reader)
        assert reader.id is not None
        given = teams.give_attribute(
            make.by(make.staff(Role.ADMINISTRATOR)), user=reader.id, name="language", value="de"
        ).value
        stages.find(row, "reading", by=reader)
        teams.take_attribute(make.by(make.staff(Role.ADMINISTRATOR)), attribute=given.id)
        with pytest.raises(NotInTeam):
            stages.find(row, "reading", by=reader)

    def test_where_nobody_may_those_who_decide_stand_in_if_the_policy_says_so(self) -> None:
        row = stages.in_review(
            stages.document(
                stages.stage("law", who={"roles": ["authority_desk"]}, nobody="decider"),
                stages.stage("decision", "decision", after=["law"]),
            )
        )
        decider = make.staff(Role.DECIDER)
        with pytest.raises(RoleMissing):
            stages.find(row, "law", by=decider)  # a role of this test, which nobody was given
        # Only roles on record make somebody eligible.
        person = make.user()
        person.role_holdings.create(role=Role.DECIDER, given_by="x", given_at=make.MORNING)
        stages.find(row, "law", by=person.as_actor())
        assert states(row) == [C, OP]

    def test_all_must_waits_for_everybody_and_passes_for_nobody(self) -> None:
        people = [make.user() for _ in range(2)]
        for person in people:
            person.role_holdings.create(role=Role.REVIEWER, given_by="x", given_at=make.MORNING)
        row = stages.in_review(
            stages.document(
                stages.stage("all", strategy="all_must"),
                stages.stage("decision", "decision", after=["all"]),
            )
        )
        stages.find(row, "all", by=people[0].as_actor())
        assert states(row) == [OP, W]
        stages.find(row, "all", by=people[1].as_actor())
        assert states(row) == [C, OP]


class TestConditions:
    @pytest.mark.parametrize(
        ("place", "state"), [("us", N), ("kp", OP), (None, OP)], ids=["false", "true", "unknown"]
    )
    def test_a_stage_applies_where_its_condition_holds_or_cannot_be_decided(
        self, place: str | None, state: StageState
    ) -> None:
        applicant = make.organization()
        if place is not None:
            intake = make.by(make.staff(Role.INTAKE))
            jurisdictions.register(intake, slug=place, name=place, kind=JurisdictionKind.STATE)
            applicant = make.organization(
                jurisdictions=((place, JurisdictionRole.PROCESSING_SITE),)
            )
        stages.policy(
            stages.document(
                stages.stage("export", when="'kp' in request.jurisdictions"),
                stages.stage("decision", "decision", after=["export"]),
            )
        )
        row = make.in_review(applicant, make.tier(review_policy="staged"))
        assert states(row)[0] is state
