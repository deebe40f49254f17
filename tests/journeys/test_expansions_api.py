"""An expansion from proposal to publication over HTTP, and its pages, at a cost that no line adds to."""

import base64
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from access.models import LineBatch
from access.operations import line_batches
from access.operations.positions import About
from registry.actors import SYSTEM
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import User
from registry.operations import clients, users
from tests import lines, make
from tests.access.test_line_batches import object_to
from tests.journeys.test_query_counts import count

pytestmark = pytest.mark.django_db


def staff_client(*roles: Role) -> APIClient:
    """A staff program that holds these roles, as a caller."""
    registered = clients.register(
        make.by(make.staff(Role.ADMINISTRATOR)),
        organization=make.organization().id,
        name="Desk",
        kind=ClientKind.STAFF,
        scopes=("review:write", "requests:write"),
        secret=clients.make_secret(),
        roles=roles,
    ).value
    client = APIClient()
    actor = registered.as_actor(frozenset(registered.scopes))
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client


def post(client: APIClient, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = client.post(f"/api/v1/expansions/{path}", body or {}, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_from_a_file_to_rulings_published_together() -> None:
    tier = make.tier()
    intake, reviewer, decider = (
        staff_client(role) for role in (Role.INTAKE, Role.REVIEWER, Role.DECIDER)
    )
    said = {
        "slug": "second-wave",
        "name": "Second wave",
        "program": tier.program.slug,
        "tier": tier.slug,
        "rationale": "More defenders.",
        "aggregate_risk": "Many hold it at once.",
        "wave": 2,
        "capacity": 2,
    }
    assert post(intake, "", said, status=201)["wave"] == 2
    rows = [
        {"organization": f"n{number}", "name": f"N {number}", "kind": "company"}
        for number in range(3)
    ]
    file = {
        "file_name": "wave.xlsx",
        "content_base64": base64.b64encode(lines.write_workbook(*rows)).decode(),
        "unknown": "register",
        "justification": "To mend what we run.",
    }
    looked_at = post(intake, "second-wave/import/", file, status=201)
    assert (looked_at["status"], looked_at["counts"]["submitted"]) == ("ready", 3)
    post(intake, f"second-wave/imports/{looked_at['id']}/commit/")
    taking = post(reviewer, "second-wave/decide_lines/", {"act": "take_up"}, status=201)
    post(reviewer, f"second-wave/batches/{taking['id']}/commit/")
    line_batches.go_on(make.by(SYSTEM), batch=taking["id"])
    shown = intake.get("/api/v1/expansions/second-wave/").json()
    assert [line["state"] for line in shown["lines"]] == ["in_review"] * 3
    assert shown["lines"][0]["obstacles"] == ["stages"]
    for line in shown["lines"]:
        reviewer.post(
            f"/api/v1/access-requests/{line['request']}/assess/",
            {"finding": "supports", "reasons": "Sound."},
            format="json",
        )
    rulings = [
        {
            "line": line["request"],
            "act": "approve",
            "reason": "criteria_met",
            "applicant_text": "Welcome.",
        }
        for line in shown["lines"]
    ]
    batch = post(decider, "second-wave/publish/", {"rulings": rulings}, status=201)
    assert (batch["foreseen"]["done"], batch["foreseen"]["waits"]) == (2, 1)
    refused = intake.post(f"/api/v1/expansions/second-wave/batches/{batch['id']}/commit/")
    assert refused.json()["code"] == "role_missing"
    post(decider, f"second-wave/batches/{batch['id']}/commit/")
    line_batches.go_on(make.by(SYSTEM), batch=batch["id"])
    done = decider.get(f"/api/v1/expansions/second-wave/batches/{batch['id']}/").json()
    assert (done["status"], done["results"]["done"], done["results"]["waits"]) == ("done", 2, 1)
    shown = intake.get("/api/v1/expansions/second-wave/").json()
    assert shown["places"] == {"taken": 2, "free": 0, "waiting": 1}
    (waiting,) = [line for line in shown["lines"] if line["waits_as"] == 1]
    moved = post(
        intake,
        "second-wave/split/",
        {"lines": [waiting["request"]], "slug": "third", "name": "Third", "rationale": "Later."},
    )
    assert (moved["slug"], moved["line_count"], moved["split_from"]) == ("third", 1, "second-wave")


def test_a_partner_reaches_no_expansion() -> None:
    row = lines.envelope()
    client = APIClient()
    partner = make.client(make.organization(), "requests:read", "requests:write")
    client.force_authenticate(user=Caller(partner))  # type: ignore[arg-type]  # our caller is no user
    for path in ("", f"{row.slug}/", f"{row.slug}/lines/"):
        assert client.get(f"/api/v1/expansions/{path}").status_code == 403


def test_lines_cost_the_same_however_many_and_tell_what_holds_them() -> None:
    row, _few = lines.filled(2, capacity=1)
    object_to(About(expansion=row.id))
    client = staff_client(Role.REVIEWER)
    path = f"/api/v1/expansions/{row.slug}/"
    few = count(lambda: client.get(path))
    lines.add(row, *(make.assessed(None, row.tier) for _ in range(4)))
    assert count(lambda: client.get(path)) == few
    shown = client.get(path).json()["lines"]
    assert all(line["held_by"][0]["authority"] for line in shown)
    assert {tuple(line["obstacles"]) for line in shown} == {("position",)}
    make.policy("mild", blocking={"stances": [], "legal_forces": []}, assessments=3)
    as_if = client.get(f"{path}?as_if=mild:1").json()["lines"]
    assert {tuple(line["obstacles"]) for line in as_if} == {("stages",)}
    first = client.get(f"{path}lines/?page_size=4").json()
    second = client.get(first["next"]).json()
    assert [len(first["results"]), len(second["results"]), second["next"]] == [4, 2, None]


class TestPages:
    @pytest.fixture
    def desk(self, client: Client) -> Client:
        user = make.user()
        for role in Role:
            users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    def test_lines_are_chosen_looked_at_and_committed(self, desk: Client) -> None:
        row, (first, second) = lines.filled(2, capacity=5)
        page = f"/admin/access/expansion/{row.id}/lines/"
        assert first.organization.name in desk.get(page).content.decode()
        nothing = desk.post(page, {"do": "move"})
        assert nothing.status_code == 409
        said = {
            "do": "decide",
            "line": [str(first.id)],
            "decide-act": "approve",
            "decide-reason": "criteria_met",
            "decide-applicant_text": "Welcome.",
        }
        answer = desk.post(page, said)
        batch = LineBatch.objects.get()
        assert answer.headers["Location"] == f"/admin/access/linebatch/{batch.id}/change/"
        shown = desk.get(answer.headers["Location"]).content.decode()
        assert "criteria_met: Welcome." in shown
        desk.post(f"/admin/access/linebatch/{batch.id}/steps/commit/", {"version": batch.version})
        assert desk.get(answer.headers["Location"]).headers["Refresh"] == "3"
        lines.run(LineBatch.objects.get())
        assert "Refresh" not in desk.get(answer.headers["Location"]).headers
        assert lines.results(LineBatch.objects.get()) == [("done", "")]
        second.refresh_from_db()
        assert second.status == "in_review"

    def test_the_page_of_lines_costs_the_same_for_more_of_them(self, desk: Client) -> None:
        row, _lines = lines.filled(2)
        page = f"/admin/access/expansion/{row.id}/lines/"
        desk.get(page)  # what is read once a process is read now
        few = count(lambda: desk.get(page))
        lines.add(row, *(make.assessed(None, row.tier) for _ in range(4)))
        assert count(lambda: desk.get(page)) == few

    def test_a_file_is_taken_in_on_its_page(self, desk: Client) -> None:
        row = lines.envelope()
        file = SimpleUploadedFile(
            "wave.csv", lines.write_csv({"organization": "n1", "name": "N 1", "kind": "company"})
        )
        said = {"file": file, "unknown": "register", "justification": "Defence."}
        desk.post(f"/admin/access/expansion/{row.id}/steps/import/", said)
        (found,) = row.imports.all()
        page = f"/admin/access/lineimport/{found.id}/"
        assert "ready to be taken in" in desk.get(f"{page}change/").content.decode()
        desk.post(f"{page}steps/commit/", {"version": found.version})
        assert row.access_requests.count() == 1
