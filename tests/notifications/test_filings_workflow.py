"""The table of steps, written out by hand; and what the database holds to whatever the program does."""

import itertools

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from notifications.choices import FilingStatus
from notifications.models import Filing, FilingStage
from notifications.workflow import MOVES, FilingStepNotOpen, Step, move
from tests import filings as making

GRID = """
              change review   return sign   dispatch   receive  bounce  acknowledge  withdraw
draft         draft  reviewed -      -      -          -        -       -            withdrawn
reviewed      draft  -        draft  signed -          -        -       -            withdrawn
signed        draft  -        draft  -      dispatched -        -       -            withdrawn
sending       -      -        -      -      -          -        bounced -            -
dispatched    -      -        -      -      -          received bounced acknowledged -
bounced       -      -        draft  -      dispatched -        -       -            withdrawn
received      -      -        -      -      -          -        -       acknowledged -
acknowledged  -      -        -      -      -          -        -       -            -
withdrawn     -      -        -      -      -          -        -       -            -
"""
_HEAD, *_ROWS = (line.split() for line in GRID.strip().splitlines())
CELLS = [
    (FilingStatus(status), Step(step), target)
    for status, *targets in _ROWS
    for step, target in zip(_HEAD, targets, strict=True)
]


class TestTheTable:
    def test_is_whole(self) -> None:
        assert {cell[:2] for cell in CELLS} == set(itertools.product(FilingStatus, Step))
        assert set(MOVES) == set(Step)

    @pytest.mark.parametrize(("status", "step", "target"), CELLS)
    def test_each_cell(self, status: FilingStatus, step: Step, target: str) -> None:
        if target == "-":
            with pytest.raises(FilingStepNotOpen):
                move(step, status)
        else:
            assert move(step, status).target == target


@pytest.mark.django_db
class TestTheDatabase:
    def refuses(self, row: Filing, said: str, **changes: object) -> None:
        with pytest.raises((IntegrityError, ProgrammingError), match=said), transaction.atomic():
            Filing.objects.filter(pk=row.pk).update(**changes)

    def test_lets_no_status_go_where_no_step_leads(self) -> None:
        row = making.draft()
        self.refuses(row, "cannot go from draft to dispatched", status=FilingStatus.DISPATCHED)

    def test_lets_nobody_review_their_own_words(self) -> None:
        row = making.reviewed()
        self.refuses(row, "filing_reviewed_by_another", reviewed_by=row.prepared_by)

    def test_lets_nobody_sign_off_their_own_review(self) -> None:
        row = making.signed()
        self.refuses(row, "filing_signed_by_a_second", signed_by=row.reviewed_by)

    def test_lets_nothing_be_reviewed_without_its_content_being_fixed(self) -> None:
        row = making.reviewed()
        for column in ("sha256", "pdf_sha256"):
            self.refuses(row, "filing_content_is_fixed_from_review_on", **{column: ""})
        self.refuses(row, "filing_content_is_fixed_from_review_on", document=None)

    def test_lets_nothing_be_sent_without_a_proof(self) -> None:
        row = making.dispatched()
        self.refuses(row, "filing_dispatched_once_signed_with_proof", dispatch_proof="")
        self.refuses(row, "filing_sent_means_dispatched", dispatched_at=None)

    def test_deletes_none_and_changes_no_stage(self) -> None:
        row = making.draft()
        for act in (
            lambda: FilingStage.objects.filter(filing=row).update(note="x"),
            lambda: FilingStage.objects.filter(filing=row).delete(),
            lambda: Filing.objects.filter(pk=row.pk)._raw_delete("default"),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                act()
