"""Gaps of coverage: opened once, told once, and kept until the need is met or a person has said why it stays."""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client
from django.utils.timezone import now

from access.choices import Stance
from access.models import Program, Tier
from notifications.choices import CoverageNeed, Covered
from notifications.models import CoverageGap, CoverageNotice
from notifications.operations import coverage_gaps
from notifications.operations.coverage_gaps import GapClosed, GapsSeenByTheClock, GapUnexplained
from notifications.queries.audiences import find_recipients
from notifications.queries.coverage_gaps import list_unexplained
from notifications.queries.letters import write_letter
from notifications.tasks import note_gaps
from registry.choices import ClientKind, JurisdictionRole, Role
from registry.models import AuditEvent, Authority, User
from registry.policies import RoleMissing
from tests import duties, make
from tests.access.test_disclosures import api
from tests.journeys.conftest import person
from tests.notifications.test_coverage import ask, cell, position

pytestmark = pytest.mark.django_db


@pytest.fixture
def body() -> Authority:
    return duties.authority(None)


@pytest.fixture
def program(body: Authority) -> Program:
    """A program in which an organization of the body's jurisdiction holds access."""
    tier: Tier = make.tier()
    place = body.competences.get().jurisdiction.slug
    make.grant(make.organization(jurisdictions=((place, JurisdictionRole.SEAT),)), tier)
    return tier.program


def open_gaps() -> set[tuple[str, str]]:
    rows = CoverageGap.objects.filter(closed_at__isnull=True)
    return set(rows.values_list("need", "covered"))


class TestNote:
    @pytest.mark.usefixtures("program", "body")
    def test_a_gap_opens_once_and_is_told_once_with_the_others(self) -> None:
        desk = person(Role.AUTHORITY_DESK)
        note_gaps(at=now())
        assert open_gaps() == {
            ("position", "not_known"),
            ("access", "no"),
            ("attestation", "not_known"),
            ("rule", "not_known"),
            ("contact", "no"),
        }
        note_gaps(at=now() + dt.timedelta(minutes=5))
        assert CoverageNotice.objects.count() == 1
        event = AuditEvent.objects.get(name="coverage_notice.given")
        assert [one.address for one in find_recipients(event)] == [desk.email]
        letter = write_letter(event, to=None)
        assert "gaps of coverage" in letter.title
        assert "position held: not known" in letter.text

    def test_it_closes_once_the_need_is_met_and_a_new_one_is_told_anew(
        self, program: Program, body: Authority
    ) -> None:
        note_gaps(at=now())
        position(body, program, Stance.SUPPORTS)
        note_gaps(at=now())
        closed = CoverageGap.objects.get(closed_at__isnull=False)
        assert closed.need == CoverageNeed.POSITION
        assert CoverageNotice.objects.count() == 1

    @pytest.mark.usefixtures("body")
    def test_what_concerns_nobody_who_holds_or_asks_opens_none(self) -> None:
        make.grant(None, make.tier())
        note_gaps(at=now())
        assert not CoverageGap.objects.exists()

    def test_nobody_but_the_system_opens_them(self, program: Program) -> None:
        with pytest.raises(GapsSeenByTheClock):
            coverage_gaps.note(make.by(duties.desk()), program=program.id, seen=())


