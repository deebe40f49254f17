"""The API as programs outside meet it, over HTTP."""

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from access.models import AccessRequest, Tier
from access.operations import restrictions
from registry.choices import AssertionKind, ClientKind, Role
from registry.models import Organization
from registry.operations import clients, ledger, members
from tests import make
from tests.http import Answer, Program, ask_token, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
OWN = (
    *("registry:read", "requests:read", "requests:write", "grants:read", "grants:write"),
    *("holdings:read", "events:read", "access:evaluate", "members:read", "members:write"),
)
STAFF_ROLES = (Role.INTAKE, Role.REVIEWER, Role.RESTRICTOR, Role.CLEARED)
STAFF = (*OWN, "access:evaluate_any", "access:history", "review:write", "restrictions:write")


@pytest.fixture
def tier() -> Tier:
    tier = make.tier()
    make.terms(tier.program)
    return tier


@pytest.fixture
def organization() -> Organization:
    return make.organization()


@pytest.fixture
def partner(live_server: LiveServer, organization: Organization) -> Program:
    return sign_in(live_server.url, organization, *OWN)


def staff(live_server: LiveServer, *roles: Role) -> Program:
    operator = make.organization()
    return sign_in(live_server.url, operator, *STAFF, kind=ClientKind.STAFF, roles=roles)


def question(organization: Organization, tier: Tier, **context: Any) -> dict[str, Any]:
    return {
        "subject": {"type": "organization", "id": organization.slug},
        "action": {"name": "invoke"},
        "resource": {"type": "model", "id": tier.ai_models.get().slug},
        "context": context,
    }


def draft(partner: Program, at: Tier, **changes: Any) -> Answer:
    said = {
        "program": at.program.slug,
        "tier": at.slug,
        "purpose": "use",
        "justification": "To harden what we run.",
    }
    return partner.post("/api/v1/access-requests/", said | changes)


