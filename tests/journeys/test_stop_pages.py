"""The stop on the staff's pages: compared, confirmed by name and password, followed, and undone from a list."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils.timezone import now
from playwright.sync_api import FilePayload, Page, expect

from access.choices import Switch
from access.models import Restriction, Tier
from access.operations.restrictions import Wording
from access.queries.scopes import Scope
from notifications.models import Delivery
from registry.choices import Role
from registry.models import AuditEvent
from tests import make, stops
from tests.asking import ask
from tests.browser import CHROMIUM, REASON
from tests.journeys.conftest import SignIn

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=REASON),
    pytest.mark.django_db(transaction=True),
]
PASSWORD = "input[name=password]"


@pytest.fixture(autouse=True)
def _fresh_tries() -> None:
    cache.clear()


def say(page: Page, tier: Tier, *, person_class: bool = False) -> None:
    """Fill the form for a stop of the tier's model, and look whom it reaches."""
    page.goto("/admin/access/restriction/")
    page.click("nav.desk-steps >> text=Stop access")
    page.fill("input[name=title]", "Order of the evening")
    page.fill("textarea[name=confidential_basis]", stops.SECRET)
    page.check(f"input[name=ai_models][value='{tier.ai_models.get().id}']")
    if person_class:
        page.select_option("select[name=person_class]", label="Foreign nationals")
    page.click("button:has-text('Show whom it reaches')")


def card(page: Page, title: str) -> str:
    return page.locator("section.desk-card", has_text=title).inner_text()


