"""Screening over the API and on the pages: a list is loaded, a hit ruled on, and the applicant told where it stands."""

from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from notifications.queries.audiences import find_recipients
from notifications.queries.letters import write_letter
from registry.actors import Actor
from registry.choices import ClientKind, Role
from registry.models import (
    AuditEvent,
    Organization,
    ScreenedOrganization,
    ScreeningHit,
    ScreeningList,
    ScreeningRun,
    ScreeningSnapshot,
    User,
)
from registry.operations import users
from tests import eligible, make, screening
from tests.journeys.test_api_eligibility import client_of

pytestmark = pytest.mark.django_db
SHEET = "reference,name,aliases,identifiers,jurisdiction\n77-A,Acme Robotics,,,Ruritania\n"


def tooling(*roles: Role) -> APIClient:
    staff = make.client(make.organization(), "review:write", kind=ClientKind.STAFF)
    actor = Actor(staff.kind, staff.id, frozenset(roles), staff.scopes, None, staff.client_kind)
    return client_of(actor)


class TestTheApi:
    def test_from_a_list_to_a_clearance(self) -> None:
        tier, of = make.tier(), make.organization(name="Acme Robotics")
        eligible.required(tier, screening.ASKS)
        staff = tooling(Role.ADMINISTRATOR, Role.REVIEWER)
        said = {"slug": "watch", "name": "W", "issuer": "I", "kind": "own", "source": "S"}
        assert staff.post("/api/v1/screening-lists/", said, format="json").status_code == 201
        file = BytesIO(SHEET.encode())
        file.name = "list.csv"
        uploaded = staff.post(
            "/api/v1/screening-lists/watch/snapshots/",
            {"file": file, "as_of": "2026-07-01"},
            format="multipart",
        )
        assert (uploaded.status_code, uploaded.json()["status"]) == (201, "prepared")
        assert uploaded.json()["compared"] == {"added": 1, "removed": 0, "unchanged": 0}
        snapshot = f"/api/v1/screening-snapshots/{uploaded.json()['id']}/"
        (entry,) = staff.get(f"{snapshot}entries/").json()["results"]
        assert entry["reference"] == "77-A"
        assert staff.post(f"{snapshot}commit/").json()["status"] == "in_use"

        request = make.submitted(of, tier)
        partner = client_of(make.client(of, "requests:read", "attestations:read"))
        path = f"/api/v1/access-requests/{request.id}/"
        assert partner.get(path).json()["screening"] == "in_progress"
        screening.work()
        standing = staff.get(f"/api/v1/organizations/{of.slug}/screening/").json()
        assert (standing["state"], standing["lists"]) == ("open", ["watch"])
        asked = f"/api/v1/programs/{tier.program.slug}/tiers/{tier.slug}/eligibility/"
        for told in (partner.get(path), partner.get(asked)):
            assert "77-A" not in told.content.decode()
            assert "watch" not in told.content.decode()
        (hit,) = staff.get("/api/v1/screening-hits/?finding=open").json()["results"]
        assert (hit["strength"], hit["entry"]["name"]) == ("exact", "Acme Robotics")
        ruled = f"/api/v1/screening-hits/{hit['id']}/clear/"
        assert staff.post(ruled, {}, format="json").status_code == 400
        cleared = staff.post(ruled, {"note": "Another one."}, format="json").json()
        assert (cleared["finding"], cleared["rulings"][0]["note"]) == ("cleared", "Another one.")
        assert partner.get(path).json()["screening"] == "cleared"
        assert partner.get(asked).json()["eligible"]
        (made,) = staff.get(f"/api/v1/screenings/?organization={of.slug}").json()["results"]
        assert made["matches"][0]["why"] == [
            {"field": "name", "listed": "Acme Robotics", "likeness": 100}
        ]

    def test_partners_read_none_of_it(self) -> None:
        of = make.organization()
        partner = client_of(make.client(of, "requests:read", "registry:read"))
        for path in (
            *("screening-lists", "screenings", "screening-runs", "screening-hits"),
            f"organizations/{of.slug}/screening",
        ):
            assert partner.get(f"/api/v1/{path}/").status_code == 403

    def test_an_undisclosed_name_is_not_told_by_its_hit(self) -> None:
        of = make.organization(name="Acme Robotics", undisclosed=True)
        screening.used(screening.screening_list(), "77-A,Acme Robotics,,,")
        screening.screened(of)
        staff = tooling(Role.REVIEWER, Role.CLEARED)
        for path in ("screenings", "screening-hits"):
            told = staff.get(f"/api/v1/{path}/").content.decode()
            assert "Acme" not in told
            assert "77-A" not in told

    def test_lists_cost_the_same_for_more_rows(self) -> None:
        screening.used(screening.screening_list(), "1,Acme,,,", "2,Acme,,,")
        staff, desk = tooling(Role.REVIEWER), sign_in()
        pages = ("screenedorganization", "screeninghit", "screeningrun", "screeningsnapshot")
        counts = []
        for _ in range(2):
            for _ in range(2):
                screening.screened(make.organization(name="Acme"))
            found = []
            for path in ("screenings", "screening-hits", "screening-runs"):
                with CaptureQueriesContext(connection) as queries:
                    assert staff.get(f"/api/v1/{path}/").status_code == 200
                found.append(len(queries))
            for page in pages:
                with CaptureQueriesContext(connection) as queries:
                    assert desk.get(f"/admin/registry/{page}/").status_code == 200
                found.append(len(queries))
            counts.append(found)
        assert counts[0] == counts[1]


