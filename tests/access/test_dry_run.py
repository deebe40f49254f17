"""What a proposed edition would have decided differently, and that saying so changes nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import AccessRequest, ReviewPolicy
from access.operations import reviews
from access.queries.dry_run import dry_run, list_decided
from access.stages.dry_run import Difference, Verdict
from registry.choices import Role
from registry.models import AuditEvent, User
from tests import make, stages

pytestmark = pytest.mark.django_db
SHORT = (stages.stage("assessment"), stages.stage("decision", "decision", after=["assessment"]))


def on_staff(*roles: Role) -> User:
    """A member of staff whose roles have been on record since long ago."""
    person = make.user()
    for role in roles:
        person.role_holdings.create(role=role, given_by="x", given_at=make.MORNING)
    return person


def decided(*, declined: bool = False) -> AccessRequest:
    """A request that one assessed and another decided, both on record."""
    tier = make.tier(review_policy="staged")
    row = stages.find(
        make.in_review(None, tier), "assessment", by=on_staff(Role.REVIEWER).as_actor()
    )
    operation = reviews.decline if declined else reviews.approve
    return operation(
        make.by(on_staff(Role.DECIDER).as_actor()), request=row.id, ruling=make.ruling()
    ).value


def rehearse(edition: ReviewPolicy) -> list[Difference]:
    return [line.difference for line in dry_run(edition, list(list_decided(edition)))]


class TestDryRun:
    def test_an_edition_that_asks_for_the_same_decides_the_same(self) -> None:
        stages.policy(stages.document(*SHORT))
        decided()
        decided(declined=True)
        edition = stages.propose(stages.document(*SHORT, title="Again"))
        assert rehearse(edition) == [Difference(Verdict.SAME)] * 2

    def test_says_what_each_would_have_waited_for(self) -> None:
        stages.policy(stages.document(*SHORT))
        decided()
        edition = stages.propose(
            stages.document(
                stages.stage("assessment", threshold=2),
                stages.stage("decision", "decision", after=["assessment"]),
                stages.stage("countersignature", "countersignature", after=["decision"]),
            )
        )
        assert rehearse(edition) == [Difference(Verdict.WAITS, ("assessment", "countersignature"))]

    def test_a_finding_counts_only_where_its_author_might_have_acted(self) -> None:
        stages.policy(stages.document(*SHORT))
        decided()
        who = {"roles": ["reviewer"], "team": "security"}
        edition = stages.propose(
            stages.document(
                stages.stage("security", who=who),
                stages.stage("decision", "decision", after=["security"]),
            )
        )
        assert rehearse(edition) == [Difference(Verdict.WAITS, ("security",))]

    def test_changes_nothing_and_asks_as_much_for_many_as_for_few(self) -> None:
        stages.policy(stages.document(*SHORT))
        edition = stages.propose(stages.document(*SHORT, title="Again"))
        counts = []
        for _ in range(2):
            decided()
            decided()
            events = AuditEvent.objects.count()
            with CaptureQueriesContext(connection) as queries:
                rehearse(edition)
            counts.append(len(queries))
            assert AuditEvent.objects.count() == events
        assert counts[0] == counts[1]
