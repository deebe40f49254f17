"""Whole stories over HTTP, as programs outside live them."""

import pytest
from pytest_django.live_server_helper import LiveServer

from access.models import Tier
from access.operations import person_classes
from registry.choices import AssertionKind, Role
from registry.models import Organization
from registry.operations import ledger, members
from tests import make
from tests.http import Program
from tests.journeys.calls import draft, question, staff

pytestmark = pytest.mark.django_db(transaction=True)


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
        person_classes.define(
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
            "confirm": f"{tier.ai_models.get().slug} + foreign-national",
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
