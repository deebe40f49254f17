"""Who takes no part: by their own word, or because of an interest."""

from collections.abc import Callable

import pytest
from django.db import ProgrammingError, transaction

from access.choices import Finding, RequestStatus
from access.models import AccessRequest, Grant
from access.operations import questions, reconsiderations, recusals, requests, reviews
from access.operations.rulings import AssessmentsMissing
from access.queries.conflicts import ConflictOfInterest, Recused
from registry.actors import Actor
from registry.choices import Role
from registry.operations import interests
from tests import make
from tests.people import declare, owns, support

pytestmark = pytest.mark.django_db

STEPS: dict[str, tuple[RequestStatus, Role, Callable[[Actor, AccessRequest], object]]] = {
    "take_up": (
        RequestStatus.SUBMITTED,
        Role.INTAKE,
        lambda who, row: requests.take_up(make.by(who), request=row.id),
    ),
    "ask": (
        RequestStatus.IN_REVIEW,
        Role.REVIEWER,
        lambda who, row: questions.ask(make.by(who), request=row.id, question="Why?"),
    ),
    "hold": (
        RequestStatus.IN_REVIEW,
        Role.INTAKE,
        lambda who, row: requests.hold(make.by(who), request=row.id, note="Later."),
    ),
    "assess": (
        RequestStatus.IN_REVIEW,
        Role.REVIEWER,
        lambda who, row: reviews.assess(
            make.by(who), request=row.id, finding=Finding.SUPPORTS, reasons="Fine."
        ),
    ),
    "approve": (
        RequestStatus.DISPUTED,
        Role.DECIDER,
        lambda who, row: reviews.approve(make.by(who), request=row.id, ruling=make.ruling()),
    ),
    "decline": (
        RequestStatus.DISPUTED,
        Role.DECIDER,
        lambda who, row: reviews.decline(make.by(who), request=row.id, ruling=make.ruling()),
    ),
    "countersign": (
        RequestStatus.AWAITING_COUNTERSIGNATURE,
        Role.COUNTERSIGNER,
        lambda who, row: reviews.countersign(make.by(who), request=row.id),
    ),
    "reconsider": (
        RequestStatus.DECLINED,
        Role.DECIDER,
        lambda who, row: reconsiderations.reconsider(make.by(who), request=row.id, reason="Anew."),
    ),
}


class TestAConflict:
    @pytest.mark.parametrize("step", STEPS)
    def test_keeps_from_every_step_and_says_by_which_way(self, step: str) -> None:
        status, role, take = STEPS[step]
        row, who, parent = make.request_in(status), make.staff(role), make.organization()
        owns(parent, row.organization)
        declare(who, parent)
        with pytest.raises(ConflictOfInterest, match=f"owns {row.organization.name}"):
            take(who, row)
        row.refresh_from_db()
        assert row.status == status

    def test_is_over_when_the_interest_is(self) -> None:
        row, who = make.in_review(), make.staff(Role.REVIEWER)
        interest = declare(who, row.organization)
        interests.end(make.by(make.staff(Role.ADMINISTRATOR)), interest=interest.id)
        support(row, who)


class TestRecuse:
    @pytest.mark.parametrize("step", [name for name in STEPS if name != "reconsider"])
    def test_keeps_from_every_step(self, step: str) -> None:
        status, role, take = STEPS[step]
        row, who = make.request_in(status), make.staff(role)
        recusals.recuse(make.by(who), request=row.id, reason="A friend asks.")
        with pytest.raises(Recused):
            take(who, row)
        with pytest.raises(recusals.RecusedAlready):
            recusals.recuse(make.by(who), request=row.id, reason="Again.")

    def test_what_one_found_before_counts_no_more_and_is_still_theirs(self) -> None:
        row, both = make.in_review(), make.staff(Role.REVIEWER, Role.DECIDER)
        support(row, both)
        recusals.recuse(make.by(both), request=row.id, reason="A friend asks.")
        with pytest.raises(AssessmentsMissing):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
            )
        support(row, make.staff(Role.REVIEWER))
        reviews.approve(make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling())
        assert Grant.objects.filter(request=row).exists()

    def test_comes_too_late_for_what_is_decided(self) -> None:
        row = make.declined()
        with pytest.raises(recusals.RecusalTooLate):
            recusals.recuse(make.by(make.staff(Role.DECIDER)), request=row.id, reason="Late.")

    def test_is_never_taken_back(self) -> None:
        row = make.in_review()
        recusals.recuse(make.by(make.staff(Role.REVIEWER)), request=row.id, reason="A friend.")
        with pytest.raises(ProgrammingError), transaction.atomic():
            row.recusals.update(reason="")
