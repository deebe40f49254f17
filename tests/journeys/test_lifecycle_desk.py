"""A grant's life on the staff's pages, in a real browser."""

import pytest

from access.models import Condition, ConditionCampaign, Grant
from access.operations.conditions import Requirement
from registry.choices import Role
from tests import make
from tests.browser import CHROMIUM, REASON
from tests.journeys.conftest import SignIn
from tests.journeys.test_desk import buttons, request_page
from tests.lifecycle import cover

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=REASON),
    pytest.mark.django_db(transaction=True),
]


class TestCampaign:
    def test_one_proposes_another_launches_and_its_page_shows_how_far_it_is(
        self, sign: SignIn
    ) -> None:
        grant = make.grant()
        first = sign(Role.DECIDER)
        first.goto("/admin/access/conditioncampaign/steps/propose/")
        first.fill("input[name=title]", "Keys for everybody")
        first.fill("input[name=code]", "mfa")
        first.fill("textarea[name=text]", "Sign in with keys.")
        first.fill("input[name=due_at]", "2099-03-01T09:00")
        first.select_option("select[name=programs]", str(grant.program_id))
        first.click("button:has-text('Propose a campaign')")
        first.wait_for_selector("text=Keys for everybody")
        campaign = ConditionCampaign.objects.get()
        page = f"/admin/access/conditioncampaign/{campaign.id}/change/"
        first.goto(page)
        assert buttons(first) == {"End"}
        assert "not laid yet" in first.inner_text("body")

        second = sign(Role.DECIDER)
        second.goto(page)
        assert buttons(second) == {"Launch", "End"}
        second.click("nav.desk-steps >> text=Launch")
        second.click("button:has-text('Launch')")
        second.wait_for_selector("td:has-text('not laid yet')")
        cover()
        second.goto(page)
        assert "nothing handed in" in second.inner_text("body")

    def test_a_scope_of_nothing_is_refused_in_words(self, sign: SignIn) -> None:
        page = sign(Role.DECIDER)
        page.goto("/admin/access/conditioncampaign/steps/propose/")
        page.fill("input[name=title]", "Keys")
        page.fill("input[name=code]", "mfa")
        page.fill("textarea[name=text]", "Sign in with keys.")
        page.fill("input[name=due_at]", "2099-03-01T09:00")
        page.click("button:has-text('Propose a campaign')")
        assert "Say which grants are meant" in page.inner_text("[role=alert]")


class TestConditions:
    def test_an_approval_lays_what_its_lines_say(self, sign: SignIn) -> None:
        row = make.assessed()
        decider = sign(Role.DECIDER)
        decider.goto(request_page(row))
        decider.click("nav.desk-steps >> text=Approve")
        decider.fill("textarea[name=conditions]", "mfa")
        decider.click("button:has-text('Approve')")
        assert "Line 1" in decider.inner_text("body")
        decider.fill("textarea[name=conditions]", "mfa | 2099-03-01 | Sign in with keys. | Report")
        decider.click("button:has-text('Approve')")
        decider.wait_for_selector("td:has-text('Sign in with keys.')")
        condition = Condition.objects.get()
        assert (condition.code, condition.evidence_asked) == ("mfa", "Report")

    def test_evidence_is_handed_in_by_one_and_reviewed_by_another(self, sign: SignIn) -> None:
        condition = make.grant(conditions=(Requirement("mfa", "Keys."),)).conditions.get()
        page = f"/admin/access/condition/{condition.id}/change/"
        intake = sign(Role.INTAKE)
        intake.goto(page)
        intake.click("nav.desk-steps >> text=Hand in for the holder")
        intake.fill("textarea[name=text]", "Seen on site.")
        intake.click("button:has-text('Hand in for the holder')")
        intake.wait_for_selector("td:has-text('Seen on site.')")
        reviewer = sign(Role.REVIEWER)
        reviewer.goto("/admin/")
        assert "conditions to review" in reviewer.inner_text("body")
        reviewer.goto(page)
        reviewer.click("nav.desk-steps >> text=Review")
        reviewer.select_option("select[name=finding]", "met")
        reviewer.click("button:has-text('Review')")
        reviewer.wait_for_selector("td:has-text('met')")
        assert buttons(reviewer) == set()


class TestGrant:
    def test_a_decider_renews_it_from_its_page(self, sign: SignIn) -> None:
        grant = make.grant(None, make.tier(grant_days=30))
        page = sign(Role.DECIDER)
        page.goto(f"/admin/access/grant/{grant.id}/change/")
        page.click("nav.desk-steps >> text=Renew")
        page.fill("textarea[name=reason]", "It goes well.")
        page.click("button:has-text('Renew')")
        page.wait_for_selector("td:has-text('is renewed by')")
        assert Grant.objects.get(renews=grant).items.count() == 1
        assert buttons(page) == set()

    def test_where_two_must_sign_no_one_is_offered_to_renew_alone(self, sign: SignIn) -> None:
        grant = make.grant(None, make.tier(grant_days=30))
        make.policy(grant.tier.review_policy, countersigned=True)
        page = sign(Role.DECIDER)
        page.goto(f"/admin/access/grant/{grant.id}/change/")
        assert "Renew" not in buttons(page)