class TestExplain:
    @pytest.mark.usefixtures("program")
    def test_it_is_to_do_no_more_and_stays_without_being_told_again(self) -> None:
        note_gaps(at=now())
        gap = CoverageGap.objects.get(need=CoverageNeed.RULE)
        for reason in ("No law asks for it.", "Still none."):
            coverage_gaps.explain(make.by(duties.desk()), gap=gap.id, reason=reason)
        note_gaps(at=now())
        gap.refresh_from_db()
        assert (gap.closed_at, gap.explanations.count()) == (None, 2)
        assert gap not in list_unexplained(duties.desk())
        assert CoverageNotice.objects.count() == 1

    def test_what_is_not_needed_is_shown_so_with_the_reason(
        self, program: Program, body: Authority
    ) -> None:
        note_gaps(at=now())
        gap = CoverageGap.objects.get(need=CoverageNeed.ACCESS)
        before = now()
        coverage_gaps.explain(
            make.by(duties.desk()), gap=gap.id, reason="It tests nothing.", not_needed=True
        )
        shown = cell(ask(program), body.organization, CoverageNeed.ACCESS)
        assert (shown.covered, shown.evidence[0].text) == (
            Covered.NOT_NEEDED,
            "It tests nothing.",
        )
        then = ask(program, as_of=now(), known_at=before)
        assert cell(then, body.organization, CoverageNeed.ACCESS).covered is Covered.NO

    def test_needs_a_reason_a_role_and_an_open_gap(
        self, program: Program, body: Authority
    ) -> None:
        note_gaps(at=now())
        gap = CoverageGap.objects.get(need=CoverageNeed.POSITION)
        with pytest.raises(GapUnexplained):
            coverage_gaps.explain(make.by(duties.desk()), gap=gap.id, reason=" ")
        with pytest.raises(RoleMissing):
            coverage_gaps.explain(make.by(make.staff(Role.CLEARED)), gap=gap.id, reason="So.")
        position(body, program, Stance.SUPPORTS)
        note_gaps(at=now())
        with pytest.raises(GapClosed):
            coverage_gaps.explain(make.by(duties.desk()), gap=gap.id, reason="So.")


class TestPages:
    @pytest.mark.usefixtures("program")
    def test_the_desk_lists_and_explains_them_and_others_find_none(self, client: Client) -> None:
        note_gaps(at=now())
        gap = CoverageGap.objects.get(need=CoverageNeed.CONTACT)
        desk: User = person(Role.AUTHORITY_DESK)
        client.force_login(desk)
        assert "gaps of coverage" in client.get("/admin/").content.decode()
        for stands in ("open", "explained", "closed"):
            assert (
                client.get(f"/admin/notifications/coveragegap/?stands={stands}").status_code == 200
            )
        page = f"/admin/notifications/coveragegap/{gap.id}"
        assert client.get(f"{page}/change/").status_code == 200
        assert client.post(f"{page}/steps/explain/", {"reason": "By post."}).status_code == 302
        assert "By post." in client.get(f"{page}/change/").content.decode()
        client.force_login(person(Role.AUDITOR))
        assert client.get("/admin/notifications/coveragegap/").status_code == 403


class TestApi:
    @pytest.mark.usefixtures("program", "body")
    def test_lists_by_where_they_stand_and_takes_why_one_stays(self) -> None:
        note_gaps(at=now())
        actor = make.client(make.organization(), "review:write", kind=ClientKind.STAFF)
        desk = api(replace(actor, roles=frozenset({Role.AUTHORITY_DESK})))
        found = desk.get("/api/v1/coverage-gaps/", {"stands": "open"}).json()["results"]
        assert {(gap["need"], gap["covered"]) for gap in found} == open_gaps()
        (gap,) = desk.get("/api/v1/coverage-gaps/", {"need": "contact"}).json()["results"]
        path = f"/api/v1/coverage-gaps/{gap['id']}/"
        said = desk.post(f"{path}explain/", {"reason": "Known by name."}, format="json")
        assert said.json()["explanations"][0]["reason"] == "Known by name."
        assert desk.get(path).json()["closed_at"] is None
        for standing, number in (("open", len(found) - 1), ("explained", 1), ("closed", 0)):
            rows = desk.get("/api/v1/coverage-gaps/", {"stands": standing}).json()["results"]
            assert len(rows) == number
        assert desk.get("/api/v1/coverage-gaps/", {"stands": "so"}).status_code == 400

    def test_is_for_who_may_read_of_positions_in_confidence(self) -> None:
        actor = make.client(make.organization(), "review:write", kind=ClientKind.STAFF)
        auditor = api(replace(actor, roles=frozenset({Role.AUDITOR})))
        assert auditor.get("/api/v1/coverage-gaps/").status_code == 403