def sign_in() -> Client:
    user, client = make.user(), Client()
    for role in Role:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
    client.force_login(User.objects.get(pk=user.pk))
    return client


class TestThePages:
    def test_a_list_is_loaded_and_a_hit_cleared(self) -> None:
        desk, of = sign_in(), make.organization(name="Acme Robotics")
        said = {"slug": "watch", "name": "W", "issuer": "I", "kind": "own", "source": "S"}
        form = said | {"reader": "sheet", "likeness": 60}
        desk.post("/admin/registry/screeninglist/steps/register/", form)
        row = ScreeningList.objects.get()
        file = BytesIO(SHEET.encode())
        file.name = "list.csv"
        desk.post(
            f"/admin/registry/screeninglist/{row.id}/steps/upload/",
            {"file": file, "as_of": "2026-07-01", "version": row.version},
        )
        snapshot = ScreeningSnapshot.objects.get()
        page = f"/admin/registry/screeningsnapshot/{snapshot.id}/"
        assert "77-A" in desk.get(f"{page}change/").content.decode()
        desk.post(f"{page}steps/commit/", {"version": snapshot.version})
        desk.post("/admin/registry/screenedorganization/steps/screen/", {"organization": of.id})
        hit = ScreeningHit.objects.get()
        page = f"/admin/registry/screeninghit/{hit.id}/"
        shown = desk.get(f"{page}change/").content.decode()
        assert "Ruritania" in shown
        assert "its name" in shown
        refused = desk.post(f"{page}steps/clear/", {"version": hit.version})
        assert refused.status_code == 409
        desk.post(f"{page}steps/clear/", {"version": hit.version, "note": "Another."})
        assert screening.standing(of) == "cleared"
        (screened,), (run,) = ScreenedOrganization.objects.all(), ScreeningRun.objects.all()
        for path in (
            f"screenedorganization/{screened.pk}",
            f"screeningrun/{run.id}",
            f"organization/{of.id}",
            f"screeninglist/{row.id}",
        ):
            assert desk.get(f"/admin/registry/{path}/change/").status_code == 200

    def test_a_request_shows_it_beside_its_stage_and_its_requirements(self) -> None:
        tier, of = make.tier(), make.organization(name="Acme")
        eligible.required(tier, screening.ASKS)
        screening.used(screening.screening_list(), "1,Acme,,,")
        row = make.submitted(of, tier)
        screening.work()
        shown = sign_in().get(f"/admin/access/accessrequest/{row.id}/change/").content.decode()
        assert "Hits of the last screening" in shown
        assert "List watch" in shown

    def test_an_undisclosed_name_is_read_on_record_alone(self) -> None:
        of: Organization = make.organization(name="Acme Robotics", undisclosed=True)
        screening.used(screening.screening_list(), "77-A,Acme Robotics,,,")
        screening.screened(of)
        desk, hit = sign_in(), ScreeningHit.objects.get()
        page = f"/admin/registry/screeninghit/{hit.id}/"
        shown = desk.get(f"{page}change/").content.decode()
        assert "77-A" not in shown
        assert "Acme" not in shown
        told = desk.post(f"{page}steps/reveal/", {"version": hit.version}, follow=True)
        assert "77-A: Acme Robotics" in told.content.decode()
        assert AuditEvent.objects.filter(name="organization.name_revealed").exists()


class TestMail:
    def test_one_for_a_run_that_opened_hits_and_none_for_one_that_did_not(self) -> None:
        reviewer = make.user()
        users.give_role(
            make.by(make.staff(Role.ADMINISTRATOR)), user=reviewer.username, role=Role.REVIEWER
        )
        row = screening.screening_list()
        screening.used(row, "1,Nobody,,,")
        for name in ("Acme", "Bolt"):
            screening.screened(make.organization(name=name))
        screening.used(row, "1,Acme,,,", "2,Bolt,,,")
        runs = AuditEvent.objects.filter(name="screening_run.finished").order_by("id")
        told = [[one.address for one in find_recipients(event)] for event in runs]
        assert told == [[], [], [reviewer.email]]
        letter = write_letter(runs[2], to=None)
        assert "hits are open" in letter.title
        assert "finding=open" in letter.text
        assert "Acme" not in letter.text

    def test_a_confirmed_hit_is_told_to_those_who_must_act(self) -> None:
        restrictor = make.user()
        users.give_role(
            make.by(make.staff(Role.ADMINISTRATOR)),
            user=restrictor.username,
            role=Role.RESTRICTOR,
        )
        of = make.organization(name="Acme", undisclosed=True)
        screening.used(screening.screening_list(), "77-A,Acme,,,")
        screening.screened(of)
        screening.confirmed(screening.hit(of))
        event = AuditEvent.objects.get(name="screening_hit.confirmed")
        assert [one.address for one in find_recipients(event)] == [restrictor.email]
        letter = write_letter(event, to=None)
        assert "Acme" not in letter.text
        assert "77-A" not in letter.text
