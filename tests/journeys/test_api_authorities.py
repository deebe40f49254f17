"""Over HTTP: what waits, and what is on record with authorities."""

import pytest
from django.utils.timezone import now
from pytest_django.live_server_helper import LiveServer

from registry.choices import Role
from tests import make, talks, waits
from tests.duties import authority
from tests.http import sign_in
from tests.journeys.calls import question, staff

pytestmark = pytest.mark.django_db(transaction=True)
HAPPENED = {
    "title": "It happened",
    "words": "What was said there.",
    "happened_at": make.MORNING.isoformat(),
}


class TestWaiting:
    def test_a_holder_reads_why_it_waits_and_law_is_ended_by_two(
        self, live_server: LiveServer
    ) -> None:
        row = waits.grant(waits.by_law(since=waits.OFFICE))
        holder = sign_in(live_server.url, row.organization, "grants:read", "access:evaluate")
        grant = f"/api/v1/grants/{row.id}/"
        (period,) = holder.get(grant).body["waiting"]
        assert (period["bindingness"], period["until"]) == ("law", None)
        assert period["missing"] == waits.OFFICE
        asked = question(row.organization, row.tier)
        refused = holder.post("/access/v1/evaluation", asked).body
        assert refused["context"]["reason"]["code"] == "waiting_period"
        before = now().isoformat().replace("+00:00", "Z")

        body = {"waiting": period["id"], "basis": "It was answered", "fact": "Letter 7"}
        assert holder.post(f"{grant}end_waiting/", body).status == 403
        first, second = (staff(live_server, Role.DECIDER) for _ in range(2))
        assert first.post(f"{grant}end_waiting/", body).status == 200
        again = first.post(f"{grant}end_waiting/", body)
        assert (again.status, again.body["code"]) == (403, "wait_needs_another")
        assert not holder.post("/access/v1/evaluation", asked).body["decision"]
        ended = second.post(f"{grant}end_waiting/", {"waiting": period["id"]})
        assert (ended.status, ended.body["waiting"]) == (200, [])
        assert holder.post("/access/v1/evaluation", asked).body["decision"]
        assert holder.get(f"{grant}?as_of={before}").body["waiting"][0]["id"] == period["id"]
        (listed,) = holder.get("/api/v1/waiting-periods/").body["results"]
        assert listed["ended_how"] == "act"
        assert "Letter" not in str(listed)

    def test_a_fact_comes_in_and_is_confirmed(self, live_server: LiveServer) -> None:
        row = waits.grant(waits.by_law(since=waits.OFFICE))
        desks = [staff(live_server, Role.AUTHORITY_DESK) for _ in range(2)]
        stated = desks[0].post(
            "/api/v1/waiting-facts/",
            {
                "name": waits.OFFICE,
                "happened_at": make.MORNING.isoformat(),
                "evidence": "Receipt",
                "model": str(row.tier.ai_models.get().id),
            },
        )
        assert stated.status == 201
        confirm = f"/api/v1/waiting-facts/{stated.body['id']}/confirm/"
        assert desks[0].post(confirm).body["code"] == "own_fact"
        assert waits.end_of(row) is None
        assert desks[1].post(confirm).status == 200
        assert waits.period(row).ended_how == "clock"

    def test_another_organization_reads_nothing_of_it(self, live_server: LiveServer) -> None:
        waits.grant(waits.rule())
        other = sign_in(live_server.url, make.organization(), "grants:read")
        assert other.get("/api/v1/waiting-periods/").body["results"] == []
        assert other.get("/api/v1/waiting-facts/").status == 403


class TestAuthorities:
    def test_a_demand_is_recorded_and_waits_on_another_government(
        self, live_server: LiveServer
    ) -> None:
        desk = staff(live_server, Role.AUTHORITY_DESK)
        opened = desk.post(
            "/api/v1/demands/",
            {
                **HAPPENED,
                "authority": str(authority(None).id),
                "addressee": str(make.organization().id),
                "subject": "Access",
                "basis": "agreement",
                "forms": ["api"],
                "step": "asked",
            },
        )
        assert (opened.status, opened.body["state"]["step"]) == (201, "asked")
        one = f"/api/v1/demands/{opened.body['id']}/"
        waiting = desk.post(
            f"{one}record/",
            {**HAPPENED, "step": "waiting", "waits_on_words": "another government"},
            If_Match=opened.headers["ETag"],
        )
        state = waiting.body["state"]
        assert (waiting.status, state["waits_on"]) == (200, "another government")
        assert state["age_seconds"] > 0
        early = desk.get(f"{one}?as_of={make.MORNING:%Y-%m-%dT%H:%M:%SZ}")
        assert early.body["state"]["age_seconds"] == 0
        assert desk.get("/api/v1/demands/").body["results"][0]["id"] == opened.body["id"]

    def test_a_dialogue_is_kept(self, live_server: LiveServer) -> None:
        desk = staff(live_server, Role.AUTHORITY_DESK)
        one, other = make.organization(), make.organization()
        body = {"title": "Talks", "one": str(one.id), "other": str(other.id)}
        opened = desk.post("/api/v1/dialogues/", body)
        assert set(opened.body["bodies"]) == {one.slug, other.slug}
        address = f"/api/v1/dialogues/{opened.body['id']}/"
        model = make.ai_model()
        kept = desk.post(
            f"{address}record/", {**HAPPENED, "kind": "meeting", "ai_models": [str(model.id)]}
        )
        assert kept.body["records"][0]["ai_models"] == [str(model.id)]
        assert desk.get(address).headers["ETag"] == kept.headers["ETag"]
        hidden = {**body, "title": "More", "marking": "confidential"}
        secret = desk.post("/api/v1/dialogues/", hidden).body["id"]
        auditor = staff(live_server, Role.AUDITOR)
        assert auditor.get(f"/api/v1/dialogues/{secret}/").status == 404
        assert len(auditor.get("/api/v1/dialogues/").body["results"]) == 1

    def test_what_was_notified_is_one_list_in_pages(self, live_server: LiveServer) -> None:
        desk = staff(live_server, Role.AUTHORITY_DESK)
        for _ in range(2):
            talks.notice(talks.cited())
        kept = desk.post(
            "/api/v1/model-notices/",
            {
                **HAPPENED,
                "authority": str(authority(None).id),
                "notifier_words": "a developer",
                "model_words": "its model",
            },
        )
        assert kept.status == 201
        reply = {**HAPPENED, "reply": "received"}
        notice = f"/api/v1/model-notices/{kept.body['id']}/"
        assert desk.post(f"{notice}answer/", reply).status == 201
        seen, address = list[str](), "/api/v1/model-notices/?page_size=2"
        while address:
            page = desk.get(address).body
            seen += [row["notice"] for row in page["results"]]
            address = page["next"]
        assert len(seen) == len(set(seen)) == 3
        wrong = desk.get("/api/v1/model-notices/?cursor=nonsense")
        assert (wrong.status, wrong.body["code"]) == (400, "notice_cursor_unreadable")

    def test_a_partner_reads_none_of_it(self, live_server: LiveServer) -> None:
        row = talks.demand()
        partner = sign_in(live_server.url, row.addressee, "grants:read", "registry:read")
        for path in ("dialogues", "demands", "model-notices"):
            assert partner.get(f"/api/v1/{path}/").status == 403
