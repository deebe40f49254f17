"""A grant's life over HTTP: conditions, campaigns, recertification, renewal, close-out."""

import pytest
from django.utils.timezone import now
from pytest_django.live_server_helper import LiveServer

from access.models import Tier
from access.operations.conditions import Requirement
from registry.choices import Role
from registry.models import Organization
from tests import make
from tests.http import Program, sign_in
from tests.journeys.calls import OWN, question, staff
from tests.lifecycle import DAY, ask, cover, round_of, scope_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ends(tier: Tier) -> Tier:
    return make.tier(tier.program, tier.ai_models.get(), grant_days=60)


class TestConditions:
    def test_from_the_approval_to_the_open_door(
        self, live_server: LiveServer, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        row = make.assessed(organization, tier)
        wanted = {"code": "mfa", "text": "Sign in with keys.", "evidence_asked": "A report"}
        ruling = {"reason": "criteria_met", "conditions": [wanted]}
        decider = staff(live_server, Role.DECIDER)
        approved = decider.post(f"/api/v1/access-requests/{row.id}/approve/", ruling)
        assert approved.body["decisions"][0]["conditions"][0]["code"] == "mfa"
        asked = question(organization, tier)
        refused = partner.post("/access/v1/evaluation", asked).body["context"]
        assert refused["reason"]["code"] == "condition_unmet"
        assert refused["conditions"][0]["code"] == "mfa"

        (todo,) = partner.get("/api/v1/to-do/").body["results"]
        assert (todo["kind"], todo["overdue"]) == ("condition", True)
        handed = partner.post(todo["step"], {"text": "Here.", "reference": "r-1"})
        assert (handed.status, handed.body["standing"]) == (200, "handed_in")
        condition = todo["step"].removesuffix("hand_in/")
        assert partner.post(f"{condition}review/", {"finding": "met"}).status == 403
        reviewer = staff(live_server, Role.REVIEWER)
        reviewed = reviewer.post(f"{condition}review/", {"finding": "met"})
        assert reviewed.body["standing"] == "met"
        assert partner.post("/access/v1/evaluation", asked).body["decision"]
        stranger = sign_in(live_server.url, make.organization(), *OWN)
        assert stranger.get(condition).status == 404
        assert partner.get("/api/v1/conditions/?standing=met").body["results"]
        assert not partner.get("/api/v1/conditions/?standing=open").body["results"]

    def test_a_campaign_by_two_people(
        self, live_server: LiveServer, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        make.grant(organization, tier)
        body = {
            "title": "Keys",
            "code": "mfa",
            "text": "Sign in with keys.",
            "scope": {"tiers": [f"{tier.program.slug}/{tier.slug}"]},
            "due_at": (now() + 40 * DAY).isoformat(),
        }
        first, second = staff(live_server, Role.DECIDER), staff(live_server, Role.DECIDER)
        proposed = first.post("/api/v1/condition-campaigns/", body)
        assert (proposed.status, proposed.body["progress"]["uncovered"]) == (201, 1)
        campaign = f"/api/v1/condition-campaigns/{proposed.body['id']}/"
        assert first.post(f"{campaign}launch/").body["code"] == "own_campaign"
        assert second.post(f"{campaign}launch/").body["status"] == "running"
        cover()
        assert second.get(campaign).body["progress"]["silent"] == 1
        assert partner.get(campaign).status == 403
        (todo,) = partner.get("/api/v1/to-do/").body["results"]
        assert todo["code"] == "mfa"
        ended = first.post(f"{campaign}end/", {"reason": "Enough."})
        assert ended.body["status"] == "ended"

    def test_a_scope_that_names_nothing_known_is_refused(self, live_server: LiveServer) -> None:
        body = {
            "title": "Keys",
            "code": "mfa",
            "text": "Keys.",
            "scope": {"programs": ["nothing"]},
            "due_at": (now() + DAY).isoformat(),
        }
        decider = staff(live_server, Role.DECIDER)
        assert decider.post("/api/v1/condition-campaigns/", body).body["code"] == "not_found"
        body["scope"] = {}
        refused = decider.post("/api/v1/condition-campaigns/", body)
        assert refused.body["code"] == "scope_covers_nothing"


class TestRecertification:
    def test_asked_answered_and_asked_again(
        self, live_server: LiveServer, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        make.grant(organization, tier)
        make.grant(None, tier)
        decider = staff(live_server, Role.DECIDER)
        body = {
            "title": "Still needed?",
            "text": "Tell us.",
            "scope": {"programs": [tier.program.slug]},
            "due_at": (now() + 40 * DAY).isoformat(),
            "unanswered": "list",
        }
        opened = decider.post("/api/v1/recertifications/", body)
        assert (opened.status, opened.body["answers"]["unasked"]) == (201, 2)
        ask()
        (item,) = partner.get("/api/v1/recertification-items/?unanswered=1").body["results"]
        step = f"/api/v1/recertification-items/{item['id']}/answer/"
        answered = partner.post(step, {"needed": True, "used_by": "The response team."})
        assert (answered.status, answered.body["needed"]) == (200, True)
        again = decider.post(
            f"/api/v1/recertifications/{opened.body['id']}/ask_again/",
            {"due_at": (now() + 50 * DAY).isoformat(), "unanswered": "suspend"},
        )
        assert (again.status, again.body["answers"]["unasked"]) == (200, 1)

    def test_a_no_gives_the_grant_back_and_asks_for_a_close_out(
        self, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        grant = make.grant(organization, tier)
        round_of(scope_of(grant))
        (item,) = partner.get("/api/v1/recertification-items/").body["results"]
        partner.post(f"/api/v1/recertification-items/{item['id']}/answer/", {"needed": False})
        assert partner.get(f"/api/v1/grants/{grant.id}/").body["end"]["kind"] == "surrendered"
        (todo,) = partner.get("/api/v1/to-do/").body["results"]
        assert todo["kind"] == "close_out"
        attested = partner.post(todo["step"], {"data_deleted": True, "access_returned": True})
        assert (attested.status, attested.body["data_deleted"]) == (200, True)
        assert partner.get("/api/v1/close-outs/?missing=1").body["results"] == []


class TestRenewal:
    def test_one_call_asks_for_it_and_the_decision_follows_without_a_gap(
        self, live_server: LiveServer, organization: Organization, ends: Tier, partner: Program
    ) -> None:
        grant = make.grant(organization, ends)
        body = {"text": "Forty findings.", "incidents": "None.", "accepts_terms": 1}
        asked = partner.post(f"/api/v1/grants/{grant.id}/request_renewal/", body)
        assert (asked.status, asked.body["status"]) == (201, "submitted")
        assert asked.body["renews"] == str(grant.id)
        decider = staff(live_server, Role.DECIDER)
        renewed = decider.post(f"/api/v1/grants/{grant.id}/renew/", {"reason": "Fine."})
        assert (renewed.status, renewed.body["renews"]) == (200, str(grant.id))
        before = partner.get(f"/api/v1/grants/{grant.id}/").body["items"][0]
        assert renewed.body["items"][0]["starts_at"] == before["ends_at"]
        again = decider.post(f"/api/v1/grants/{grant.id}/renew/", {"reason": "Fine."})
        assert again.body["code"] == "grant_followed"

    def test_another_tier_in_its_place(
        self, live_server: LiveServer, organization: Organization, ends: Tier
    ) -> None:
        grant = make.grant(organization, ends)
        wanted = make.tier(ends.program, ends.ai_models.get())
        moved = staff(live_server, Role.DECIDER).post(
            f"/api/v1/grants/{grant.id}/supersede/", {"reason": "More.", "tier": wanted.slug}
        )
        assert (moved.body["tier"], moved.body["supersedes"]) == (wanted.slug, str(grant.id))


class TestTerms:
    def test_staff_see_who_has_not_accepted(
        self, live_server: LiveServer, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        make.grant(organization, tier)
        make.terms(tier.program, required_from=now() + 10 * DAY)
        (todo,) = partner.get("/api/v1/to-do/").body["results"]
        assert (todo["kind"], todo["code"], todo["days_left"]) == ("terms", "2", 10)
        reader = staff(live_server, Role.REVIEWER)
        path = f"/api/v1/programs/{tier.program.slug}/terms/2/acceptances/?missing=1"
        (missing,) = reader.get(path).body["results"]
        assert missing["organization"] == organization.slug
        assert partner.get(path).status == 403
        partner.post(todo["step"], {"edition": 2})
        assert reader.get(path).body["results"] == []


class TestMembers:
    def test_a_withdrawn_member_is_refused(
        self, organization: Organization, tier: Tier, partner: Program
    ) -> None:
        make.grant(organization, tier)
        member = partner.post("/api/v1/members/", {"reference": "m-1"}).body
        asked = question(organization, tier) | {
            "subject": {
                "type": "member",
                "id": "m-1",
                "properties": {"organization": organization.slug},
            }
        }
        assert partner.post("/access/v1/evaluation", asked).body["decision"]
        withdrawn = partner.post(f"/api/v1/members/{member['id']}/withdraw/")
        assert withdrawn.body["absence"] == "withdrawn"
        refused = partner.post("/access/v1/evaluation", asked).body["context"]
        assert refused["reason"]["code"] == "member_withdrawn"


def test_what_is_not_yet_due_shows_in_a_yes(organization: Organization, partner: Program) -> None:
    due_at = now() + 10 * DAY
    grant = make.grant(organization, conditions=(Requirement("mfa", "Keys.", due_at=due_at),))
    answer = partner.post("/access/v1/evaluation", question(organization, grant.tier)).body
    assert answer["decision"]
    (condition,) = (
        said for said in answer["context"]["conditions"] if said["kind"] == "condition"
    )
    assert (condition["id"], condition["code"]) == (str(grant.conditions.get().id), "mfa")
    assert answer["context"]["next_change_at"] == condition["due_at"]