class TestStop:
    def test_that_class_and_everyone_stand_side_by_side_and_one_is_chosen(
        self, sign: SignIn, tier: Tier
    ) -> None:
        stops.person_class()
        grant, slug = make.grant(None, tier), tier.ai_models.get().slug
        ada, bob = (stops.member(grant.organization, holds=holds) for holds in (True, False))
        point = stops.point()
        page = sign(Role.RESTRICTOR)
        say(page, tier, person_class=True)
        assert "members who could continue\t1" in card(page, "Only that class")
        assert "members who could continue\t0" in card(page, "Stop everyone")
        assert point.alarm_name in card(page, "Stop everyone")
        assert not Restriction.objects.exists()
        page.fill(PASSWORD, make.PASSWORD)
        page.fill("input[name=confirm_class]", f"{slug} + {stops.CLASS}")
        page.click("button:has-text('Stop that class')")
        page.wait_for_url("**/effect/")
        assert ask(grant, member=ada.reference).decision
        assert not ask(grant, member=bob.reference).decision
        assert not ask(grant).decision

    def test_by_keyboard_on_a_phone(self, sign: SignIn, tier: Tier) -> None:
        grant = make.grant(None, tier)
        page = sign(Role.RESTRICTOR, phone=True, dark=True)
        say(page, tier)
        page.focus(PASSWORD)
        page.keyboard.type(make.PASSWORD)
        page.keyboard.press("Tab")
        page.keyboard.type(tier.ai_models.get().slug)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Stop everyone"
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 1
        page.keyboard.press("Enter")
        page.wait_for_url("**/effect/")
        assert not ask(grant).decision

    def test_the_wrong_name_or_password_stops_nothing_and_loses_nothing(
        self, sign: SignIn, tier: Tier
    ) -> None:
        grant, slug = make.grant(None, tier), tier.ai_models.get().slug
        page = sign(Role.RESTRICTOR)
        say(page, tier)
        for password, name, said in (
            (make.PASSWORD, "everything", f"type the name of what is stopped: {slug}"),
            ("wrong", slug, "This is not your password."),
        ):
            page.fill(PASSWORD, password)
            page.fill("input[name=confirm_everyone]", name)
            page.click("button:has-text('Stop everyone')")
            assert said in page.inner_text("[role=alert]")
        assert ask(grant).decision
        page.click("summary:has-text('Change what is stopped')")
        assert page.input_value("input[name=title]") == "Order of the evening"

    def test_passwords_cannot_be_guessed_on_an_open_screen(self, sign: SignIn, tier: Tier) -> None:
        slug = tier.ai_models.get().slug
        page = sign(Role.RESTRICTOR)
        say(page, tier)
        for _ in range(6):
            page.fill(PASSWORD, "wrong")
            page.fill("input[name=confirm_everyone]", slug)
            page.click("button:has-text('Stop everyone')")
        assert "Too many wrong passwords" in page.inner_text("[role=alert]")
        page.fill(PASSWORD, make.PASSWORD)
        page.fill("input[name=confirm_everyone]", slug)
        page.click("button:has-text('Stop everyone')")
        assert not Restriction.objects.exists()

    def test_what_changed_since_it_was_looked_at_is_looked_at_again(
        self, sign: SignIn, tier: Tier
    ) -> None:
        page = sign(Role.RESTRICTOR)
        say(page, tier)
        page.click("summary:has-text('Change what is stopped')")
        page.check(f"input[name=programs][value='{tier.program_id}']")
        page.fill(PASSWORD, make.PASSWORD)
        page.fill("input[name=confirm_everyone]", tier.ai_models.get().slug)
        page.click("button:has-text('Stop everyone')")
        assert "has changed since you looked" in page.inner_text("[role=alert]")
        assert not Restriction.objects.exists()

    def test_what_names_nobody_and_what_covers_nothing_is_said(
        self, sign: SignIn, tier: Tier
    ) -> None:
        page = sign(Role.RESTRICTOR)
        page.goto("/admin/access/restriction/stop/")
        page.fill("input[name=title]", "Order")
        page.click("summary:has-text('Only some organizations')")
        page.fill("textarea[name=organizations]", "nobody\naws:1")
        page.click("button:has-text('Show whom it reaches')")
        assert "nobody, aws:1" in page.inner_text("p.desk-error")
        page.fill("textarea[name=organizations]", "")
        page.click("button:has-text('Show whom it reaches')")
        assert "Say what is restricted" in page.inner_text("[role=alert]")
        assert tier.grants.count() == 0

    def test_others_do_not_reach_the_page(self, sign: SignIn) -> None:
        page = sign(*(role for role in Role if role is not Role.RESTRICTOR))
        answer = page.goto("/admin/access/restriction/stop/")
        assert answer is not None
        assert answer.status == 403


class TestEffect:
    def test_is_followed_until_every_point_has_reported(self, sign: SignIn, tier: Tier) -> None:
        points = [stops.point(), stops.point("api")]
        make.grant(None, tier)
        row = stops.stop(
            Scope(ai_models=(tier.ai_models.get().id,)), wording=Wording("Order of the evening")
        )
        page = sign(Role.RESTRICTOR)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"/admin/access/restriction/{row.id}/effect/")
        expect(page.get_by_role("status")).to_contain_text("0 of 2 enforcement points")
        assert "The words are not written yet" in page.inner_text("main, #main, body")
        for number, point in enumerate(points, start=1):
            stops.report(point, row, by=make.staff(Role.RESTRICTOR))
            expect(page.get_by_role("status")).to_contain_text(f"{number} of 2 enforcement points")
        expect(page.get_by_role("status")).to_contain_text("Complete.")
        assert errors == []

    def test_a_silent_point_is_named_with_whom_to_call(self, sign: SignIn, tier: Tier) -> None:
        point = stops.point()
        row = stops.stop(Scope(ai_models=(tier.ai_models.get().id,)))
        application = row.applications.get()
        application.alarms.create(after_seconds=600, raised_at=now())
        page = sign(Role.AUDITOR)
        page.goto(f"/admin/access/restriction/{row.id}/effect/")
        text = page.inner_text("li.desk-card")
        assert f"Call {point.alarm_name} ({point.owner.name})" in text
        assert point.alarm_email in text

    def test_what_is_told_by_telephone_is_written_down(self, sign: SignIn, tier: Tier) -> None:
        point = stops.point()
        row = stops.stop(Scope(ai_models=(tier.ai_models.get().id,)))
        page = sign(Role.RESTRICTOR)
        page.goto(f"/admin/access/restriction/{row.id}/change/")
        page.click("nav.desk-steps >> text=Record what a point did")
        page.select_option("select[name=point]", str(point.id))
        said = now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
        page.fill("input[name=read_at]", said)
        page.fill("input[name=applied_at]", said)
        page.click("button:has-text('Record what a point did')")
        page.wait_for_selector("text=Kept, with your name beside it.")
        assert row.applications.get(switch=Switch.OFF).applied_at is not None


