"""The pages of use and of answers, in a real browser: on a desk and on a phone, in light and dark."""

import pytest

from access.api import authzen_tally
from access.queries.scopes import Scope
from registry.choices import Role
from tests import authzen, make
from tests.access.test_restrictions import restrict
from tests.journeys.conftest import SignIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


class TestThePages:
    @pytest.mark.parametrize("phone", [False, True])
    def test_who_can_use_what_is_found_by_form_and_fits(
        self, sign: SignIn, *, phone: bool
    ) -> None:
        grant = make.grant()
        stopped = make.grant(None, grant.tier)
        restrict(Scope(organizations=(stopped.organization_id,)))
        page = sign(Role.AUDITOR, dark=phone, phone=phone)
        page.goto("/admin/usage/")
        page.get_by_label("Model").select_option(grant.tier.ai_models.get().slug)
        page.get_by_role("button", name="Show").click()
        rows = page.get_by_role("region", name="Use").get_by_role("row")
        rows.first.wait_for()
        assert rows.count() == 3
        assert "A restriction is in force." in page.content()
        fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(fits)

    def test_answers_are_found_by_their_subject(
        self, sign: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(authzen_tally, "tally", authzen_tally.Tally())
        grant = make.grant()
        authzen.anyone().ask(authzen.question(grant))
        authzen_tally.tally.flush()
        page = sign(Role.AUDITOR)
        page.goto("/admin/answers/")
        page.get_by_label("Organization").fill(grant.organization.slug)
        page.get_by_role("button", name="Show").click()
        assert page.get_by_role("region", name="Answers").get_by_role("row").count() == 2
