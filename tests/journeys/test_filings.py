"""A notification over HTTP, as staff tooling takes it: from the open duty to the acknowledgement and an amendment."""

import base64
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from notifications.models import Obligation
from registry.choices import ClientKind, Role
from registry.operations.clients import ScopeUnknown
from tests import filings as making
from tests import make
from tests.http import Answer, Program, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
SCOPES = ("filings:read", "filings:write", "obligations:read")
SAID = {
    "moment": {"value": "1 July 2026"},
    "victims": {"unknown": "The hospital has not told."},
    "events": {"value": "An agent left its sandbox."},
}


def staff(live_server: LiveServer, *roles: Role, scopes: tuple[str, ...] = SCOPES) -> Program:
    operator = make.organization()
    return sign_in(live_server.url, operator, *scopes, kind=ClientKind.STAFF, roles=roles)


@pytest.fixture
def duty() -> Obligation:
    return making.duty()


@pytest.fixture
def writer(live_server: LiveServer) -> Program:
    return staff(live_server, Role.AUTHORITY_DESK)


@pytest.fixture
def reviewer(live_server: LiveServer) -> Program:
    return staff(live_server, Role.AUTHORITY_DESK)


@pytest.fixture
def decider(live_server: LiveServer) -> Program:
    return staff(live_server, Role.DECIDER)


def step(program: Program, path: str, name: str, body: Any = None, **headers: str) -> Answer:
    answer = program.post(f"{path}{name}/", body, **headers)
    assert answer.status in {200, 201}, answer.body
    return answer


def test_from_the_open_duty_to_its_acknowledgement_and_an_amendment(
    duty: Obligation, writer: Program, reviewer: Program, decider: Program
) -> None:
    found = writer.get("/api/v1/obligations/").body["results"]
    assert [row["id"] for row in found] == [str(duty.id)]

    drafted = writer.post("/api/v1/filings/", {"obligation": found[0]["id"]})
    assert (drafted.status, drafted.body["missing"]) == (
        201,
        ["moment", "victims", "events"],
    )
    path = f"/api/v1/filings/{drafted.body['id']}/"
    changed = step(writer, path, "change", {"fields_said": SAID}, If_Match=drafted.headers["ETag"])
    assert (changed.body["missing"], changed.body["status"]) == ([], "draft")

    assert reviewer.get(f"{path}pdf/").headers["Content-Type"] == "application/pdf"
    step(reviewer, path, "review", If_Match=changed.headers["ETag"])
    signed = step(decider, path, "sign")
    fixed = writer.get(f"{path}json/")
    assert fixed.body["fields"][1]["unknown"] == "The hospital has not told."
    pdf = writer.get(f"{path}pdf/", Accept="application/pdf").body
    assert signed.body["pdf_sha256"] == sha256(pdf).hexdigest()
    text = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "An agent left its sandbox." in text
    assert signed.body["sha256"] in text.replace("\n", "")

    proof = {"name": "receipt.pdf", "content": base64.b64encode(b"%PDF-1.7").decode()}
    sent = step(
        writer,
        path,
        "dispatch",
        {
            "channel": "portal",
            "address": making.PORTAL,
            "reference": "Ticket 7",
            "proof": proof,
        },
    )
    assert sent.body["status"] == "dispatched"
    assert writer.get(f"/api/v1/obligations/{duty.id}/").body["status"] == "discharged"
    step(writer, path, "receive", {"reference": "Stamp 3"})
    told = step(writer, path, "acknowledge", {"number": "AIO-2026-1"}).body
    assert [stage["kind"] for stage in told["stages"]] == [
        *("drafted", "changed", "reviewed", "signed", "dispatched", "received"),
        "acknowledged",
    ]
    stage = told["stages"][4]["id"]
    assert writer.get(f"{path}proofs/{stage}/").body == b"%PDF-1.7"

    amendment = step(writer, path, "amend").body
    assert amendment["amends"] == told["id"]
    again = f"/api/v1/filings/{amendment['id']}/"
    step(writer, again, "change", {"fields_said": {"victims": {"value": "One person died."}}})
    step(reviewer, again, "review")
    step(decider, again, "sign")
    step(
        writer,
        again,
        "dispatch",
        {"channel": "portal", "address": making.PORTAL, "reference": "Ticket 8"},
    )
    both = writer.get(f"/api/v1/filings/?obligation={duty.id}").body["results"]
    assert {row["status"] for row in both} == {"dispatched", "acknowledged"}
    assert [
        row["id"] for row in writer.get("/api/v1/filings/?status=acknowledged").body["results"]
    ] == [told["id"]]


