"""What a page calls things: people and linked rows by name, and what was just made by its own page."""

import pytest

from registry.choices import Role
from tests import make
from tests.journeys.test_people_pages import somebody

pytestmark = pytest.mark.django_db


class TestNames:
    def test_a_list_names_people_instead_of_their_keys(self) -> None:
        policy = make.policy()
        author = make.user()
        type(policy).objects.filter(pk=policy.pk).update(proposed_by=f"user:{author.pk}")
        _person, browser = somebody(Role.ADMINISTRATOR)
        shown = browser.get("/admin/access/reviewpolicy/").content.decode()
        assert author.display_name in shown
        assert str(author.pk) not in shown

    def test_a_page_names_what_it_points_to(self) -> None:
        row = make.grant()
        _person, browser = somebody(Role.DECIDER)
        shown = browser.get(f"/admin/access/grant/{row.pk}/change/").content.decode()
        assert f"{row.organization.name} → {row.tier.name}</a>" in shown

    def test_a_step_on_a_list_leads_to_what_it_made(self) -> None:
        organization, tier = make.organization(), make.tier()
        _person, browser = somebody(Role.INTAKE)
        answer = browser.post(
            "/admin/access/accessrequest/steps/draft/",
            {
                "organization": organization.pk,
                "tier": tier.pk,
                "purpose": "use",
                "asked_by": "Ann",
                "evidence": "A mail.",
            },
        )
        made = organization.access_requests.get()
        assert answer["Location"] == f"/admin/access/accessrequest/{made.pk}/change/"
