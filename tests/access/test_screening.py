"""Screening as a requirement: only what is cleared is met, and the organization reads no more than where it stands."""

import datetime as dt

import pytest

from access.choices import NeedStanding, Reason
from access.eligibility import Facts, Screened, assess, read_requirements
from access.models import Grant, GrantNeedVersion, Tier
from access.operations import reviews
from access.operations.eligibility import RequirementsUnmet
from access.queries.decisions import Asked, evaluate
from access.queries.invariants import grants_need_what_the_facts_say
from access.queries.screening import tell_applicant
from registry.choices import Role, ScreeningState
from registry.models import Organization, ScreenedOrganization, ScreeningList
from registry.operations import screening_lists, screening_snapshots
from tests import eligible, make, screening
from tests.screening import ASKS

ASKED = read_requirements({"requirements": [ASKS]})


class TestTheRule:
    @pytest.mark.parametrize(
        ("state", "standing", "told"),
        [
            (ScreeningState.CLEARED, NeedStanding.MET, "cleared"),
            (ScreeningState.CONFIRMED, NeedStanding.NOT_MET, "not_cleared"),
            (ScreeningState.OPEN, NeedStanding.NOT_KNOWN, "in_progress"),
            (ScreeningState.STALE, NeedStanding.NOT_KNOWN, "in_progress"),
            (ScreeningState.NEVER, NeedStanding.NOT_KNOWN, "in_progress"),
            (ScreeningState.NO_LIST, NeedStanding.NOT_KNOWN, "in_progress"),
        ],
    )
    def test_only_cleared_is_met(self, state: str, standing: str, told: str) -> None:
        facts = Facts(screened=Screened(ScreeningState(state), ("watch",)))
        (result,) = assess(ASKED, facts, at=make.MORNING)
        assert (result.standing, result.explanation["screening"]) == (standing, told)
        assert "watch" not in str(result.explanation)
        assert result.for_staff == {"state": state, "lists": ["watch"]}

    def test_what_nobody_asked_is_not_known(self) -> None:
        (result,) = assess(ASKED, Facts(), at=make.MORNING)
        assert result.standing is NeedStanding.NOT_KNOWN


@pytest.mark.django_db
class TestWhatFollows:
    @pytest.fixture
    def tier(self) -> Tier:
        found = make.tier()
        eligible.required(found, ASKS)
        screening.used(screening.screening_list(), "1,Nobody,,,")
        return found

    def ask(self, row: Grant) -> Reason:
        model = row.tier.ai_models.get().slug
        return evaluate(Asked(row.organization.slug, model, "invoke")).answer.reason

    def test_whoever_asks_is_screened_by_the_worker(self, tier: Tier) -> None:
        of = make.organization()
        row = make.assessed(of, tier)
        assert (screening.standing(of), tell_applicant(row)) == ("never", "in_progress")
        decide = make.by(make.staff(Role.DECIDER))
        with pytest.raises(RequirementsUnmet):
            reviews.approve(decide, request=row.id, ruling=make.ruling())
        screening.work()
        assert tell_applicant(row) == "cleared"
        reviews.approve(decide, request=row.id, ruling=make.ruling())
        assert self.ask(Grant.objects.get()) is Reason.GRANT_IN_FORCE

    def test_a_hit_refuses_from_its_commit_and_a_clearance_gives_back(self, tier: Tier) -> None:
        of, row = make.organization(name="Acme"), screening.screening_list("second")
        screening.used(row, "1,Nobody,,,")
        screening.screened(of)
        grant = make.grant(of, tier)
        assert self.ask(grant) is Reason.GRANT_IN_FORCE
        screening.used(row, "1,Acme,,,")
        assert self.ask(grant) is Reason.REQUIREMENT_UNMET
        told = str(GrantNeedVersion.objects.values_list("explanation", flat=True))
        assert "second" not in told
        assert "Acme" not in told
        screening.cleared(screening.hit(of))
        assert self.ask(grant) is Reason.GRANT_IN_FORCE
        screening.confirmed(screening.hit(of))
        assert self.ask(grant) is Reason.REQUIREMENT_UNMET
        need = GrantNeedVersion.objects.current().order_by("valid").last()
        assert need is not None
        assert need.explanation == {"screening": "not_cleared", "missing": "screening"}
        assert list(grants_need_what_the_facts_say()) == []

    def test_what_is_stale_refuses_until_it_is_screened(
        self, tier: Tier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        of, row = make.organization(), screening.screening_list("second")
        screening.screened(of)
        grant = make.grant(of, tier)
        new = screening.uploaded(row, "1,Nobody,,,")
        monkeypatch.setattr(screening_snapshots, "AT_ONCE", 0)
        screening_snapshots.commit(make.by(make.staff(Role.INTAKE)), snapshot=new.id)
        screening.skip()
        assert self.ask(grant) is Reason.REQUIREMENT_UNMET
        assert list(grants_need_what_the_facts_say()) == []
        screening.work()
        assert self.ask(grant) is Reason.GRANT_IN_FORCE

    def test_without_a_list_nothing_is_known(self, tier: Tier) -> None:
        of = make.organization()
        screening.screened(of)
        grant = make.grant(of, tier)
        (row,) = ScreeningList.objects.all()
        by = make.by(make.staff(Role.ADMINISTRATOR))
        screening_lists.retire(by, screening_list=row.id, reason="Old.")
        assert self.ask(grant) is Reason.REQUIREMENT_UNMET

    def test_an_edition_that_binds_grants_has_their_holders_screened(self) -> None:
        tier = make.tier()
        grant = make.grant(None, tier)
        screening.used(screening.screening_list(), "1,Nobody,,,")
        at = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
        eligible.required(tier, ASKS, binds_grants_from=at)
        assert ScreenedOrganization.objects.get().organization == grant.organization
        screening.work()
        assert list(grants_need_what_the_facts_say()) == []
        standings = GrantNeedVersion.objects.current().values_list("standing", flat=True)
        assert set(standings) == {NeedStanding.MET}

    def test_a_request_that_asks_for_none_says_nothing_of_it(self) -> None:
        of: Organization = make.organization()
        assert tell_applicant(make.submitted(of)) is None
        assert not ScreenedOrganization.objects.exists()
