"""The transition grid, written by hand: what `access.workflow` says is held against it, and the database too."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction

from access.choices import RequestStatus
from access.models import AccessRequest
from access.workflow import MOVES, Step, StepNotOpen, move, steps_from
from tests import make

GRID = """
                            submit  take_up return  resubmit ask     answer  hold  resume escalate resolve approve countersign decline withdraw reconsider supersede
draft                       X       .       .       .        .       .       .     .      .        .       .       .           .       .        .          .
submitted                   .       X       .       .        .       .       X     .      .        .       .       .           .       X        .                     .
in_review                   .       .       X       .        X       .       X     .      X        .       X       .           X       X        .                                .
returned                    .       .       .       X        .       .       .     .      .        .       .       .           .       X        .                                           .
question_open               .       .       .       .        .       X       .     .      .        .       .       .           .       X        .                                                      .
on_hold                     .       .       .       .        .       .       .     X      .        .       .       .           .       X        .                                                                 .
disputed                    .       .       .       .        .       .       .     .      .        X       X       .           X       X        .                                                                            .
awaiting_countersignature   .       .       .       .        .       .       .     .      X        .       .       X           .       X        .                                                                                       .
approved                    .       .       .       .        .       .       .     .      .        .       .       .           .       .        .                                                                                                  X
declined                    .       .       .       .        .       .       .     .      .        .       .       .           .       .        X                                                                                                             X
withdrawn                   .       .       .       .        .       .       .     .      .        .       .       .           .       .        .                                                                                                                        .
"""
TARGETS = {
    "submit": "submitted",
    "take_up": "in_review",
    "return": "returned",
    "resubmit": "submitted",
    "ask": "question_open",
    "answer": "in_review",
    "hold": "on_hold",
    "resume": "in_review",
    "escalate": "disputed",
    "resolve": "in_review",
    "approve": "approved",
    "countersign": "approved",
    "decline": "declined",
    "withdraw": "withdrawn",
    "reconsider": "in_review",
    "supersede": "declined",
}


def read_grid() -> list[tuple[RequestStatus, Step, bool]]:
    header, *lines = GRID.strip("\n").splitlines()
    steps = [Step(name) for name in header.split()]
    return [
        (RequestStatus(status), step, mark == "X")
        for status, *marks in (line.split() for line in lines)
        for step, mark in zip(steps, marks, strict=True)
    ]


class TestMove:
    def test_the_grid_names_every_status_and_every_step(self) -> None:
        cells = read_grid()
        assert {status for status, _, _ in cells} == set(RequestStatus)
        assert {step for _, step, _ in cells} == set(Step) == set(MOVES)
        assert len(cells) == len(RequestStatus) * len(Step)

    @pytest.mark.parametrize(("status", "step", "allowed"), read_grid())
    def test_a_step_is_open_exactly_where_the_grid_says(
        self, status: RequestStatus, step: Step, *, allowed: bool
    ) -> None:
        assert (step in steps_from(status)) is allowed
        if allowed:
            assert move(step, status).target == TARGETS[step]
        else:
            with pytest.raises(StepNotOpen):
                move(step, status)

    def test_an_approval_waits_where_a_second_person_must_sign(self) -> None:
        assert MOVES[Step.APPROVE].proposed is RequestStatus.AWAITING_COUNTERSIGNATURE


def allowed_pairs() -> set[tuple[str, str]]:
    pairs = {(status.value, TARGETS[step]) for status, step, allowed in read_grid() if allowed}
    return pairs | {(status, "awaiting_countersignature") for status in ("in_review", "disputed")}


@pytest.mark.django_db
class TestTheDatabase:
    @pytest.mark.parametrize("status", RequestStatus)
    def test_lets_no_status_follow_that_the_grid_does_not_declare(
        self, status: RequestStatus
    ) -> None:
        row = make.request_in(status)
        for target in RequestStatus:
            if target == status or (status.value, target.value) in allowed_pairs():
                continue
            with pytest.raises(ProgrammingError, match="cannot go from"):
                _force(row, target)

    @pytest.mark.parametrize(
        "status", [status for status in RequestStatus if status not in {"draft", "submitted"}]
    )
    def test_lets_no_request_begin_in_the_middle(self, status: RequestStatus) -> None:
        row = make.draft()
        row.pk, row.status = uuid4(), status
        with pytest.raises(ProgrammingError, match="cannot begin as"):
            row.save(force_insert=True)


def _force(row: AccessRequest, target: RequestStatus) -> None:
    with transaction.atomic():
        AccessRequest.objects.filter(pk=row.pk).update(status=target)
