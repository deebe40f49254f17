"""Races on dealings with authorities: two who write at once are both kept, and one dialogue is opened once."""

import pytest

from notifications.choices import DemandStep, DialogueKind
from notifications.models import Dialogue
from notifications.operations import demands, dialogues
from tests import make, talks
from tests.duties import desk
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("attempt")
class TestOneDialogue:
    def test_open_and_open_from_both_ends(self) -> None:
        one, other = make.organization(), make.organization()
        first, second = desk(), desk()
        results = race(
            lambda: dialogues.open_(make.by(first), title="Talks", one=one.id, other=other.id),
            lambda: dialogues.open_(make.by(second), title="Talks", one=other.id, other=one.id),
        )
        assert winners(results) == 1
        assert refusals(results) == {"dialogue_known"}
        assert Dialogue.objects.count() == 1

    def test_record_and_record(self) -> None:
        row, writers = talks.dialogue(), [desk(), desk()]
        results = race(
            *(
                lambda by=by: dialogues.record(
                    make.by(by), dialogue=row.id, kind=DialogueKind.OTHER, told=talks.told()
                )
                for by in writers
            )
        )
        row.refresh_from_db()
        assert (winners(results), row.records.count(), row.version) == (2, 2, 3)

    def test_of_two_who_looked_at_one_version_one_is_told(self) -> None:
        row, writers = talks.demand(), [desk(), desk()]
        results = race(
            *(
                lambda by=by: demands.record(
                    make.by(by, expected_version=row.version),
                    demand=row.id,
                    step=DemandStep.REFUSED,
                    told=talks.told(),
                )
                for by in writers
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"stale_version"}
        assert row.records.count() == 2
