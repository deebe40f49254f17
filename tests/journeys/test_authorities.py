"""A position over HTTP: taken with its paper, confidential words read on record, gates told to staff alone."""

import base64
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from access.models import AccessRequest
from access.operations import stage_consultations
from registry.actors import SYSTEM, Actor
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import AuditEvent, User
from registry.models import Client as Program
from registry.operations import users
from tests import lines, make, stages
from tests import positions as making

pytestmark = pytest.mark.django_db


def calling(actor: Actor) -> APIClient:
    client = APIClient()
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client


@pytest.fixture
def row(tmp_path: Path, settings: Settings) -> AccessRequest:
    settings.STORAGE = tmp_path
    return making.request()


def desk() -> APIClient:
    actor = make.client(
        make.organization(), "review:write", "requests:read", kind=ClientKind.STAFF
    )
    row = Program.objects.get(pk=str(actor.id))
    row.roles = [Role.AUTHORITY_DESK]
    row.save(update_fields=["roles"])
    return calling(row.as_actor(actor.scopes))


def take(client: APIClient, row: AccessRequest) -> Any:
    return client.post(
        "/api/v1/positions/",
        {
            "authority": making.authority().organization.slug,
            "program": str(row.tier.program_id),
            "stance": "objects",
            "statement": "Not before the audit.",
            "attribution": "official_document",
            "legal_force": "order",
            "marking": "confidential",
            "papers": [
                {
                    "title": "Letter",
                    "file_name": "letter.txt",
                    "content": base64.b64encode(b"No.").decode(),
                    "dated_on": "2026-06-30",
                }
            ],
        },
        format="json",
    )


def test_words_and_papers_are_read_on_record_and_no_partner_reads_any(row: AccessRequest) -> None:
    staff = desk()
    taken = take(staff, row)
    assert taken.status_code == 201, taken.json()
    assert (taken.json()["withheld"], taken.json()["papers"]) == (True, [])
    url = f"/api/v1/positions/{taken.json()['id']}/"
    read = staff.post(f"{url}read/", {"paper": 1}, format="json").json()
    assert read["versions"][0]["statement"] == "Not before the audit."
    assert read["papers"][0]["sha256"] == sha256(b"No.").hexdigest()
    assert base64.b64decode(read["content"]) == b"No."
    assert AuditEvent.objects.filter(name="position.read").count() == 1

    partner = calling(make.client(row.organization, "requests:read"))
    assert partner.get(url).status_code in {403, 404}
    own = f"/api/v1/access-requests/{row.id}/"
    assert [gate["gate"] for gate in partner.get(own).json()["gates"]] == ["vetting"]
    gates = {gate["gate"]: gate["standing"] for gate in staff.get(own).json()["gates"]}
    assert gates["government"] == "closed"
    assert gates["vetting"] == "not_known"


def test_pages_show_positions_gates_and_what_was_asked(row: AccessRequest, client: Client) -> None:
    user = make.user()
    for role in Role:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
    client.force_login(User.objects.get(pk=user.pk))
    held = making.take(row)
    for path in (
        f"accessrequest/{row.id}/change/",
        f"accessrequest/{row.id}/steps/override/",
        f"position/{held.id}/change/",
        f"position/{held.id}/steps/supersede/",
        "position/steps/take/",
        "consultation/",
        "consultation/steps/consult/",
        "authorization/",
        "authorization/steps/attach/",
    ):
        assert client.get(f"/admin/access/{path}").status_code == 200, path
    shown = client.get(f"/admin/access/accessrequest/{row.id}/change/").content.decode()
    assert "The four gates" in shown
    assert "Rule 2 of the policy" in shown
    assert (
        client.post(
            f"/admin/access/accessrequest/{row.id}/steps/override/",
            {"position": str(held.id), "reasons": "Weighed."},
        ).status_code
        == 302
    )
    assert row.overrides.count() == 1


def test_a_position_is_overridden_for_many_lines_from_their_page(
    client: Client, row: AccessRequest
) -> None:
    envelope = lines.envelope(row.tier)
    lines.add(envelope, row)
    held = making.take(row)
    user = make.user()
    for role in (Role.DECIDER, Role.INTAKE):
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
    client.force_login(User.objects.get(pk=user.pk))
    page = f"/admin/access/expansion/{envelope.id}/lines/"
    assert f"{held.authority.organization.name} (holds 1)" in client.get(page).content.decode()
    said = {"do": "override", "override-position": str(held.id), "override-reasons": "Weighed."}
    looked = client.post(page, said | {"line": str(row.id)}, follow=True)
    assert "override a position" in looked.content.decode()
    assert "Weighed." in looked.content.decode()
    assert not row.overrides.exists()


def test_the_question_of_a_stage_is_handed_over_by_the_desk() -> None:
    body = making.authority()
    asking = stages.in_review(stages.consulting(body.organization.slug))
    stage_consultations.ask(make.by(SYSTEM), request=asking.id)
    staff = desk()
    (told,) = staff.get("/api/v1/consultations/").json()["results"]
    assert (told["request"], told["stage"], told["handed_over_at"]) == (
        str(asking.id),
        "law",
        None,
    )
    url = f"/api/v1/consultations/{told['id']}/hand_over/"
    done = staff.post(url, {"channel": "portal", "how": "No. 12"}, format="json")
    assert done.status_code == 200
    assert done.json()["channel"] == "portal"
    assert staff.post(url, {"channel": "post", "how": "Again"}, format="json").status_code == 409
    wide = {
        "authority": body.organization.slug,
        "question": "And of all companies?",
        "answer_by": "2126-01-01T00:00:00Z",
        "organization_kind": "company",
    }
    assert staff.post("/api/v1/consultations/", wide, format="json").status_code == 201
