"""Races on screening: nothing is cleared that nobody looked at, whichever of two acts came first."""

import pytest

from access.choices import Reason
from access.models import Grant
from access.operations import reviews
from access.queries.decisions import Asked, evaluate
from access.queries.invariants import grants_need_what_the_facts_say
from registry.actors import SYSTEM
from registry.choices import RelationKind, Role
from registry.models import Organization, ScreeningRun
from registry.operations import relations, screening_hits, screening_runs, screening_snapshots
from registry.queries.invariants import the_last_screening_is_the_newest
from tests import eligible, make, screening
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


def own(owner: Organization, owned: Organization) -> object:
    return relations.register(
        make.by(make.staff(Role.INTAKE)),
        subject=owner.id,
        kind=RelationKind.OWNS,
        to=owned.id,
    )


@pytest.mark.usefixtures("attempt")
class TestScreening:
    def test_a_clearance_and_a_snapshot_with_another_entry(self) -> None:
        of, row = make.organization(name="Acme"), screening.screening_list()
        screening.used(row, "1,Acme,,,")
        screening.screened(of)
        hit = screening.hit(of)
        new = screening.uploaded(row, "1,Acme,,,", "2,Acme,,,")
        reviewer, intake = make.staff(Role.REVIEWER), make.staff(Role.INTAKE)
        results = race(
            lambda: screening_hits.clear(make.by(reviewer), hit=hit.id, note="Another."),
            lambda: screening_snapshots.commit(make.by(intake), snapshot=new.id),
        )
        assert winners(results) == 2
        hit.refresh_from_db()
        assert hit.finding == "cleared"
        assert screening.standing(of) == "open"

    def test_a_clearance_and_a_snapshot_without_the_entry(self) -> None:
        of, row = make.organization(name="Acme"), screening.screening_list()
        screening.used(row, "1,Acme,,,")
        screening.screened(of)
        hit = screening.hit(of)
        new = screening.uploaded(row, "2,Other,,,")
        reviewer, intake = make.staff(Role.REVIEWER), make.staff(Role.INTAKE)
        results = race(
            lambda: screening_hits.clear(make.by(reviewer), hit=hit.id, note="Another."),
            lambda: screening_snapshots.commit(make.by(intake), snapshot=new.id),
        )
        assert refusals(results) <= {"hit_passed"}
        assert screening.standing(of) == "cleared"

    def test_two_relations_that_together_bring_an_owner_in(self) -> None:
        top, middle, of = make.organization(name="Top"), make.organization(), make.organization()
        screening.used(screening.screening_list(), "1,Top,,,")
        screening.screened(of)
        assert winners(race(lambda: own(top, middle), lambda: own(middle, of))) == 2
        assert screening.standing(of) == "open"

    def test_an_issue_and_a_snapshot_that_hits(self) -> None:
        tier, of, row = make.tier(), make.organization(name="Acme"), screening.screening_list()
        eligible.required(tier, screening.ASKS)
        screening.used(row, "1,Nobody,,,")
        screening.screened(of)
        request = make.assessed(of, tier)
        new = screening.uploaded(row, "1,Acme,,,")
        decider, intake = make.staff(Role.DECIDER), make.staff(Role.INTAKE)
        results = race(
            lambda: reviews.approve(make.by(decider), request=request.id, ruling=make.ruling()),
            lambda: screening_snapshots.commit(make.by(intake), snapshot=new.id),
        )
        assert refusals(results) <= {"requirements_unmet"}
        issued = Grant.objects.exists()
        asked = Asked(of.slug, tier.ai_models.get().slug, "invoke")
        expected = Reason.REQUIREMENT_UNMET if issued else Reason.NO_GRANT
        assert evaluate(asked).answer.reason is expected
        assert list(grants_need_what_the_facts_say()) == []

    def test_two_workers_screen_everybody_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(screening_snapshots, "AT_ONCE", 0)
        row, several = screening.screening_list(), [make.organization() for _ in range(2)]
        screening.used(row, "1,Nobody,,,")
        for one in several:
            screening.screened(one)
        new = screening.uploaded(row, "2,Nobody,,,")
        screening_snapshots.commit(make.by(make.staff(Role.INTAKE)), snapshot=new.id)
        before = ScreeningRun.objects.count()
        results = race(
            *(lambda: screening_runs.go_on(make.by(SYSTEM), synthetic=False) for _ in range(2))
        )
        assert (winners(results), refusals(results)) == (1, {"nothing_to_screen"})
        assert ScreeningRun.objects.count() == before + 1
        assert {screening.standing(one) for one in several} == {"cleared"}
        assert list(the_last_screening_is_the_newest()) == []
