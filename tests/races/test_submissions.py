"""What is typed, attached and handed in at the same moment."""

from pathlib import Path

import pytest
from pytest_django import Settings

from access.models import AccessRequest, Attachment, Submission
from access.operations import drafts, requests
from registry.choices import Role
from tests import forms, make
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(settings: Settings, tmp_path: Path) -> AccessRequest:
    settings.STORAGE = tmp_path
    return make.draft(None, forms.tier(), answers=forms.ANSWERS)


@pytest.mark.usefixtures("attempt")
class TestOneRequest:
    def test_what_is_saved_while_it_is_handed_in_is_in_it_or_refused(
        self, row: AccessRequest
    ) -> None:
        partner = make.client(row.organization)
        saved, submitted = race(
            lambda: drafts.save(make.by(partner), request=row.id, answers={"people": 7}),
            lambda: requests.submit(make.by(partner), request=row.id),
        )
        assert winners([submitted]) == 1
        handed_in = Submission.objects.get().values["people"]
        assert handed_in == (7 if winners([saved]) else 4)
        assert refusals([saved]) <= {"answers_settled"}

    def test_two_saves_lose_neither_answer(self, row: AccessRequest) -> None:
        partner = make.client(row.organization)
        results = race(
            lambda: drafts.save(make.by(partner), request=row.id, answers={"people": 7}),
            lambda: drafts.save(make.by(partner), request=row.id, answers={"team": "Red"}),
        )
        assert winners(results) == 2
        values = AccessRequest.objects.get(pk=row.pk).draft_answers.values
        assert (values["people"], values["team"]) == (7, "Red")

    def test_two_files_for_the_last_place(self, row: AccessRequest) -> None:
        partner = make.client(row.organization)
        results = race(*(lambda: forms.attach(row, partner) for _ in range(2)))
        assert winners(results) == 1
        assert refusals(results) == {"too_many_attachments"}
        assert Attachment.objects.count() == 1

    def test_two_hands_that_resubmit_make_one_submission_more(self, row: AccessRequest) -> None:
        partner, reviewer = make.client(row.organization), make.staff(Role.REVIEWER)
        requests.submit(make.by(partner), request=row.id)
        requests.take_up(make.by(reviewer), request=row.id)
        requests.return_(make.by(reviewer), request=row.id, note="More.")
        results = race(
            *(lambda: requests.resubmit(make.by(partner), request=row.id) for _ in range(2))
        )
        assert winners(results) == 1
        assert Submission.objects.count() == 2

    def test_a_draft_is_handed_in_or_discarded_and_never_both(self, row: AccessRequest) -> None:
        partner = make.client(row.organization)
        results = race(
            lambda: requests.submit(make.by(partner), request=row.id),
            lambda: drafts.discard(make.by(partner), request=row.id),
        )
        assert winners(results) == 1
        assert refusals(results) <= {"not_found", "not_a_draft"}
        assert AccessRequest.objects.count() == Submission.objects.count()
