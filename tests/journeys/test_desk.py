"""The staff's pages in a real browser: what a person sees, presses and is told."""

import pytest
from playwright.sync_api import FilePayload, Page, ViewportSize

from access.choices import RequestStatus
from access.models import AccessRequest, Grant, TermsAcceptance
from access.operations import expansions, reviews
from registry.choices import Role, SourceGrade
from registry.models import AuditEvent, Organization
from registry.operations import organizations, sources
from tests import make
from tests.browser import CHROMIUM, REASON
from tests.journeys.conftest import DESK, PHONE, SignIn

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=REASON),
    pytest.mark.django_db(transaction=True),
]


def request_page(row: AccessRequest) -> str:
    return f"/admin/access/accessrequest/{row.id}/change/"


def buttons(page: Page) -> set[str]:
    """The steps that the page offers."""
    return {text.strip() for text in page.locator("nav.desk-steps a").all_inner_texts()}


class TestReview:
    def test_one_assesses_and_another_approves(self, sign: SignIn) -> None:
        row = make.in_review()
        reviewer = sign(Role.REVIEWER)
        reviewer.goto(request_page(row))
        reviewer.click("text=Assess")
        reviewer.select_option("select[name=finding]", "supports")
        reviewer.fill("textarea[name=reasons]", "Sound.")
        reviewer.click("button:has-text('Assess')")
        reviewer.wait_for_selector("td:has-text('Sound.')")

        decider = sign(Role.DECIDER)
        decider.goto(request_page(row))
        assert {"Approve", "Decline"} <= buttons(decider)
        decider.click("nav.desk-steps >> text=Approve")
        decider.fill("textarea[name=applicant_text]", "Welcome.")
        decider.click("button:has-text('Approve')")
        decider.wait_for_selector("td:has-text('Welcome.')")
        assert Grant.objects.get().request == row

    def test_a_refusal_is_said_and_nothing_is_lost(self, sign: SignIn) -> None:
        row = make.in_review()
        page = sign(Role.DECIDER)
        page.goto(request_page(row))
        page.click("nav.desk-steps >> text=Approve")
        page.fill("textarea[name=applicant_text]", "Welcome.")
        page.click("button:has-text('Approve')")
        assert "asks for 1 assessments" in page.inner_text("[role=alert]")
        assert page.input_value("textarea[name=applicant_text]") == "Welcome."
        row.refresh_from_db()
        assert row.status == RequestStatus.IN_REVIEW

    def test_who_looked_at_an_older_version_is_told(self, sign: SignIn) -> None:
        row = make.assessed()
        page = sign(Role.DECIDER)
        page.goto(request_page(row))
        page.click("nav.desk-steps >> text=Decline")
        reviews.escalate(make.by(make.staff(Role.REVIEWER)), request=row.id, reason="Wait.")
        page.fill("textarea[name=applicant_text]", "No.")
        page.click("button:has-text('Decline')")
        assert "changed by someone else" in page.inner_text("[role=alert]")

    @pytest.mark.parametrize(
        ("roles", "offered"),
        [
            ((Role.AUDITOR,), set[str]()),
            (
                (Role.DECIDER,),
                {"Approve", "Decline", "Assign", "Let go", "Comment", "Recuse yourself"},
            ),
            (
                (Role.REVIEWER,),
                {
                    "Assess",
                    "Ask the organization",
                    "Return for changes",
                    "Put on hold",
                    "Escalate",
                    "Comment",
                    "Recuse yourself",
                },
            ),
        ],
    )
    def test_buttons_are_those_that_the_policy_allows(
        self, sign: SignIn, roles: tuple[Role, ...], offered: set[str]
    ) -> None:
        row = make.assessed()
        page = sign(*roles)
        page.goto(request_page(row))
        assert buttons(page) == offered

    def test_a_closed_request_offers_nothing_that_moves_it(self, sign: SignIn) -> None:
        row = make.request_in(RequestStatus.WITHDRAWN)
        page = sign(*Role)
        page.goto(request_page(row))
        assert buttons(page) == {"Comment", "Copy as new"}


class TestExpansion:
    def test_its_lines_stand_in_one_screen(self, sign: SignIn) -> None:
        row = make.in_review()
        intake = make.staff(Role.INTAKE)
        expansion = expansions.propose(
            make.by(intake),
            slug="wave",
            name="Second wave",
            program=row.tier.program_id,
            tier=row.tier_id,
            rationale="More defenders.",
        ).value
        for line in (row, make.submitted(None, row.tier)):
            expansions.add_line(make.by(intake), expansion=expansion.id, request=line.id)
        page = sign(Role.REVIEWER)
        page.goto(f"/admin/access/expansion/{expansion.id}/change/")
        section = page.locator("section", has_text="Lines (2)")
        assert section.locator("tbody tr").count() == 2
        assert "1 in review, 1 submitted" in section.inner_text()


