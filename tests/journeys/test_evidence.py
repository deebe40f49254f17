"""Documents of evidence over the API and on the pages, for attestations, members and conditions."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from access.operations.conditions import Requirement
from registry.actors import Actor
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import Attestation, AuditEvent, EvidenceFile, User
from registry.operations import users
from tests import eligible, make
from tests.eligible import TODAY
from tests.forms import PDF

pytestmark = pytest.mark.django_db
SCOPES = (
    "attestations:read",
    "attestations:write",
    "members:write",
    "grants:read",
    "grants:write",
)


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE = tmp_path


def client_of(actor: Actor) -> APIClient:
    client = APIClient()
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client


def file(name: str = "report.pdf", content: bytes = PDF) -> BytesIO:
    found = BytesIO(content)
    found.name = name
    return found


def fetch(client: Any, path: str) -> bytes:
    answer = client.get(path)
    assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
    assert answer["Content-Disposition"].startswith("attachment;")
    content: bytes = answer.content
    return content


def count(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


class TestTheApi:
    def test_an_attestation_with_its_documents(self) -> None:
        of = make.organization()
        partner = client_of(make.client(of, *SCOPES))
        said = {"scheme": eligible.scheme().id, "issuer": "A body", "starts_on": TODAY}
        answer = partner.post(
            "/api/v1/attestations/",
            said | {"files": [file(), file("letter.txt", b"So.")]},
            format="multipart",
        )
        assert answer.status_code == 201, answer.json()
        report, letter = answer.json()["files"]
        assert (report["name"], report["sha256"]) == (
            *("report.pdf",),
            answer.json()["evidence_sha256"],
        )
        assert fetch(partner, report["url"]) == PDF
        assert fetch(partner, letter["url"]) == b"So."
        assert len(partner.get("/api/v1/evidence/").json()["results"]) == 2
        more = partner.post(
            f"/api/v1/attestations/{answer.json()['id']}/attach/",
            {"file": file("more.txt", b"More."), "confidential": "true"},
            format="multipart",
        )
        assert (more.status_code, len(more.json()["files"])) == (201, 3)
        marked = more.json()["files"][-1]
        assert (marked["confidential"], marked["url"]) == (True, None)
        assert partner.get(f"/api/v1/evidence/{marked['id']}/content/").status_code == 409
        read = partner.post(f"/api/v1/evidence/{marked['id']}/read/", {}, format="json")
        assert (read.content, AuditEvent.objects.filter(name="evidence.read").count()) == (
            b"More.",
            1,
        )
        other = client_of(make.client(make.organization(), *SCOPES))
        for path in ("", "content/"):
            assert other.get(f"/api/v1/evidence/{report['id']}/{path}").status_code == 404
        assert other.get("/api/v1/evidence/").json()["results"] == []
        refused = partner.post(
            f"/api/v1/evidence/{report['id']}/redact/", {"reason": "So."}, format="json"
        )
        assert refused.status_code == 403

    def test_without_a_file_or_a_checksum_there_is_no_attestation(self) -> None:
        partner = client_of(make.client(make.organization(), *SCOPES))
        said = {"scheme": eligible.scheme().id, "issuer": "A body", "starts_on": str(TODAY)}
        answer = partner.post("/api/v1/attestations/", said, format="json")
        assert (answer.status_code, answer.json()["code"]) == (400, "attestation_unreadable")

    def test_a_condition_and_a_member(self) -> None:
        grant = make.grant(conditions=(Requirement("mfa", "Keys."),))
        partner = client_of(make.client(grant.organization, *SCOPES, "members:read"))
        condition = grant.conditions.get()
        handed = partner.post(
            f"/api/v1/conditions/{condition.id}/hand_in/",
            {"text": "All have keys.", "files": [file()]},
            format="multipart",
        )
        assert handed.status_code == 200, handed.json()
        (shown,) = handed.json()["evidence"][0]["files"]
        assert fetch(partner, shown["url"]) == PDF
        member = make.member(grant.organization, "m-1")
        asserted = partner.post(
            f"/api/v1/members/{member.id}/attest/",
            {"kind": "us_person", "holds": "true", "evidence": "Seen", "file": file()},
            format="multipart",
        )
        assert asserted.status_code == 200, asserted.json()
        (listed,) = partner.get("/api/v1/members/").json()["results"]
        found = EvidenceFile.objects.get(pk=listed["assertions"][0]["file"])
        assert found.confidential

    def test_staff_tooling_redacts_and_the_holder_reads_why(self) -> None:
        of = make.organization()
        partner = client_of(make.client(of, *SCOPES))
        said = {"scheme": eligible.scheme().id, "issuer": "A body", "starts_on": TODAY}
        made = partner.post(
            "/api/v1/attestations/", said | {"files": [file()]}, format="multipart"
        ).json()
        path = f"/api/v1/evidence/{made['files'][0]['id']}/"
        staff = make.client(
            make.organization(), "review:write", "attestations:read", kind=ClientKind.STAFF
        )
        tool = client_of(
            Actor(
                *(staff.kind, staff.id, frozenset({Role.ADMINISTRATOR}), staff.scopes, None),
                client_kind=staff.client_kind,
            )
        )
        done = tool.post(f"{path}redact/", {"reason": "It names Ann."}, format="json")
        assert (done.status_code, done.json()["name"]) == (200, "")
        shown = partner.get(f"/api/v1/attestations/{made['id']}/").json()["files"][0]
        assert shown["redacted"]["reason"] == "It names Ann."
        assert partner.get(f"{path}content/").json()["code"] == "attachment_redacted"


class TestThePages:
    @pytest.fixture
    def desk(self, client: Client) -> Client:
        user = make.user()
        for role in Role:
            users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    def test_staff_hand_in_read_and_redact(self, desk: Client) -> None:
        said = {
            "organization": make.organization().id,
            "scheme": eligible.scheme().id,
            "issuer": "A body",
            "starts_on": TODAY,
            "documents": [file(), file("letter.txt", b"So.")],
        }
        assert desk.post("/admin/registry/attestation/steps/hand-in/", said).status_code == 302
        row = Attestation.objects.get()
        page = desk.get(f"/admin/registry/attestation/{row.id}/change/").content.decode()
        assert "letter.txt" in page
        plain = row.files.get(name="report.pdf")
        assert fetch(desk, f"/admin/registry/evidencefile/{plain.id}/content/") == PDF
        add = f"/admin/registry/attestation/{row.id}/steps/attach/"
        assert desk.post(add, {"file": file("c.pdf"), "confidential": "on"}).status_code == 302
        marked = row.files.get(confidential=True)
        base = f"/admin/registry/evidencefile/{marked.id}"
        assert desk.get(f"{base}/content/").status_code == 302
        assert desk.post(f"{base}/steps/read/", {"version": marked.version}).content == PDF
        assert "evidence.read" in desk.get(f"{base}/change/").content.decode()
        assert desk.post(f"{base}/steps/redact/", {"reason": "So."}).status_code == 302
        assert row.files.get(confidential=True).redacted_at is not None

    def test_lists_cost_the_same_for_more_documents(self, desk: Client) -> None:
        of, scheme = make.organization(), eligible.scheme()
        partner = client_of(make.client(of, *SCOPES))
        acts = (
            lambda: partner.get("/api/v1/evidence/"),
            lambda: partner.get("/api/v1/attestations/"),
            lambda: desk.get("/admin/registry/evidencefile/"),
        )
        said = {"scheme": scheme.id, "issuer": "A body", "starts_on": TODAY}
        counts = []
        for number in (1, 3):
            for _ in range(number):
                body = said | {"files": [file(), file("letter.txt", b"So.")]}
                made = partner.post("/api/v1/attestations/", body, format="multipart")
                assert made.status_code == 201
            counts.append([count(act) for act in acts])
        assert counts[0] == counts[1]

    def test_a_condition_and_a_member_show_their_documents(self, desk: Client) -> None:
        grant = make.grant(conditions=(Requirement("mfa", "Keys."),))
        condition, member = grant.conditions.get(), make.member(grant.organization, "m-1")
        page = f"/admin/access/condition/{condition.id}"
        handed = desk.post(
            f"{page}/steps/hand_in/", {"text": "Keys.", "documents": [file("k.pdf")]}
        )
        assert handed.status_code == 302
        assert "k.pdf" in desk.get(f"{page}/change/").content.decode()
        page = f"/admin/registry/organization/{grant.organization_id}"
        said = {"reference": member.reference, "kind": "us_person", "evidence": "Seen"}
        answer = desk.post(f"{page}/steps/attest_member/", said | {"file": file("m.pdf")})
        assert answer.status_code == 302
        assert "m.pdf (confidential)" in desk.get(f"{page}/change/").content.decode()
        for kept in EvidenceFile.objects.all():
            shown = desk.get(f"/admin/registry/evidencefile/{kept.id}/change/")
            assert shown.status_code == 200
