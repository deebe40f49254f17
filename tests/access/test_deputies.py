"""Deputies: named with dates, acting where their person may, and one pair of eyes with them."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from access.choices import Finding, RequestStatus, StageState
from access.models import AccessRequest, Deputation
from access.operations import claims, deputations, recusals, reviews
from access.policies import OwnDecision
from access.queries.reviewers import NotInTeam, NotTheirDeputy
from access.queries.stages import find_progress
from notifications.queries.audiences import find_recipients
from notifications.queries.letters import write_letter
from registry.actors import Actor
from registry.choices import Role
from registry.models import AuditEvent
from registry.policies import RoleMissing
from tests import make, stages
from tests.access.test_stage_alarms import announce
from tests.deputies import on_record, stand_in
from tests.people import declare, person_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TEAMED = stages.document(
    stages.stage(
        "security",
        who={"roles": ["reviewer"], "team": "security"},
        deadline={"working_days": 2, "calendar": "us", "crossing": "deputy"},
    ),
    stages.stage("decision", "decision", after=["security"]),
    stages.stage("countersignature", "countersignature", after=["decision"]),
)


def member(team: str, *roles: Role) -> Actor:
    """Somebody in the team whose roles are on record."""
    person = stages.member(team, *roles)
    for role in roles:
        person_of(person).role_holdings.create(role=role, given_by="x", given_at=make.MORNING)
    return person


def teamed() -> tuple[AccessRequest, Actor, Actor]:
    """A request of which one stage asks for a team; who is in it, and a reviewer who is not."""
    row = stages.in_review(TEAMED)
    return row, member("security", Role.REVIEWER), on_record(Role.REVIEWER)


class TestNaming:
    def test_everybody_names_their_own_and_an_administrator_anybodys(self) -> None:
        one, other = on_record(Role.REVIEWER), on_record(Role.REVIEWER)
        row = stand_in(other, one)
        event = AuditEvent.objects.get(name="deputation.named")
        assert [to.address for to in find_recipients(event)] == [person_of(other).email]
        assert person_of(other).display_name in write_letter(event, to=None).text
        assert row.named_by == one.key
        with pytest.raises(deputations.DeputyNamed):
            stand_in(on_record(Role.REVIEWER), one)
        with pytest.raises(RoleMissing):
            stand_in(other, other, person=person_of(one).username)
        chief = on_record(Role.ADMINISTRATOR, Role.REVIEWER)
        assert stand_in(one, chief, person=person_of(other).username).person_id == other.id

    @pytest.mark.parametrize(
        ("first", "second", "fits"),
        [
            ({"stage": "security"}, {"stage": "decision"}, True),
            ({"stage": "security"}, {"stage": "security"}, False),
            ({"stage": "security"}, {}, False),
            ({"program": True}, {"stage": "decision"}, False),
        ],
    )
    def test_nobody_has_two_deputies_for_the_same(
        self, first: dict[str, object], second: dict[str, object], *, fits: bool
    ) -> None:
        stages.policy(TEAMED)
        one, others = on_record(Role.REVIEWER), [on_record(Role.REVIEWER) for _ in range(2)]
        if first.get("program"):
            first = {"program": make.program().id}
        stand_in(others[0], one, **first)
        if fits:
            stand_in(others[1], one, **second)
        else:
            with pytest.raises(deputations.DeputyNamed):
                stand_in(others[1], one, **second)

    def test_one_after_the_other_and_another_once_revoked(self) -> None:
        one, other = on_record(Role.REVIEWER), on_record(Role.REVIEWER)
        row = stand_in(other, one)
        stand_in(other, one, since=row.ends_at, until=row.ends_at + DAY)
        deputations.revoke(make.by(other), deputation=row.id)
        stand_in(on_record(Role.REVIEWER), one, until=row.ends_at)
        with pytest.raises(deputations.DeputationOver):
            deputations.revoke(make.by(one), deputation=row.id)
        with pytest.raises(deputations.NotYourDeputation):
            deputations.revoke(
                make.by(on_record(Role.DECIDER)),
                deputation=Deputation.objects.first().id,  # type: ignore[union-attr]
            )

    def test_a_deputy_shares_a_role_and_is_somebody_else(self) -> None:
        one = on_record(Role.REVIEWER)
        with pytest.raises(deputations.DeputyWithoutRole):
            stand_in(on_record(Role.DECIDER), one)
        with pytest.raises(deputations.OwnDeputy):
            stand_in(one, one)
        with pytest.raises(deputations.DeputationDates):
            stand_in(on_record(Role.REVIEWER), one, until=make.MORNING)


class TestActing:
    def test_where_the_person_may_and_the_act_says_for_whom(self) -> None:
        row, one, other = teamed()
        with pytest.raises(NotInTeam):
            stages.find(row, "security", by=other)
        stand_in(other, one)
        stages.find(row, "security", by=other)
        finding = row.assessments.get()
        assert (finding.assessed_by, finding.acted_for) == (other.key, one.key)
        assert AuditEvent.objects.filter(details__acted_for=one.key).count() == 1
        assert find_progress(row, at=make.MORNING)[0].state is StageState.COMPLETE

    @pytest.mark.parametrize("how", ["revoked", "over", "other_stage", "role_lost", "left"])
    def test_not_when_it_does_not_hold(self, how: str) -> None:
        row, one, other = teamed()
        deputation = stand_in(other, one, stage="decision" if how == "other_stage" else "")
        if how == "revoked":
            deputations.revoke(make.by(one), deputation=deputation.id)
        if how == "over":
            deputations.revoke(make.by(one), deputation=deputation.id)
            Deputation.objects.create(
                person=person_of(one),
                deputy=person_of(other),
                starts_at=make.MORNING,
                ends_at=make.MORNING + DAY,
                named_by=one.key,
                named_at=make.MORNING,
                changed_at=make.MORNING,
            )
        if how == "role_lost":
            person_of(one).role_holdings.update(taken_at=make.MORNING, taken_by="x")
        if how == "left":
            one_row = person_of(one)
            one_row.is_active = False
            one_row.save()
        with pytest.raises(NotInTeam):
            stages.find(row, "security", by=other)

    def test_what_keeps_the_person_from_it_keeps_the_deputy_from_it(self) -> None:
        row, one, other = teamed()
        stand_in(other, one)
        declare(one, row.organization)
        with pytest.raises(NotInTeam):
            stages.find(row, "security", by=other)
        with pytest.raises(NotTheirDeputy):
            reviews.assess(
                make.by(other),
                request=row.id,
                finding=Finding.SUPPORTS,
                reasons="Seen.",
                stage="security",
                acting_for=person_of(one).username,
            )

    def test_a_place_speaks_once_and_whoever_it_is_before_the_deputy(self) -> None:
        said = stages.document(
            stages.stage("panel", strategy="all_must"),
            stages.stage("decision", "decision", after=["panel"]),
        )
        row = stages.in_review(said)
        one, other = on_record(Role.REVIEWER), on_record(Role.REVIEWER)
        stand_in(other, one)
        username = person_of(one).username
        for finding, acting_for, state in (
            (Finding.SUPPORTS, None, StageState.OPEN),
            (Finding.SUPPORTS, username, StageState.COMPLETE),
        ):
            reviews.assess(
                make.by(other),
                request=row.id,
                finding=finding,
                reasons="Seen.",
                acting_for=acting_for,
            )
            assert find_progress(row, at=make.MORNING)[0].state is state
        stages.find(row, "panel", by=one)
        (panel, _decision) = find_progress(row, at=make.MORNING)
        assert (panel.state, panel.missing) == (StageState.OPEN, (other.key,))

    def test_whoever_stands_in_for_the_holder_hands_over(self) -> None:
        row = stages.in_review(TEAMED)
        holder = row.claims.get().person
        holder.role_holdings.create(role=Role.REVIEWER, given_by="x", given_at=make.MORNING)
        other = on_record(Role.REVIEWER)
        with pytest.raises(claims.NotYourClaim):
            claims.hand_over(make.by(other), request=row.id, to=person_of(other).username)
        stand_in(other, holder.as_actor())
        event = AuditEvent.objects.filter(name="access_request.taken_up").get()
        event.name = "access_request.commented"
        assert person_of(other).email in [to.address for to in find_recipients(event)]
        claims.hand_over(make.by(other), request=row.id, to=person_of(other).username)


class TestFourEyes:
    def test_a_deputy_of_the_decider_does_not_countersign(self) -> None:
        row, one, _other = teamed()
        stages.find(row, "security", by=one)
        decider, signer = on_record(Role.DECIDER), on_record(Role.DECIDER, Role.COUNTERSIGNER)
        reviews.approve(make.by(decider), request=row.id, ruling=make.ruling())
        named = stand_in(signer, decider)
        with pytest.raises(OwnDecision):
            reviews.countersign(make.by(signer), request=row.id)
        deputations.revoke(make.by(decider), deputation=named.id)
        assert (
            reviews.countersign(make.by(signer), request=row.id).value.status
            == RequestStatus.APPROVED
        )

    def test_whose_deputy_assessed_does_not_decide(self) -> None:
        row, one = stages.in_review(TEAMED), member("security", Role.REVIEWER, Role.DECIDER)
        other = on_record(Role.REVIEWER)
        stand_in(other, one)
        stages.find(row, "security", by=other)
        with pytest.raises(OwnDecision):
            reviews.approve(make.by(one), request=row.id, ruling=make.ruling())

    def test_the_database_counts_them_as_one_pair_too(self) -> None:
        row, one, _other = teamed()
        stages.find(row, "security", by=one)
        decider = on_record(Role.DECIDER)
        reviews.approve(make.by(decider), request=row.id, ruling=make.ruling())
        with pytest.raises(IntegrityError, match="one_pair_of_eyes"), transaction.atomic():
            row.decisions.update(
                countersigned_by="user:x",
                countersigned_for=decider.key,
                countersigned_at=make.MORNING,
            )

    def test_a_recusal_silences_the_deputy_too(self) -> None:
        row, one, other = teamed()
        stand_in(other, one)
        stages.find(row, "security", by=other)
        recusals.recuse(make.by(one), request=row.id, reason="A friend.")
        assert find_progress(row, at=make.MORNING)[0].state is StageState.OPEN


class TestCrossing:
    def test_hands_the_stage_to_the_deputy(self) -> None:
        row, one, other = teamed()
        decider = on_record(Role.DECIDER)
        stand_in(other, one)
        (event,) = announce(make.MORNING + 60 * DAY)
        told = {to.address for to in find_recipients(event)}
        assert told == {person_of(one).email, person_of(other).email}
        assert person_of(other).display_name in write_letter(event, to=None).text
        assert row.stage_runs.get().announcements.get().handed_to == [other.key]
        assert person_of(decider).email not in told

    def test_without_a_deputy_those_who_decide_are_told(self) -> None:
        _row, one, _other = teamed()
        decider = on_record(Role.DECIDER)
        (event,) = announce(make.MORNING + 60 * DAY)
        told = {to.address for to in find_recipients(event)}
        assert told == {person_of(one).email, person_of(decider).email}
        assert "have no deputy" in write_letter(event, to=None).text