class TestAJourney:
    def test_from_a_request_to_a_revoked_grant(
        self, live_server: LiveServer, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        drafted = draft(partner, tier)
        assert (drafted.status, drafted.body["status"]) == (201, "draft")
        request = f"/api/v1/access-requests/{drafted.body['id']}/"
        asked = question(organization, tier)
        assert not partner.post("/access/v1/evaluation", asked).body["decision"]

        submitted = partner.post(f"{request}submit/", {"accepts_terms": 1})
        assert (submitted.status, submitted.body["status"]) == (200, "submitted")
        reviewer = staff(live_server, Role.REVIEWER)
        assert reviewer.post(f"{request}take_up/").body["status"] == "in_review"
        assert reviewer.post(f"{request}ask/", {"question": "Where?"}).status == 200
        assert partner.get(request).body["questions"][0]["text"] == "Where?"
        assert partner.post(f"{request}answer/", {"answer": "Here."}).body["status"] == "in_review"
        assert (
            reviewer.post(f"{request}assess/", {"finding": "supports", "reasons": "Sound."}).status
            == 200
        )
        ruling = {"reason": "criteria_met", "applicant_text": "Welcome."}
        assert reviewer.post(f"{request}approve/", ruling).body["code"] == "role_missing"
        approved = staff(live_server, Role.DECIDER).post(f"{request}approve/", ruling)
        assert (approved.status, approved.body["status"]) == (200, "approved")

        seen = partner.get(request).body
        assert seen["decisions"][0]["text"] == "Welcome."
        evaluation = partner.post("/access/v1/evaluation", asked).body
        assert evaluation["decision"]
        assert evaluation["context"]["grant"] == seen["grant"]
        revision = approved.headers["Concordat-Revision"]
        assert partner.post(
            "/access/v1/evaluation", question(organization, tier, revision=revision)
        ).body["decision"]

        restrictor = staff(live_server, Role.RESTRICTOR)
        grant = f"/api/v1/grants/{seen['grant']}/"
        assert restrictor.post(f"{grant}revoke/", {"reason": "misuse"}).status == 200
        refused = partner.post("/access/v1/evaluation", asked).body
        assert refused["decision"] is False
        assert refused["context"]["reason"]["code"] == "grant_revoked"
        assert partner.get(grant).body["end"]["kind"] == "revoked"

        ledger.sequence_all()
        feed = partner.get("/api/v1/events/?page_size=200").body["results"]
        assert [event["number"] for event in feed] == list(range(1, len(feed) + 1))
        names = [event["name"] for event in feed if event["subject_type"] != "client"]
        assert names[-2:] == ["grant.issued", "grant.revoked"]
        assert "access_request.assessed" not in names


class TestTheJuneEveningInSmall:
    def test_an_order_for_a_class_of_persons_over_http(
        self, live_server: LiveServer, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        make.grant(organization, tier)
        restrictions.define_person_class(
            make.by(make.staff(Role.RESTRICTOR)),
            slug="foreign-national",
            name="Foreign nationals",
            definition="Whoever is not a US person.",
            instrument="15 CFR 772.1",
            outside_by=AssertionKind.US_PERSON,
        )
        first, second = (staff(live_server, Role.RESTRICTOR) for _ in range(2))
        order = {
            "kind": "order",
            "basis": "order",
            "title": "June order",
            "public_wording": "Access is stopped by order.",
            "models": [str(tier.ai_models.get().id)],
            "person_class": "foreign-national",
        }
        imposed = first.post("/api/v1/restrictions/", order)
        assert imposed.status == 201
        restriction = f"/api/v1/restrictions/{imposed.body['id']}/"
        asked = question(organization, tier)
        reason = partner.post("/access/v1/evaluation", asked).body["context"]["reason"]
        assert reason["code"] == "person_not_established"
        seen = partner.get("/api/v1/restrictions/").body["results"]
        assert [row["public_wording"] for row in seen] == ["Access is stopped by order."]

        member = partner.post("/api/v1/members/", {"reference": "ada"}).body
        status = {"kind": "us_person", "holds": True, "evidence": "Form seen"}
        attested = partner.post(f"/api/v1/members/{member['id']}/attest/", status)
        assert attested.status == 200
        members.review(
            make.by(make.staff(Role.RESTRICTOR)),
            member=organization.members.get().id,
            kind=AssertionKind.US_PERSON,
        )
        ada = {"type": "member", "id": "ada", "properties": {"organization": organization.slug}}
        assert partner.post("/access/v1/evaluation", asked | {"subject": ada}).body["decision"]
        listed = partner.get("/api/v1/members/").body["results"]
        assert listed[0]["assertions"][0]["reviewed_at"] is not None

        exempted = {"organization": str(organization.id), "basis": "Annex A"}
        assert first.post(f"{restriction}exempt/", exempted).status == 200
        assert partner.post("/access/v1/evaluation", asked).body["decision"]
        assert first.post(f"{restriction}lift/").body["lifted_at"] is None
        refused = first.post(f"{restriction}lift/")
        assert (refused.status, refused.body["code"]) == (403, "second_person_needed")
        assert second.post(f"{restriction}lift/").body["lifted_at"] is not None
        assert partner.get("/api/v1/restrictions/").body["results"] == []

    def test_a_partner_imposes_nothing(self, partner: Program) -> None:
        answer = partner.post("/api/v1/restrictions/", {})
        assert (answer.status, answer.body["code"]) == (403, "scope_missing")

    def test_terms_that_bind_anew_are_accepted_over_http(
        self, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        make.grant(organization, tier)
        make.terms(tier.program)
        asked = question(organization, tier)
        assert not partner.post("/access/v1/evaluation", asked).body["decision"]
        path = f"/api/v1/programs/{tier.program.slug}/accept_terms/"
        assert partner.post(path, {"edition": 9}).status == 404
        assert partner.post(path, {"edition": 2}).status == 200
        assert partner.post("/access/v1/evaluation", asked).body["decision"]


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
            ({"justification": ""}, 400, "invalid"),
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


class TestTheDecisionPoint:
    def test_a_gateway_asks_about_anyone_and_any_time(
        self, live_server: LiveServer, organization: Organization, tier: Tier
    ) -> None:
        grant = make.grant(organization, tier)
        gateway = sign_in(
            live_server.url,
            make.organization(),
            *("access:evaluate", "access:evaluate_any", "access:history"),
            kind=ClientKind.GATEWAY,
        )
        start = make.start_of(grant.items.get()).isoformat()
        asked = question(organization, tier)
        both = gateway.post(
            "/access/v1/evaluations",
            {"evaluations": [asked, question(organization, tier, as_of=start)]},
        )
        assert [answer["decision"] for answer in both.body["evaluations"]] == [True, True]
        early = question(organization, tier, known_at="2020-01-01T00:00:00Z")
        reason = gateway.post("/access/v1/evaluation", early).body["context"]["reason"]
        assert reason["code"] == "not_recorded"
        stranger = asked | {"subject": {"type": "organization", "id": "nobody"}}
        unknown = gateway.post("/access/v1/evaluation", stranger).body
        assert unknown["context"]["reason"]["code"] == "unknown_organization"

    def test_the_past_needs_its_scope(
        self, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        asked = question(organization, tier, as_of="2026-01-01T00:00:00Z")
        answer = partner.post("/access/v1/evaluation", asked)
        assert (answer.status, answer.body["code"]) == (403, "history_not_allowed")

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"subject": {"type": "person", "id": "x"}}, "invalid"),
            ({"subject": {"type": "member", "id": "x"}}, "member_organization_missing"),
            ({"context": {"as_of": "yesterday"}}, "moment_unreadable"),
            ({"context": {"surface": 7}}, "context_unreadable"),
            ({"action": {}}, "invalid"),
        ],
    )
    def test_a_question_that_cannot_be_meant_is_refused(
        self,
        organization: Organization,
        tier: Tier,
        partner: Program,
        changed: dict[str, Any],
        code: str,
    ) -> None:
        answer = partner.post("/access/v1/evaluation", question(organization, tier) | changed)
        assert (answer.status, answer.body["code"]) == (400, code)

    def test_its_metadata_is_open(self, live_server: LiveServer) -> None:
        found = Program(live_server.url).get("/.well-known/authzen-configuration")
        assert found.body["access_evaluation_endpoint"].endswith("/access/v1/evaluation")


