"""The board of clocks: in a browser as the desk sees it, over HTTP as a program does, and in bounded queries."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from notifications.choices import ObligationStatus, QuestionCause
from notifications.models import MissExplanation, Obligation, ObligationQuestion
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import User
from registry.operations import users
from registry.operations.clients import ScopeUnknown
from tests import duties, make
from tests.browser import CHROMIUM, REASON
from tests.http import Program, sign_in
from tests.journeys.conftest import SignIn
from tests.journeys.test_query_counts import count
from tests.notifications.test_obligations import desk_person, filing

READING = ("obligations:read",)
WRITING = (*READING, "obligations:write")
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=REASON),
    pytest.mark.django_db(transaction=True),
]


def due_in(time: dt.timedelta | None, **more: Any) -> Obligation:
    """An open duty of ten days that ends then; none where it has no number."""
    target = None if time is None else now() + time
    said: dict[str, Any] = {
        "anchor_at": now() - DAY if target is None else target - 10 * DAY,
        "opened_at": now() - DAY,
        "target_due": target,
        "latest_due": target,
    } | more
    return duties.obligation(**said)


def question(**more: Any) -> ObligationQuestion:
    about = duties.incident(title="Reported escape")
    said: dict[str, Any] = {
        "rule": duties.rule(
            f"asked-{ObligationQuestion.objects.count()}", title="A rule in doubt"
        ),
        "incident": about,
        "duty_holder": about.duty_holder,
        "cause": QuestionCause.FACT_MISSING,
        "missing": ["incident.deaths"],
        "asked_at": now(),
        "would_be_due": now() + 5 * DAY,
        "changed_at": now(),
    } | more
    return ObligationQuestion.objects.create(**said)


def a_board() -> dict[str, Obligation]:
    """A duty of each state."""
    office = duties.authority()
    owner = f"user:{desk_person().id}"
    return {
        "running": due_in(
            9 * DAY, authority=office, owner=owner, rule=duties.rule("calm", title="Calm duty")
        ),
        "soon": due_in(2 * DAY, authority=office, rule=duties.rule("soon", title="Duty due soon")),
        "urgent": due_in(3 * HOUR, owner=owner, flags=["no_recipient"]),
        "late": due_in(
            -2 * HOUR,
            latest_due=now() + 2 * DAY,
            latest_is_interpretation=True,
            basis="Reg. 1182/71 Art. 3(4)",
            authority=office,
        ),
        "overdue": due_in(-2 * DAY, authority=office, flags=["no_table"]),
        "undated": due_in(None, authority=office, rule=duties.rule("soonest", title="No number")),
    }


class TestTheBoard:
    pytestmark = in_a_browser

    def test_what_has_no_number_stands_on_top_then_by_target(self, sign: SignIn) -> None:
        rows = a_board()
        page = sign(Role.AUTHORITY_DESK)
        page.goto("/admin/clocks/")
        shown = page.locator(".board-card h3 a").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        order = ("undated", "overdue", "late", "urgent", "soon", "running")
        assert shown == [
            f"/admin/notifications/obligation/{rows[name].id}/change/" for name in order
        ]

    def test_the_state_is_said_in_words(self, sign: SignIn) -> None:
        a_board()
        page = sign(Role.AUDITOR)
        page.goto("/admin/clocks/")
        assert page.locator(".board-state").all_inner_texts() == [
            "Without undue delay",
            "Overdue",
            "Past its target",
            "Urgent",
            "Due soon",
            "In time",
        ]

    def test_a_card_says_what_is_needed(self, sign: SignIn) -> None:
        row = due_in(
            -2 * HOUR,
            latest_due=now() + 2 * DAY,
            latest_is_interpretation=True,
            basis="Reg. 1182/71 Art. 3(4)",
        )
        filing(row, status="bounced", bounced_at=now(), bounce_reason="No such mailbox")
        page = sign(Role.AUTHORITY_DESK)
        page.goto("/admin/clocks/")
        card = page.locator(".board-card").inner_text()
        for said in (
            "late by 2",
            "“test-office” (nobody is registered)",
            "nobody · assign",
            "It was not delivered: send it again".lower(),
            "Test Act, Article 1 (law)",
            "Reg. 1182/71 Art. 3(4) (interpretation)",
            "Receipt 17",
            row.duty_holder.name,
        ):
            assert said in card.replace("\xa0", " ") or said in card.lower(), said

    def test_somebody_takes_a_duty_from_the_board(self, sign: SignIn) -> None:
        row = due_in(2 * DAY)
        page = sign(Role.AUTHORITY_DESK)
        page.goto("/admin/clocks/")
        page.keyboard.press("Tab")
        page.locator(".board-card a", has_text="assign").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/steps/assign/")
        page.select_option("select[name=owner]", index=1)
        page.click("button:has-text('Assign')")
        page.wait_for_url("**/change/")
        row.refresh_from_db()
        assert row.owner.startswith("user:")
        page.goto("/admin/clocks/?mine=on")
        assert page.locator(".board-card").count() == 1
        page.goto("/admin/clocks/?owner=nobody")
        assert "No open duty is like that." in page.inner_text(".desk-page")

    def test_whoever_may_only_read_is_offered_no_step(self, sign: SignIn) -> None:
        row = due_in(2 * DAY)
        page = sign(Role.AUDITOR)
        page.goto("/admin/clocks/")
        assert page.locator(".board-card a", has_text="assign").count() == 0
        page.goto(f"/admin/notifications/obligation/{row.id}/change/")
        assert page.locator("nav.desk-steps a").count() == 0

    def test_other_roles_see_neither_it_nor_its_link(self, sign: SignIn) -> None:
        due_in(2 * DAY)
        page = sign(Role.REVIEWER)
        assert "Clocks" not in page.inner_text("body")
        for path in ("", "untold/", "missed/"):
            answer = page.goto(f"/admin/clocks/{path}")
            assert answer is not None
            assert answer.status == 403

    def test_what_was_missed_stays_with_who_explained_it(self, sign: SignIn) -> None:
        row = due_in(-3 * DAY)
        closed_at = now() - 2 * DAY
        Obligation.objects.filter(pk=row.pk).update(
            missed_at=row.target_due,
            status=ObligationStatus.DISCHARGED,
            closed_at=closed_at,
            closed_by="user:one",
        )
        page = sign(Role.AUTHORITY_DESK)
        page.goto("/admin/clocks/missed/")
        assert "nobody has said why" in page.inner_text(".board-card")
        page.click(".board-card >> text=explain")
        page.fill("textarea[name=reason]", "The worker stood still.")
        page.click("button:has-text('Explain the miss')")
        page.wait_for_url("**/change/")
        page.goto("/admin/clocks/missed/")
        card = page.inner_text(".board-card").replace("\xa0", " ")
        explained = MissExplanation.objects.get()
        who = User.objects.get(pk=explained.explained_by.removeprefix("user:")).display_name
        assert "Met, late by 1 day" in card
        assert "The worker stood still." in card
        assert who in card

    def test_access_given_and_not_told_has_its_list(self, sign: SignIn) -> None:
        grant = make.grant()
        due_in(2 * DAY)
        due_in(3 * DAY, grant=grant)
        question(grant=grant)
        page = sign(Role.AUTHORITY_DESK)
        page.goto("/admin/")
        page.click("a.desk-card:has-text('decided, not notified')")
        page.wait_for_url("**/clocks/untold/")
        assert page.locator(".board-card").count() == 1
        assert "A rule in doubt" in page.inner_text(".board-questions")

    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    @pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
    def test_fits_the_screen_without_an_error(
        self, sign: SignIn, *, dark: bool, phone: bool
    ) -> None:
        rows = a_board()
        rows["late"].missed_at = rows["late"].target_due
        rows["late"].save(update_fields=["missed_at"])
        question()
        page = sign(*Role, dark=dark, phone=phone)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        for path in (
            *("clocks/", "clocks/missed/", "clocks/untold/", "notifications/obligation/"),
            f"notifications/obligation/{rows['late'].id}/change/",
            f"notifications/obligation/{rows['late'].id}/steps/assign/",
        ):
            answer = page.goto(f"/admin/{path}")
            assert answer is not None
            assert answer.status == 200, path
            assert _overflow(page) <= 1, path
        assert errors == []


def _overflow(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide


class TestQueries:
    pytestmark = pytest.mark.django_db

    @pytest.fixture
    def desk(self, client: Client) -> Client:
        user = make.user()
        for role in Role:
            users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    @pytest.mark.parametrize(
        "path",
        ["clocks/", "clocks/missed/", "clocks/untold/", "notifications/obligation/", ""],
    )
    def test_a_page_costs_the_same_for_more_duties(self, desk: Client, path: str) -> None:
        self.fill(2)
        desk.get(f"/admin/{path}")  # what is read once a process is read now
        few = count(lambda: desk.get(f"/admin/{path}"))
        self.fill(6)
        assert count(lambda: desk.get(f"/admin/{path}")) == few

    def test_a_list_over_http_costs_the_same_for_more_duties(self) -> None:
        program = make.client(make.organization(), *READING, kind=ClientKind.STAFF)
        actor = replace(program, roles=frozenset({Role.AUTHORITY_DESK}))
        client = APIClient()
        client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
        url = "/api/v1/obligations/?page_size=200"
        self.fill(2)
        few = count(lambda: client.get(url))
        self.fill(6)
        assert len(client.get(url).json()["results"]) == 8
        assert count(lambda: client.get(url)) == few

    def fill(self, number: int) -> None:
        for _ in range(number):
            row = due_in(-2 * DAY, owner=f"user:{desk_person().id}", grant=make.grant())
            Obligation.objects.filter(pk=row.pk).update(missed_at=row.target_due)
            MissExplanation.objects.create(
                obligation=row, reason="?", explained_by=row.owner, explained_at=now()
            )
            filing(row)
            question()

    def test_the_first_page_of_two_thousand_is_one_page(self, desk: Client) -> None:
        edition, about = duties.rule(), duties.incident()
        like = due_in(2 * DAY, rule=edition, incident=about)
        kept = {
            field.attname: getattr(like, field.attname)
            for field in like._meta.concrete_fields
            if field.name != "id"
        }
        Obligation.objects.bulk_create(
            Obligation(**(kept | {"recipient": f"office-{number}"})) for number in range(1_999)
        )
        answer = desk.get("/admin/clocks/")
        assert answer.status_code == 200
        assert len(answer.context["cards"]) == 50
        assert "Page 1 of 40" in answer.content.decode()
        assert count(lambda: desk.get("/admin/clocks/?page=40")) < 40


@pytest.mark.django_db(transaction=True)
class TestOverHttp:
    @pytest.fixture
    def desk(self, live_server: LiveServer) -> Program:
        return sign_in(
            live_server.url,
            make.organization(),
            *WRITING,
            kind=ClientKind.STAFF,
            roles=(Role.AUTHORITY_DESK,),
        )

    def test_lists_open_duties_by_due(self, desk: Program) -> None:
        later, sooner, undated = due_in(3 * DAY), due_in(2 * DAY), due_in(None)
        due_in(
            DAY,
            status=ObligationStatus.VOID,
            closed_by="user:one",
            closed_at=now(),
            void_reason="A drill.",
        )
        answer = desk.get("/api/v1/obligations/")
        assert [row["id"] for row in answer.body["results"]] == [
            str(undated.id),
            str(sooner.id),
            str(later.id),
        ]
        assert answer.body["results"][1]["state"] == "soon"
        assert answer.body["results"][0]["target_due"] is None

    def test_pages_neither_skip_nor_repeat(self, desk: Program) -> None:
        rows = {str(due_in(number * DAY).id) for number in range(1, 6)} | {str(due_in(None).id)}
        seen: list[str] = []
        address: str | None = "/api/v1/obligations/?page_size=2"
        while address:
            body = desk.get(address).body
            seen += [row["id"] for row in body["results"]]
            address = body["next"]
        assert sorted(seen) == sorted(rows)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("regime=california", 1),
            ("owner=nobody", 2),
            ("late=true", 1),
            ("recipient=other-office", 1),
            ("world=real", 2),
            ("world=synthetic", 0),
            ("status=all", 3),
            ("status=void", 1),
        ],
    )
    def test_is_narrowed(self, desk: Program, query: str, found: int) -> None:
        due_in(2 * DAY, rule=duties.rule("ca", regime="california"))
        due_in(-2 * DAY, recipient="other-office")
        due_in(
            DAY,
            status=ObligationStatus.VOID,
            closed_by="user:one",
            closed_at=now(),
            void_reason="A drill.",
        )
        assert len(desk.get(f"/api/v1/obligations/?{query}").body["results"]) == found

    @pytest.mark.parametrize("query", ["status=gone", "owner=me", "late=yes", "world=flat"])
    def test_a_filter_that_cannot_be_read_is_refused(self, desk: Program, query: str) -> None:
        answer = desk.get(f"/api/v1/obligations/?{query}")
        assert (answer.status, answer.body["code"]) == (400, "filter_unreadable")

    def test_is_assigned_with_the_version_that_was_read(self, desk: Program) -> None:
        row, owner = due_in(2 * DAY), desk_person()
        read = desk.get(f"/api/v1/obligations/{row.id}/")
        step = f"/api/v1/obligations/{row.id}/assign/"
        said = {"owner": str(owner.id)}
        done = desk.post(step, said, If_Match=read.headers["ETag"])
        assert (done.status, done.body["owner"]) == (200, str(owner.id))
        assert done.headers["ETag"] != read.headers["ETag"]
        stale = desk.post(step, said, If_Match=read.headers["ETag"])
        assert (stale.status, stale.body["code"]) == (412, "stale_version")

    def test_is_voided_once_per_key(self, desk: Program) -> None:
        row = due_in(2 * DAY)
        step = f"/api/v1/obligations/{row.id}/void/"
        for _ in range(2):
            done = desk.post(step, {"reason": "A drill."}, Idempotency_Key="one")
            assert (done.status, done.body["status"]) == (200, "void")
        again = desk.post(step, {"reason": "A drill."})
        assert (again.status, again.body["code"]) == (409, "obligation_closed")

    def test_a_miss_is_explained(self, desk: Program) -> None:
        row = due_in(-2 * DAY)
        Obligation.objects.filter(pk=row.pk).update(missed_at=row.target_due)
        done = desk.post(f"/api/v1/obligations/{row.id}/explain_miss/", {"reason": "Why."})
        assert [said["reason"] for said in done.body["explanations"]] == ["Why."]

    def test_a_program_without_the_role_finds_nothing(self, live_server: LiveServer) -> None:
        row = due_in(2 * DAY)
        program = sign_in(
            live_server.url,
            make.organization(),
            *WRITING,
            kind=ClientKind.STAFF,
            roles=(Role.REVIEWER,),
        )
        assert program.get("/api/v1/obligations/").body["results"] == []
        assert program.get(f"/api/v1/obligations/{row.id}/").status == 404
        refused = program.post(f"/api/v1/obligations/{row.id}/void/", {"reason": "?"})
        assert (refused.status, refused.body["code"]) == (403, "role_missing")

    def test_reading_does_not_allow_a_step(self, live_server: LiveServer) -> None:
        row = due_in(2 * DAY)
        program = sign_in(
            live_server.url,
            make.organization(),
            *READING,
            kind=ClientKind.STAFF,
            roles=(Role.AUTHORITY_DESK,),
        )
        refused = program.post(f"/api/v1/obligations/{row.id}/void/", {"reason": "?"})
        assert (refused.status, refused.body["code"]) == (403, "scope_missing")
        assert Obligation.objects.get().status == ObligationStatus.OPEN

    def test_a_partner_is_never_given_the_scope(self) -> None:
        with pytest.raises(ScopeUnknown):
            make.client(make.organization(), *READING)
