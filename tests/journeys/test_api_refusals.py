"""What the API refuses, and what its headers promise."""

import pytest
from pytest_django.live_server_helper import LiveServer

from access.models import AccessRequest, Tier
from registry.models import Organization
from tests import make
from tests.http import Program, ask_token, sign_in
from tests.journeys.calls import OWN, draft, question

pytestmark = pytest.mark.django_db(transaction=True)


class TestBadInput:
    def test_malformed_json(self, partner: Program) -> None:
        answer = partner.call("POST", "/api/v1/access-requests/", raw=b"{")
        assert (answer.status, answer.body["code"]) == (400, "malformed_json")
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_an_unknown_field(self, partner: Program, tier: Tier) -> None:
        answer = draft(partner, tier, purpos="use")
        assert (answer.status, answer.body["code"]) == (400, "invalid")
        assert answer.body["errors"] == [
            {"field": "purpos", "code": "unknown_field", "detail": "This field is not known."}
        ]
        assert not AccessRequest.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "status", "code"),
        [
            ({"organization": "nobody"}, 404, "not_found"),
            ({"tier": "no-tier"}, 404, "not_found"),
            ({"purpose": "theft"}, 400, "invalid"),
        ],
    )
    def test_what_is_not_there_or_cannot_be_meant(
        self, partner: Program, tier: Tier, changed: dict[str, str], status: int, code: str
    ) -> None:
        answer = draft(partner, tier, **changed)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert not AccessRequest.objects.exists()

    def test_a_second_open_request(self, partner: Program, tier: Tier) -> None:
        first, second = (draft(partner, tier).body["id"] for _ in range(2))
        partner.post(f"/api/v1/access-requests/{first}/submit/", {"accepts_terms": 1})
        answer = partner.post(f"/api/v1/access-requests/{second}/submit/", {"accepts_terms": 1})
        assert (answer.status, answer.body["code"]) == (409, "request_already_open")

    def test_a_token_of_another_organization(
        self, live_server: LiveServer, organization: Organization, tier: Tier
    ) -> None:
        grant = make.grant(organization, tier)
        assert grant.request is not None
        stranger = sign_in(live_server.url, make.organization(), *OWN, "access:history")
        for path in (
            f"/api/v1/grants/{grant.id}/",
            f"/api/v1/access-requests/{grant.request.id}/",
            f"/api/v1/organizations/{organization.slug}/",
        ):
            answer = stranger.get(path)
            assert (answer.status, answer.body["code"]) == (404, "not_found")
        for path in ("/api/v1/grants/", "/api/v1/access-requests/"):
            assert stranger.get(path).body["results"] == []
        assert stranger.post(f"/api/v1/grants/{grant.id}/surrender/").status == 404
        asked = stranger.post("/access/v1/evaluation", question(organization, tier))
        assert (asked.status, asked.body["code"]) == (403, "not_yours")
        unknown = question(organization, tier) | {"subject": {"type": "organization", "id": "x"}}
        assert stranger.post("/access/v1/evaluation", unknown).body["code"] == "not_yours"

    def test_no_token_and_a_wrong_one(self, live_server: LiveServer) -> None:
        nobody = Program(live_server.url).get("/api/v1/grants/")
        assert (nobody.status, nobody.body["code"]) == (401, "not_authenticated")
        assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
        forged = Program(live_server.url, "forged").get("/api/v1/grants/")
        assert (forged.status, forged.body["code"]) == (401, "not_authenticated")

    def test_a_scope_that_the_token_does_not_carry(
        self, live_server: LiveServer, organization: Organization
    ) -> None:
        reader = sign_in(live_server.url, organization, "registry:read")
        answer = reader.get("/api/v1/grants/")
        assert (answer.status, answer.body["code"]) == (403, "scope_missing")

    def test_a_wrong_secret_gets_no_token(
        self, live_server: LiveServer, organization: Organization
    ) -> None:
        sign_in(live_server.url, organization, "registry:read")
        known = organization.clients.get().client_id
        assert ask_token(live_server.url, known, "nothing").status == 401
        assert ask_token(live_server.url, "nobody", "nothing").status == 401

    def test_an_address_that_leads_nowhere(self, partner: Program) -> None:
        answer = partner.get("/api/v1/nothing/")
        assert (answer.status, answer.body["code"]) == (404, "not_found")

    def test_a_method_that_is_not_offered(self, partner: Program) -> None:
        answer = partner.call("DELETE", "/api/v1/access-requests/")
        assert answer.status in {403, 405}


class TestHeaders:
    def test_a_repeat_with_the_same_key_answers_as_the_first_did(
        self, partner: Program, tier: Tier
    ) -> None:
        said = {
            "program": tier.program.slug,
            "tier": tier.slug,
            "purpose": "use",
            "justification": "x",
        }
        first, again = (
            partner.post("/api/v1/access-requests/", said, Idempotency_Key="once")
            for _ in range(2)
        )
        assert first.body["id"] == again.body["id"]
        other = partner.post(
            "/api/v1/access-requests/", said | {"purpose": "research"}, Idempotency_Key="once"
        )
        assert (other.status, other.body["code"]) == (409, "idempotency_key_reused")

    def test_an_older_etag_is_refused(self, partner: Program, tier: Tier) -> None:
        drafted = draft(partner, tier)
        path = f"/api/v1/access-requests/{drafted.body['id']}/"
        etag = partner.get(path).headers["ETag"]
        accepted = {"accepts_terms": 1}
        assert partner.post(f"{path}submit/", accepted, If_Match=etag).status == 200
        stale = partner.post(f"{path}withdraw/", If_Match=etag)
        assert (stale.status, stale.body["code"]) == (412, "stale_version")
        broken = partner.post(f"{path}withdraw/", If_Match="three")
        assert (broken.status, broken.body["code"]) == (400, "if_match_unreadable")
