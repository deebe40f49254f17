"""Reading the API, and asking the decision point, over HTTP."""

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from access.models import Tier
from registry.choices import ClientKind, Role
from registry.models import Organization
from registry.operations import clients
from tests import make
from tests.http import Program, sign_in
from tests.journeys.calls import OWN, STAFF_ROLES, draft, question, staff

pytestmark = pytest.mark.django_db(transaction=True)


class TestTheDecisionPoint:
    def test_a_gateway_asks_about_anyone_and_any_time(
        self, live_server: LiveServer, organization: Organization, tier: Tier
    ) -> None:
        grant = make.grant(organization, tier)
        gateway = sign_in(
            live_server.url,
            make.developer(),
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
            ({"subject": {"type": "member", "id": "x"}}, "member_organization_missing"),
            ({"context": {"as_of": "yesterday"}}, "moment_unreadable"),
            ({"context": {"surface": 7}}, "context_unreadable"),
            ({"action": {}}, "member_missing"),
            ({"action": {"name": 7}}, "member_of_wrong_type"),
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