class TestRefusals:
    def test_a_review_of_ones_own_words_says_so(self, duty: Obligation, writer: Program) -> None:
        drafted = writer.post("/api/v1/filings/", {"obligation": str(duty.id)}).body
        path = f"/api/v1/filings/{drafted['id']}/"
        step(writer, path, "change", {"fields_said": SAID})
        refused = writer.post(f"{path}review/")
        assert (refused.status, refused.body["code"]) == (403, "own_notification")

    def test_what_is_missing_is_named(
        self, duty: Obligation, writer: Program, reviewer: Program
    ) -> None:
        drafted = writer.post("/api/v1/filings/", {"obligation": str(duty.id)}).body
        refused = reviewer.post(f"/api/v1/filings/{drafted['id']}/review/")
        assert (refused.status, refused.body["code"]) == (409, "fields_missing")
        assert refused.body["values"] == {"fields": "moment, victims, events"}

    def test_a_file_that_cannot_be_shown_is_a_problem_document(
        self, duty: Obligation, writer: Program
    ) -> None:
        drafted = writer.post("/api/v1/filings/", {"obligation": str(duty.id)}).body
        path = f"/api/v1/filings/{drafted['id']}/"
        step(writer, path, "change", {"fields_said": {"moment": {"value": "名"}}})
        refused = writer.get(f"{path}pdf/", Accept="application/pdf")
        assert (refused.status, refused.body["code"]) == (400, "character_unprintable")

    def test_an_old_version_is_refused(self, duty: Obligation, writer: Program) -> None:
        drafted = writer.post("/api/v1/filings/", {"obligation": str(duty.id)})
        path = f"/api/v1/filings/{drafted.body['id']}/"
        step(writer, path, "change", {"fields_said": SAID})
        refused = writer.post(
            f"{path}change/", {"fields_said": SAID}, If_Match=drafted.headers["ETag"]
        )
        assert refused.status == 412

    def test_a_proof_that_is_not_base64_is_refused(
        self, duty: Obligation, writer: Program
    ) -> None:
        row = making.signed(duty)
        body = {
            "channel": "portal",
            "address": making.PORTAL,
            "reference": "x",
            "proof": {"name": "x.pdf", "content": "***"},
        }
        refused = writer.post(f"/api/v1/filings/{row.id}/dispatch/", body)
        assert (refused.status, refused.body["code"]) == (400, "proof_unacceptable")

    def test_partners_and_other_scopes_see_nothing(
        self, live_server: LiveServer, duty: Obligation
    ) -> None:
        row = making.dispatched(duty)
        blind = staff(live_server, Role.AUTHORITY_DESK, scopes=("obligations:read",))
        assert blind.get(f"/api/v1/filings/{row.id}/").status == 403
        roleless = staff(live_server, Role.INTAKE)
        assert roleless.get(f"/api/v1/filings/{row.id}/").status == 404
        assert roleless.get(f"/api/v1/filings/{row.id}/pdf/").status == 404
        assert roleless.get("/api/v1/filings/").body["results"] == []
        with pytest.raises(ScopeUnknown):
            sign_in(live_server.url, make.organization(), "filings:read")
        partner = sign_in(live_server.url, make.organization(), "grants:read")
        assert partner.get(f"/api/v1/filings/{row.id}/").status == 403
        refused = partner.post("/api/v1/filings/", {"obligation": str(duty.id)})
        assert (refused.status, refused.body["code"]) == (403, "scope_missing")

    def test_a_file_of_another_notification_is_not_found_under_this_one(
        self, duty: Obligation, writer: Program
    ) -> None:
        mine, other = making.signed(duty), making.dispatched(making.duty())
        stage = other.stages.latest("id").pk
        assert writer.get(f"/api/v1/filings/{mine.id}/proofs/{stage}/").status == 404
