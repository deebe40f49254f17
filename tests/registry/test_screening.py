"""Screening: what fits, what a person finds of it, and when it is done again."""

from decimal import Decimal

import pytest

from registry.actors import SYSTEM
from registry.choices import HitStrength, InterestKind, RelationKind, Role
from registry.models import (
    AuditEvent,
    HitRuling,
    Organization,
    Screening,
    ScreeningRun,
)
from registry.operations import (
    identifiers,
    interests,
    organizations,
    relations,
    screening_hits,
    screening_lists,
    screening_runs,
    screening_snapshots,
)
from registry.operations.organizations import OrganizationProfile
from registry.policies import RoleMissing
from registry.queries.invariants import (
    hits_stand_as_they_were_ruled_on,
    lists_and_whom_they_are_for_are_of_one_world,
    the_last_screening_is_the_newest,
)
from tests import make, screening

pytestmark = pytest.mark.django_db


def owns(owner: Organization, owned: Organization, share: str | None = None) -> None:
    relations.register(
        make.by(make.staff(Role.INTAKE)),
        subject=owner.id,
        kind=RelationKind.OWNS,
        to=owned.id,
        share=None if share is None else Decimal(share),
    )


def rename(row: Organization, name: str) -> None:
    version = row.versions.current().get(valid__upper_inf=True)
    organizations.change(
        make.by(make.staff(Role.INTAKE)),
        organization=row.id,
        profile=OrganizationProfile(slug=row.slug, name=name, kind=version.kind),  # type: ignore[arg-type]
    )


class TestFits:
    @pytest.mark.parametrize(
        ("line", "strength"),
        [
            ("1,ACME-ROBOTICS,,,", HitStrength.EXACT),
            ("1,Someone,Acme Robotics,,", HitStrength.EXACT),
            ("1,Legal Acme S.A.,,,", HitStrength.EXACT),
            ("1,Someone,,LEI:Xyz,", HitStrength.EXACT),
            ("1,Acme Robotix,,,", HitStrength.POSSIBLE),
            ("1,Robotics Acme,,,", HitStrength.POSSIBLE),
            ("1,Acme,,,", None),
            ("1,Someone,,other:xyz,", None),
        ],
    )
    def test_by_names_aliases_identifiers_and_likeness(
        self, line: str, strength: str | None
    ) -> None:
        of = make.organization(
            name="Ácme Robotics", legal_name="Legal Acme SA", identifiers=("lei:xyz",)
        )
        screening.used(screening.screening_list(), line)
        if strength is None:
            assert screening.screened(of) == "cleared"
            return
        assert screening.screened(of) == "open"
        assert screening.hit(of).strength == strength

    def test_another_script_fits_the_same_name_alone(self) -> None:
        of, near = make.organization(name="Ромашка"), make.organization(name="Ромашки")
        screening.used(screening.screening_list(), "1,РОМАШКА,,,")
        assert [screening.screened(one) for one in (of, near)] == ["open", "cleared"]

    def test_worlds_do_not_meet(self) -> None:
        of = make.organization(name="Acme")
        screening.used(screening.screening_list(synthetic=True), "1,Acme,,,")
        assert screening.standing(of) == "no_list"
        with pytest.raises(screening_runs.NoListInUse):
            screening.screened(of)
        assert list(lists_and_whom_they_are_for_are_of_one_world()) == []