class TestGrant:
    def test_terms_that_bind_anew_are_accepted_for_the_holder(self, sign: SignIn) -> None:
        grant = make.grant()
        make.terms(grant.program)
        page = sign(Role.INTAKE)
        page.goto(f"/admin/access/grant/{grant.id}/change/")
        page.click("nav.desk-steps >> text=Record acceptance of the terms")
        page.fill("input[name=edition]", "1")
        page.click("button:has-text('Record acceptance of the terms')")
        page.wait_for_url("**/change/")
        acceptance = TermsAcceptance.objects.get()
        assert acceptance.organization == grant.organization


class TestRestrict:
    def test_a_stop_and_its_lifting_by_two(self, sign: SignIn) -> None:
        grant = make.grant()
        first = sign(Role.RESTRICTOR)
        first.goto("/admin/access/restriction/")
        first.click("text=Stop access")
        first.fill("input[name=title]", "June order")
        first.fill("textarea[name=public_wording]", "Access is stopped.")
        first.check(f"input[name=programs][value='{grant.program_id}']")
        first.click("button:has-text('Show whom it reaches')")
        first.fill("input[name=confirm_everyone]", grant.program.slug)
        first.fill("input[name=password]", make.PASSWORD)
        first.click("button:has-text('Stop everyone')")
        first.click("a:has-text('June order')")
        first.click("nav.desk-steps >> text=Lift")
        first.click("button:has-text('Lift')")
        first.wait_for_selector("text=A second person must lift it")
        assert "Lift" not in buttons(first)
        second = sign(Role.RESTRICTOR)
        second.goto(first.url)
        second.click("nav.desk-steps >> text=Lift")
        second.click("button:has-text('Lift')")
        second.wait_for_selector("text=Lifted.")


class TestOrganization:
    def test_a_contact_is_added_verified_and_withdrawn(self, sign: SignIn) -> None:
        acme = make.organization("acme")
        page = sign(Role.INTAKE)
        page.goto(f"/admin/registry/organization/{acme.id}/change/")
        page.click("nav.desk-steps >> text=Add a contact")
        page.fill("input[name=name]", "Ada")
        page.fill("input[name=email]", "ada@acme.invalid")
        page.click("button:has-text('Add a contact')")
        for step in ("Verify a contact", "Withdraw a contact"):
            page.click(f"nav.desk-steps >> text={step}")
            page.fill("input[name=email]", "ada@acme.invalid")
            page.click(f"button:has-text('{step}')")
            page.wait_for_selector("td:has-text('ada@acme.invalid')")
        contact = acme.contacts.get()
        assert contact.verified_at is not None
        assert contact.ended_at is not None


class TestReport:
    def test_a_source_says_that_somebody_holds_access(self, sign: SignIn) -> None:
        model, holder = make.ai_model("mythos"), make.organization("acme")
        sources.register(
            make.by(make.staff(Role.INTAKE)),
            slug="paper",
            publisher="A Paper",
            title="News",
            grade=SourceGrade.SINGLE,
        )
        page = sign(Role.INTAKE)
        page.goto("/admin/access/reportedholding/steps/report/")
        page.fill("textarea[name=statement]", "It is said to hold access.")
        page.select_option("select[name=source]", index=1)
        page.select_option("select[name=ai_model]", str(model.id))
        page.select_option("select[name=organization]", str(holder.id))
        page.fill("input[name=start]", "2026-06-02T00:00")
        page.click("button:has-text('Report a holding')")
        page.wait_for_url("**/reportedholding/")
        page.goto(f"/admin/holdings/?model={model.slug}&day=2026-06-03")
        row = page.locator("tr", has_text=holder.name).inner_text()
        assert "holds" in row
        assert "A Paper" in row


class TestImport:
    def test_a_file_is_previewed_and_taken_in_whole(self, sign: SignIn) -> None:
        page = sign(Role.INTAKE)
        page.goto("/admin/registry/organization/")
        page.click("text=Import organizations")
        page.set_input_files("input[type=file]", _csv("slug,name,kind\nacme,Acme,planet\n"))
        page.click("button:has-text('Preview')")
        assert "value_unknown" in page.inner_text("main, #main")
        page.set_input_files("input[type=file]", _csv("slug,name,kind\nacme,Acme,company\n"))
        page.click("button:has-text('Preview')")
        assert not Organization.objects.filter(slug="acme").exists()
        page.click("button:has-text('Import all of it')")
        page.wait_for_selector("text=1 created, 0 changed, 0 unchanged")
        assert Organization.objects.get(slug="acme").name == "Acme"