class TestReading:
    def test_lists_turn_pages_without_gaps(self, partner: Program, tier: Tier) -> None:
        for purpose in ("use", "evaluation", "research"):
            draft(partner, tier, purpose=purpose)
        seen: list[str] = []
        path = "/api/v1/access-requests/?page_size=2"
        while path:
            page = partner.get(path).body
            seen += [row["purpose"] for row in page["results"]]
            path = page["next"]
        assert sorted(seen) == ["evaluation", "research", "use"]

    def test_a_partner_reads_its_own_line_of_holdings(
        self, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        make.grant(organization, tier)
        make.grant(None, tier)
        model = tier.ai_models.get().slug
        rows = partner.get(f"/api/v1/holdings/?model={model}").body["results"]
        assert [(row["organization"], row["holds"], row["origin"]) for row in rows] == [
            (organization.slug, "yes", "decided")
        ]

    def test_grants_answer_for_a_past_moment(
        self, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        grant = make.grant(organization, tier)
        partner.post(f"/api/v1/grants/{grant.id}/surrender/")
        start = make.start_of(grant.items.current().get()).isoformat().replace("+", "%2B")
        then = partner.get(f"/api/v1/grants/?as_of={start}").body["results"]
        now = partner.get("/api/v1/grants/?as_of=2199-01-01T00:00:00Z").body["results"]
        assert [row["id"] for row in then] == [str(grant.id)]
        assert now == []

    @pytest.mark.parametrize(
        "path",
        [
            *("organizations", "models", "programs", "restrictions", "events", "grants"),
            *("members", "access-requests"),
        ],
    )
    @pytest.mark.usefixtures("tier")
    def test_each_list_answers(self, partner: Program, path: str) -> None:
        answer = partner.get(f"/api/v1/{path}/")
        assert answer.status == 200
        assert set(answer.body) == {"results", "next", "previous"}

    def test_staff_read_positions_and_expansions(self, live_server: LiveServer) -> None:
        program = staff(live_server, *STAFF_ROLES)
        for path in ("positions", "expansions", "holdings/?model=nothing"):
            assert program.get(f"/api/v1/{path}/".replace("nothing/", "nothing")).status in {
                200,
                404,
            }

    def test_a_withdrawn_client_is_out_at_once(
        self, live_server: LiveServer, organization: Organization
    ) -> None:
        program = sign_in(live_server.url, organization, *OWN)
        assert program.get("/api/v1/grants/").status == 200
        clients.withdraw(
            make.by(make.staff(Role.ADMINISTRATOR)), client=organization.clients.get().id
        )
        assert program.get("/api/v1/grants/").status == 401

    def test_the_schema_describes_every_step(self, live_server: LiveServer) -> None:
        schema = Program(live_server.url).get("/api/schema/?format=json").body
        assert schema["openapi"].startswith("3.1")
        paths = schema["paths"]
        assert "/api/v1/access-requests/{id}/take_up/" in paths
        assert "/access/v1/evaluation" in paths