class TestAfterwards:
    def test_words_a_list_a_mistaken_lift_and_the_lift(self, sign: SignIn, tier: Tier) -> None:
        back, left = make.grant(None, tier), make.grant(None, tier)
        row = stops.stop(
            Scope(ai_models=(tier.ai_models.get().id,)),
            wording=Wording("Order of the evening", confidential=stops.SECRET),
        )
        page = sign(Role.RESTRICTOR)
        change = f"/admin/access/restriction/{row.id}/change/"
        page.goto(change)
        page.click("nav.desk-steps >> text=Write the words")
        page.fill("input[name=title]", "A pause")
        page.fill("textarea[name=public]", "Access pauses.")
        page.click("button:has-text('Write the words')")
        page.wait_for_url(f"**{change}")

        page.click("nav.desk-steps >> text=Give access back from a list")
        text = f"identifier,name\n{back.organization.slug},\n,{left.organization.name}\n"
        page.set_input_files("input[type=file]", _csv(text))
        page.click("button:has-text('Preview')")
        assert "1 would have access back." in page.inner_text("[role=status]")
        assert left.organization.slug in page.inner_text("div[aria-label='Lines to settle']")
        page.click("button:has-text('Give access back to 1')")
        assert "must not be empty" in page.inner_text("[role=alert]")
        page.fill("input[name='confirm-3']", left.organization.slug)
        page.click("button:has-text('Look again with what I typed')")
        page.fill("input[name=basis]", "Annex A")
        page.click("button:has-text('Give access back to 2')")
        page.wait_for_selector("text=Given back to 2; 0 had it back already, 0 left out.")
        assert ask(back).decision
        assert ask(left).decision

        for step in ("Lift", "Withdraw the request to lift"):
            page.goto(change)
            page.locator("nav.desk-steps a", has_text=step).last.click()
            page.click(f"button:has-text('{step}')")
            page.wait_for_url(f"**{change}")
        row.refresh_from_db()
        assert row.lift_asked_by == ""

    def test_the_confidential_basis_is_read_by_cleared_staff_on_record(
        self, sign: SignIn, tier: Tier
    ) -> None:
        row = stops.stop(Scope(programs=(tier.program_id,)))
        others = sign(*(role for role in Role if role is not Role.CLEARED))
        cleared = sign(Role.CLEARED)
        for page in (others, cleared):
            for path in ("", f"{row.id}/change/", f"{row.id}/effect/"):
                page.goto(f"/admin/access/restriction/{path}")
                assert stops.SECRET not in page.content()
        cleared.goto(f"/admin/access/restriction/{row.id}/change/")
        cleared.click("nav.desk-steps >> text=Read the confidential basis")
        cleared.click("button:has-text('Read the confidential basis')")
        cleared.wait_for_selector(f"text={stops.SECRET}")
        assert AuditEvent.objects.filter(name="restriction.basis_read").count() == 1
        assert not Delivery.objects.exists()


def _csv(text: str) -> FilePayload:
    return {"name": "annex-a.csv", "mimeType": "text/csv", "buffer": text.encode()}