class TestWhoMaySee:
    def test_who_holds_no_role_sees_nothing(self, sign: SignIn) -> None:
        row = make.in_review()
        page = sign()
        assert "You hold no role yet" in page.inner_text("body")
        answer = page.goto(request_page(row))
        assert answer is not None
        assert row.organization.name not in page.inner_text("body")

    def test_an_undisclosed_name_is_shown_to_cleared_roles_who_ask_and_it_is_recorded(
        self, sign: SignIn
    ) -> None:
        hidden = make.organization("body-7", undisclosed=True, name="Ministry of Secrets")
        page = sign(Role.CLEARED)
        page.goto(f"/admin/registry/organization/{hidden.id}/change/")
        assert "Ministry of Secrets" not in page.content()
        page.click("text=Show the undisclosed name")
        page.click("button:has-text('Show the undisclosed name')")
        page.wait_for_selector("text=Ministry of Secrets")
        events = AuditEvent.objects.filter(name="organization.name_revealed")
        assert events.get().subject_id == hidden.id

    def test_others_never_read_it(self, sign: SignIn) -> None:
        hidden = make.organization("body-7", undisclosed=True, name="Ministry of Secrets")
        organizations.suspend(
            make.by(make.staff(Role.RESTRICTOR)), organization=hidden.id, reason="?"
        )
        page = sign(*(role for role in Role if role is not Role.CLEARED))
        for path in ("", f"{hidden.id}/change/"):
            page.goto(f"/admin/registry/organization/{path}")
            assert "Ministry of Secrets" not in page.content()
            assert "body-7" in page.content()


class TestEveryPage:
    PAGES = (
        *("", "holdings/", "timeline/", "access/accessrequest/", "access/expansion/"),
        *("access/grant/", "access/restriction/", "access/position/", "access/program/"),
        *("access/reviewpolicy/", "registry/organization/", "registry/aimodel/"),
        *("registry/authority/", "registry/jurisdiction/", "registry/reportedfact/"),
        *("registry/source/", "registry/user/", "registry/client/", "registry/auditevent/"),
        *("notifications/delivery/", "access/accessrequest/steps/draft/"),
        *("access/restriction/stop/", "registry/organization/import/"),
        *("registry/client/steps/register/", "access/position/steps/take/"),
        *("access/reportedholding/", "access/statedcount/", "access/program/steps/register/"),
        *("access/reportedholding/steps/report/", "access/statedcount/steps/state/"),
        *("access/reviewpolicy/steps/propose/", "access/restriction/steps/define/"),
        *("registry/reportedfact/steps/event/", "registry/reportedfact/steps/capability/"),
        *("registry/jurisdiction/steps/register/", "registry/authority/steps/register/"),
        *("registry/organization/steps/register/", "registry/aimodel/steps/register/"),
        *("registry/obligationrule/", "registry/obligationrule/steps/propose/"),
        *("registry/obligationrule/steps/enact/", "registry/holidaytable/"),
        *("registry/holidaytable/steps/propose/", "registry/holidaytable/steps/enact/"),
        *("access/enforcementpoint/", "access/enforcementpoint/steps/register/"),
        *("access/denyentry/", "access/denyentry/steps/propose/"),
    )

    @pytest.mark.parametrize(
        ("dark", "sizes"), [(False, (DESK, PHONE)), (True, (PHONE, DESK))], ids=["light", "dark"]
    )
    def test_answers_without_an_error_and_fits_the_screen(
        self, sign: SignIn, *, dark: bool, sizes: tuple[ViewportSize, ...]
    ) -> None:
        """Light at a desk and then made as narrow as a phone; dark the other way round."""
        make.grant()
        page = sign(*Role, dark=dark)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        for path in self.PAGES:
            page.set_viewport_size(sizes[0])
            answer = page.goto(f"/admin/{path}")
            assert answer is not None
            assert answer.status == 200, path
            for size in sizes:
                page.set_viewport_size(size)
                wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 1, (path, size)
        assert errors == []


def _csv(text: str) -> FilePayload:
    return {"name": "organizations.csv", "mimeType": "text/csv", "buffer": text.encode()}