class TestOwners:
    def test_are_screened_at_any_remove_with_the_way(self) -> None:
        of, parent, top = make.organization(), make.organization(), make.organization(name="Top")
        owns(top, parent)
        owns(parent, of, "60")
        screening.used(screening.screening_list(), "1,Top,,,")
        assert screening.screened(of) == "open"
        hit = screening.hit(of)
        assert (hit.party, [stake["share"] for stake in hit.way]) == (top, ["60.00", None])

    def test_a_share_that_nobody_knows_is_a_flag(self) -> None:
        of, known, unknown = make.organization(), make.organization(), make.organization()
        owns(known, of, "10")
        owns(unknown, of)
        screening.used(screening.screening_list(), "1,Nobody,,,")
        assert screening.screened(of) == "cleared"
        (flag,) = Screening.objects.get().flags
        assert (flag["owner"], flag["share"]) == (str(unknown.id), None)

    def test_whom_it_owns_or_is_affiliated_to_is_not(self) -> None:
        of, sister, parent = (
            make.organization(),
            make.organization(name="Sis"),
            make.organization(),
        )
        owns(parent, of)
        owns(parent, sister)
        screening.used(screening.screening_list(), "1,Sis,,,")
        assert screening.screened(of) == "cleared"

    def test_a_new_owner_is_screened_in_the_same_transaction(self) -> None:
        of, parent, top = make.organization(), make.organization(), make.organization(name="Top")
        owns(parent, of)
        screening.used(screening.screening_list(), "1,Top,,,")
        assert screening.screened(of) == "cleared"
        owns(top, parent)
        assert screening.standing(of) == "open"


class TestRulings:
    def test_a_clearance_holds_for_the_entry_and_no_other(self) -> None:
        of, row = make.organization(name="Acme"), screening.screening_list()
        screening.used(row, "1,Acme,,,")
        screening.screened(of)
        screening.cleared(screening.hit(of))
        assert screening.standing(of) == "cleared"
        screening.used(row, "1,Acme,,,", "2,Nobody,,,")
        assert screening.standing(of) == "cleared"
        screening.used(row, "1,Acme,,,", "9,Acme,,,")
        assert screening.standing(of) == "open"
        screening.used(row, "1,Acme,,,Ruritania")
        assert screening.standing(of) == "open"

    def test_a_stronger_hit_opens_anew(self) -> None:
        of = make.organization(name="Acme Robotics")
        screening.used(screening.screening_list(), "1,Acme Robotix,,lei:xyz,")
        screening.screened(of)
        screening.cleared(screening.hit(of))
        identifiers.register(
            make.by(make.staff(Role.INTAKE)), organization=of.id, identifier="lei:XYZ"
        )
        assert screening.standing(of) == "open"

    def test_a_second_ruling_supersedes_the_first(self) -> None:
        of = make.organization(name="Acme")
        screening.used(screening.screening_list(), "1,Acme,,,")
        screening.screened(of)
        screening.confirmed(screening.hit(of))
        assert screening.standing(of) == "confirmed"
        screening.cleared(screening.hit(of))
        assert screening.standing(of) == "cleared"
        rulings = HitRuling.objects.order_by("number")
        assert [one.finding for one in rulings] == ["confirmed", "cleared"]
        assert [*hits_stand_as_they_were_ruled_on(), *the_last_screening_is_the_newest()] == []

    def test_says_why_and_keeps_it_out_of_the_record(self) -> None:
        of = make.organization(name="Acme")
        screening.used(screening.screening_list(), "1,Acme,,,")
        screening.screened(of)
        hit = screening.hit(of)
        with pytest.raises(screening_hits.NoteMissing):
            screening.cleared(hit, note=" ")
        screening.cleared(hit, note="Compared by hand.")
        event = AuditEvent.objects.get(name="screening_hit.cleared")
        assert "Compared" not in str(event.details)
        assert (event.visibility, event.organizations) == ("staff", [])

    def test_who_may_not(self) -> None:
        of = make.organization(name="Acme")
        screening.used(screening.screening_list(), "1,Acme,,,")
        screening.screened(of)
        hit = screening.hit(of)
        for role in (Role.INTAKE, Role.AUDITOR, Role.RESTRICTOR):
            with pytest.raises(RoleMissing):
                screening_hits.clear(make.by(make.staff(role)), hit=hit.id, note="No.")
        parent, reviewer = make.organization(), make.staff(Role.REVIEWER)
        owns(parent, of, "5")
        interests.declare(make.by(reviewer), organization=parent.id, kind=InterestKind.EMPLOYMENT)
        with pytest.raises(screening_hits.InterestInScreened):
            screening_hits.clear(make.by(reviewer), hit=hit.id, note="Mine.")

    def test_an_undisclosed_name_is_for_cleared_people(self) -> None:
        of = make.organization(name="Acme", undisclosed=True)
        screening.used(screening.screening_list(), "1,Acme,,,")
        screening.screened(of)
        reviewer = make.by(make.staff(Role.REVIEWER))
        with pytest.raises(screening_hits.HitUndisclosed):
            screening_hits.clear(reviewer, hit=screening.hit(of).id, note="No.")
        assert "Acme" not in str(list(AuditEvent.objects.values_list("details", flat=True)))

    def test_a_hit_that_has_passed_is_not_ruled_on(self) -> None:
        of, row = make.organization(name="Acme"), screening.screening_list()
        screening.used(row, "1,Acme,,,")
        screening.screened(of)
        hit = screening.hit(of)
        screening.used(row, "1,Other,,,")
        assert screening.standing(of) == "cleared"
        with pytest.raises(screening_hits.HitPassed):
            screening.cleared(hit)


class TestAgain:
    def test_a_name_that_changes_is_screened_in_the_same_transaction(self) -> None:
        of = make.organization(name="Acme")
        screening.used(screening.screening_list(), "1,Bolt,,,")
        assert screening.screened(of) == "cleared"
        rename(of, "Bolt")
        assert screening.standing(of) == "open"

    def test_a_list_that_is_retired_hits_nobody(self) -> None:
        of, row = make.organization(name="Acme"), screening.screening_list()
        screening.used(row, "1,Acme,,,")
        screening.used(screening.screening_list("other"), "1,Nobody,,,")
        assert screening.screened(of) == "open"
        by = make.by(make.staff(Role.ADMINISTRATOR))
        screening_lists.retire(by, screening_list=row.id, reason="Withdrawn by its issuer.")
        assert screening.standing(of) == "cleared"

    def test_many_are_stale_until_the_worker_has_been_there(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (screening_runs, screening_snapshots):
            monkeypatch.setattr(module, "AT_ONCE", 1)
        row, several = screening.screening_list(), [make.organization() for _ in range(3)]
        screening.used(row, "1,Nobody,,,")
        for one in several:
            screening.screened(one)
        new = screening.uploaded(row, "1,Nobody,,,", "2,Somebody,,,")
        screening_snapshots.commit(make.by(make.staff(Role.INTAKE)), snapshot=new.id)
        go_on = make.by(SYSTEM)
        run = screening_runs.go_on(go_on, synthetic=False, limit=2).value
        assert (run.screened, run.total, run.finished_at) == (2, 3, None)
        states = sorted(screening.standing(one) for one in several)
        assert states == ["cleared", "cleared", "stale"]
        run = screening_runs.go_on(go_on, synthetic=False, limit=2).value
        assert (run.screened, run.total) == (3, 3)
        assert run.finished_at is not None
        assert {screening.standing(one) for one in several} == {"cleared"}
        with pytest.raises(screening_runs.NothingToScreen):
            screening_runs.go_on(go_on, synthetic=False)

    def test_an_owner_of_many_leaves_them_to_the_worker(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(screening_runs, "AT_ONCE", 1)
        parent, several = make.organization(), [make.organization() for _ in range(2)]
        screening.used(screening.screening_list(), "1,Top,,,")
        for one in several:
            owns(parent, one)
            screening.screened(one)
        owns(make.organization(name="Top"), parent)
        assert {screening.standing(one) for one in several} == {"stale"}
        screening.work()
        assert {screening.standing(one) for one in several} == {"open"}
        assert ScreeningRun.objects.order_by("begun_at").last().opened == 2  # type: ignore[union-attr]

    def test_only_the_system_goes_on(self) -> None:
        with pytest.raises(screening_runs.OnlyTheSystem):
            screening_runs.go_on(make.by(make.staff(Role.ADMINISTRATOR)), synthetic=False)
