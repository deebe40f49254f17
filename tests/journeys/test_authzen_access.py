"""Who may ask what of the decision point, and what its answers tell them."""

from typing import Any

import pytest
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries, Settings

from access.api.authzen_pages import PageTokenExpired
from access.choices import RestrictionBasis, RestrictionKind, RevocationReason
from access.models import Grant
from access.operations import grants, restrictions
from access.operations.conditions import Requirement
from access.operations.restrictions import Wording
from access.queries.decision_snapshot import find_position
from access.queries.scopes import Scope
from registry.choices import ClientKind, Role
from registry.models import Organization
from registry.operations import identifiers, ledger, organizations
from tests import authzen, make
from tests.access.test_restrictions import restrict
from tests.authzen import Door, question
from tests.lifecycle import DAY

pytestmark = pytest.mark.django_db
SURFACE = "aws:123456789012"


def about(grant: Grant, name: str, **context: Any) -> dict[str, Any]:
    return question(grant, **context) | {"subject": {"type": "organization", "id": name}}


def known_as(organization: Organization, identifier: str) -> None:
    identifiers.register(
        make.by(make.staff(Role.INTAKE)), organization=organization.id, identifier=identifier
    )


class TestAPartner:
    def test_asks_about_itself_by_any_of_its_names_in_one_statement(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        grant = make.grant()
        known_as(grant.organization, SURFACE)
        door = authzen.partner(grant.organization)
        names = (grant.organization.slug, str(grant.organization_id), SURFACE)
        asked = [about(grant, name) for name in names]
        with django_assert_num_queries(len(asked)):
            assert all(door.ask(body)["decision"] for body in asked)

    def test_everybody_else_is_refused_alike_whether_known_or_not(self) -> None:
        grant, other, hidden = make.grant(), make.grant(), make.organization(undisclosed=True)
        known_as(other.organization, SURFACE)
        door = authzen.partner(grant.organization)
        strangers = (other.organization.slug, str(other.organization_id), SURFACE)
        told = [
            door.post("evaluation", about(grant, name))
            for name in (*strangers, hidden.slug, "nobody", "gcp:1", str(grant.id))
        ]
        assert {answer.status for answer in told} == {403}
        assert {answer.body["code"] for answer in told} == {"not_yours"}
        assert len({str(answer.body) for answer in told}) == 1

    def test_in_a_batch_the_others_are_refused_one_by_one(self) -> None:
        grant, other = make.grant(), make.grant()
        items = [question(grant), question(other), about(grant, "nobody")]
        told = authzen.partner(grant.organization).post("evaluations", {"evaluations": items})
        assert [answer["decision"] for answer in told.body["evaluations"]] == [True, False, False]
        _own, known, unknown = told.body["evaluations"]
        assert known == unknown
        assert known["context"]["error"]["code"] == "not_yours"

    def test_searches_find_itself_and_nobody_else(self) -> None:
        grant = make.grant()
        make.grant(None, grant.tier)
        door = authzen.partner(grant.organization)
        own = {"type": "organization", "id": grant.organization.slug}
        assert door.search("subject", question(grant)) == [own]

    @pytest.mark.parametrize("what", ["resource", "action"])
    def test_searches_about_others_are_refused_alike(self, what: str) -> None:
        grant, other = make.grant(), make.grant()
        door = authzen.partner(grant.organization)
        assert door.search(what, question(grant))
        for name in (other.organization.slug, "nobody"):
            told = door.post(f"search/{what}", about(grant, name))
            assert (told.status, told.body["code"]) == (403, "not_yours")

    def test_an_undisclosed_one_finds_itself(self) -> None:
        hidden = make.organization(undisclosed=True)
        grant = make.grant(hidden)
        assert authzen.partner(hidden).search("subject", question(grant)) != []

    def test_another_moment_and_every_reason_are_scopes_of_their_own(self) -> None:
        grant = make.grant()
        door = authzen.partner(grant.organization)
        for context, code in (
            ({"as_of": "2026-01-01T00:00:00Z"}, "history_not_allowed"),
            ({"known_at": "2026-01-01T00:00:00Z"}, "history_not_allowed"),
            ({"explain": True}, "explanation_not_allowed"),
        ):
            told = door.post("evaluation", question(grant, **context))
            assert (told.status, told.body["code"]) == (403, code)
        more = authzen.partner(grant.organization, "access:history", "access:explain")
        past = question(grant, as_of="2026-01-01T00:00:00Z", explain=True)
        assert more.reason(past) == "not_recorded" or not more.ask(past)["decision"]

    def test_reads_no_snapshot(self) -> None:
        told = authzen.partner(make.organization()).get("/access/v1/snapshot")
        assert (told.status, told.body["code"]) == (403, "snapshot_for_gateways")

    def test_a_staff_client_needs_the_scope_to_ask_about_anyone(self) -> None:
        grant = make.grant()
        actor = make.client(make.organization(), "access:evaluate", kind=ClientKind.STAFF)
        told = Door(actor).post("evaluation", question(grant))
        assert (told.status, told.body["code"]) == (403, "not_yours")


class TestAGateway:
    @pytest.mark.parametrize("surface", [None, "gcp:1", "aws", "azure:123456789012"])
    def test_asks_only_for_the_surfaces_it_serves(self, surface: str | None) -> None:
        grant = make.grant()
        asked = question(grant) | {"context": {} if surface is None else {"surface": surface}}
        told = authzen.gateway("aws:*").post("evaluation", asked)
        assert (told.status, told.body["code"]) == (403, "surface_not_served")

    def test_without_surfaces_it_serves_none(self) -> None:
        grant = make.grant()
        door = authzen.gateway()
        assert door.post("evaluation", question(grant, surface=SURFACE)).status == 403
        assert door.post("search/subject", question(grant, surface=SURFACE)).status == 403
        assert door.get("/access/v1/snapshot").body["results"] == []

    def test_is_answered_for_a_surface_that_it_serves(self) -> None:
        grant = make.grant()
        for served in ("aws:*", SURFACE):
            assert authzen.gateway(served).ask(question(grant, surface=SURFACE))["decision"]

    def test_hears_the_same_of_all_whom_no_grant_lets_through(self) -> None:
        elsewhere = make.recorded_grant(surfaces=("gcp:7",))
        suspended, without = make.organization(), make.organization()
        organizations.suspend(
            make.by(make.staff(Role.RESTRICTOR)), organization=suspended.id, reason="?"
        )
        restrict(Scope(organizations=(without.id,)))
        hidden = make.organization(undisclosed=True)
        door = authzen.gateway("aws:*", scopes=("access:explain",))
        named = (elsewhere.organization, suspended, without, hidden)
        told = [
            door.ask(about(elsewhere, name, surface=SURFACE, explain=True))
            for name in (*(row.slug for row in named), "nobody", "gcp:1")
        ]
        for answer in told:
            for varying in ("evaluated_at", "revision"):
                del answer["context"][varying]
        assert len({str(answer) for answer in told}) == 1
        assert told[0]["context"]["reason"]["code"] == "no_grant"
        assert [ground["code"] for ground in told[0]["context"]["reasons"]] == ["no_grant"]

    def test_hears_why_a_grant_that_reaches_its_surface_is_refused(self) -> None:
        grant = make.grant()
        stop = restrict(Scope(organizations=(grant.organization_id,)))
        answer = authzen.gateway("aws:*").ask(question(grant, surface=SURFACE))
        assert answer["context"]["reason"]["code"] == "restricted"
        assert answer["context"]["restriction"] == str(stop.id)
        assert "reason_admin" not in answer["context"]

    def test_an_unknown_model_is_told_apart_for_everybody_alike(self) -> None:
        grant = make.grant()
        door = authzen.gateway("aws:*")
        model = {"resource": {"type": "model", "id": "no-model"}}
        for name in (grant.organization.slug, "nobody"):
            assert door.reason(about(grant, name, surface=SURFACE) | model) == "unknown_model"

    def test_searches_only_for_the_surfaces_it_serves(self) -> None:
        grant = make.recorded_grant(surfaces=(SURFACE,))
        make.recorded_grant(None, grant.tier, surfaces=("gcp:7",))
        hidden = make.grant(make.organization(undisclosed=True), grant.tier)
        door = authzen.gateway("aws:*")
        found = door.search("subject", question(grant, surface=SURFACE))
        assert found == [{"type": "organization", "id": grant.organization.slug}]
        assert hidden.organization.slug not in str(found)
        told = door.post("search/subject", question(grant))
        assert (told.status, told.body["code"]) == (403, "surface_not_served")


class TestTheDevelopersOwn:
    def test_hears_of_nobody_undisclosed_by_search_or_snapshot(self) -> None:
        hidden = make.organization("body-7", undisclosed=True, name="Ministry of Secrets")
        grant = make.grant(hidden)
        make.member(hidden, "m-7")
        door = authzen.anyone()
        assert door.ask(question(grant))["decision"]
        assert door.search("subject", question(grant)) == []
        members = question(grant) | {"subject": {"type": "member"}}
        assert door.search("subject", members) == []
        assert door.get("/access/v1/snapshot").body["results"] == []

    def test_is_told_which_restriction_it_was_and_never_its_basis(self) -> None:
        grant = make.grant()
        stop = restrictions.restrict(
            make.by(make.staff(Role.RESTRICTOR)),
            kind=RestrictionKind.ORDER,
            basis=RestrictionBasis.ORDER,
            wording=Wording("Order", "Stopped.", "Because of the secret letter"),
            scope=Scope(organizations=(grant.organization_id,)),
        ).value
        told = authzen.anyone().post("evaluation", question(grant, explain=True))
        context = told.body["context"]
        assert context["reason_admin"]["restriction_kind"] == "order"
        assert context["reasons"][0]["restriction"] == str(stop.id)
        assert "secret letter" not in str(told.body)
        assert "Stopped" not in str(told.body)


class TestTheAnswer:
    def test_says_what_binds_until_when_and_what_is_scheduled(self) -> None:
        grant = make.recorded_grant(surfaces=(SURFACE,), seconds=3600)
        item = grant.items.get()
        context = authzen.anyone().ask(question(grant, surface=SURFACE))["context"]
        assert context["grant"] == str(grant.id)
        assert context["conditions"] == [
            {"kind": "actions", "values": ["evaluate", "invoke"]},
            {"kind": "purpose", "values": ["use"]},
            {"kind": "surfaces", "values": [SURFACE]},
        ]
        end = make.end_of(item).isoformat().replace("+00:00", "Z")
        assert context["valid_until"] == context["next_change_at"] == end
        assert context["next_change_covers"] == "scheduled"
        assert context["cache_for"] == 0
        assert context["revision"].isdigit()

    def test_names_the_terms_that_bind(self) -> None:
        at_tier = make.tier()
        make.terms(at_tier.program)
        grant = make.grant(None, at_tier)
        terms = authzen.anyone().ask(question(grant))["context"]["conditions"][-1]
        edition = at_tier.program.terms.get()
        assert terms == {"kind": "terms", "values": [str(edition.id)], "edition": 1}

    def test_names_what_the_holder_has_yet_to_do_and_what_it_should_have_done(self) -> None:
        due_at = now() + 9 * DAY
        grant = make.grant(conditions=(Requirement("keys", "Use keys.", due_at=due_at),))
        condition = {
            "kind": "condition",
            "id": str(grant.conditions.get().id),
            "code": "keys",
            "due_at": due_at.isoformat().replace("+00:00", "Z"),
        }
        door = authzen.anyone()
        before = door.ask(question(grant))
        assert (before["decision"], before["context"]["conditions"][-1]) == (True, condition)
        assert before["context"]["next_change_at"] == condition["due_at"]
        told = door.ask(question(grant, as_of=condition["due_at"], explain=True))
        context = told["context"]
        assert (told["decision"], context["conditions"]) == (False, [condition])
        assert context["reason"]["code"] == "condition_unmet"
        assert context["reasons"][0]["condition"] == condition["id"]

    def test_a_refusal_binds_nothing(self) -> None:
        grant = make.grant()
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason=RevocationReason.ERROR
        )
        context = authzen.anyone().ask(question(grant))["context"]
        assert (context["conditions"], context["valid_until"]) == ([], None)

    def test_may_be_kept_as_long_as_the_operator_says_and_never_past_a_change(
        self, settings: Settings
    ) -> None:
        settings.DECISION_CACHE_SECONDS = 60
        door, grant = authzen.anyone(), make.grant()
        assert door.ask(question(grant))["context"]["cache_for"] == 60
        start = make.start_of(grant.items.get()).isoformat()
        assert door.ask(question(grant, as_of=start))["context"]["cache_for"] == 0
        ending = make.recorded_grant(seconds=20)
        assert 0 < door.ask(question(ending))["context"]["cache_for"] < 20
        restrict(Scope(organizations=(grant.organization_id,)))
        assert door.ask(question(grant))["context"]["cache_for"] == 0

    def test_an_explanation_gives_every_reason_in_the_rules_order(self) -> None:
        grant = make.grant()
        stop = restrict(Scope(organizations=(grant.organization_id,)))
        restrictor = make.staff(Role.RESTRICTOR)
        grants.suspend(make.by(restrictor), grant=grant.id, reason="?")
        organizations.suspend(make.by(restrictor), organization=grant.organization_id, reason="?")
        make.terms(grant.program)
        asked = question(grant, explain=True) | {"action": {"name": "fine_tune"}}
        context = authzen.anyone().ask(asked)["context"]
        assert [ground["code"] for ground in context["reasons"]] == [
            "organization_suspended",
            "restricted",
            "grant_suspended",
            "action_not_covered",
            "terms_not_accepted",
        ]
        assert context["reason"]["code"] == "organization_suspended"
        assert context["reasons"][1]["restriction"] == str(stop.id)
        assert context["reasons"][4]["terms"] == str(grant.program.terms.get().id)


class TestPages:
    @pytest.fixture
    def holders(self) -> list[Grant]:
        first = make.grant()
        return [first, *(make.grant(None, first.tier) for _ in range(4))]

    def test_agree_with_the_moment_of_the_first(self, holders: list[Grant]) -> None:
        door, body = authzen.anyone(), question(holders[0]) | {"page": {"limit": 2}}
        slugs = sorted(grant.organization.slug for grant in holders)
        first = door.post("search/subject", body).body
        last = next(grant for grant in holders if grant.organization.slug == slugs[-1])
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=last.id, reason=RevocationReason.ERROR
        )
        make.grant(make.organization("zz-late"), holders[0].tier)
        rest = door.search("subject", body | {"page": {"token": first["page"]["next_token"]}})
        assert [row["id"] for row in first["results"] + rest] == slugs
        now = door.search("subject", body)
        assert [row["id"] for row in now] == [*slugs[:-1], "zz-late"]

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"action": {"name": "evaluate"}}, "page_token_elsewhere"),
            ({"context": {"surface": "aws:1"}}, "page_token_elsewhere"),
            ({"page": {"limit": 3}}, "page_token_elsewhere"),
            ({"page": {"token": "altered"}}, "page_token_unreadable"),
            ({"page": {"token": 7}}, "member_of_wrong_type"),
            ({"page": {"limit": -1}}, "member_of_wrong_type"),
            ({"page": {"limit": True}}, "member_of_wrong_type"),
            ({"page": []}, "member_of_wrong_type"),
        ],
    )
    def test_a_token_is_good_for_its_own_request_only(
        self, holders: list[Grant], changed: dict[str, Any], code: str
    ) -> None:
        door, body = authzen.anyone(), question(holders[0]) | {"page": {"limit": 2}}
        token = door.post("search/subject", body).body["page"]["next_token"]
        page = changed.get("page", {})
        if isinstance(page, dict):
            page = {"token": token, **page}
        told = door.post("search/subject", body | changed | {"page": page})
        assert (told.status, told.body["code"]) == (400, code)

    def test_a_token_with_one_letter_changed_or_of_somebody_else(
        self, holders: list[Grant]
    ) -> None:
        door, body = authzen.anyone(), question(holders[0]) | {"page": {"limit": 2}}
        token = door.post("search/subject", body).body["page"]["next_token"]
        forged = ("A" if token[0] != "A" else "B") + token[1:]
        told = door.post("search/subject", body | {"page": {"token": forged}})
        assert told.body["code"] == "page_token_unreadable"
        other = authzen.anyone().post("search/subject", body | {"page": {"token": token}})
        assert other.body["code"] == "page_token_elsewhere"
        what = door.post("search/resource", body | {"page": {"token": token}})
        assert what.body["code"] == "page_token_elsewhere"

    def test_a_token_runs_out(self, holders: list[Grant], monkeypatch: pytest.MonkeyPatch) -> None:
        door, body = authzen.anyone(), question(holders[0]) | {"page": {"limit": 2}}
        token = door.post("search/subject", body).body["page"]["next_token"]
        monkeypatch.setattr("access.api.authzen_pages.TOKEN_SECONDS", -1)
        told = door.post("search/subject", body | {"page": {"token": token}})
        assert (told.status, told.body["code"]) == (400, PageTokenExpired.code)

    def test_statements_do_not_grow_with_what_is_found(
        self, holders: list[Grant], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        door, body = authzen.anyone(), question(holders[0])
        with django_assert_num_queries(1):
            assert len(door.search("subject", body)) == len(holders)
        items = [question(grant) for grant in holders]
        with django_assert_num_queries(1):
            told = door.post("evaluations", {"evaluations": items * 10})
        assert [answer["decision"] for answer in told.body["evaluations"]] == [True] * 50

    def test_a_batch_of_now_and_then_is_one_statement(
        self, holders: list[Grant], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        early = question(holders[0], known_at="2020-01-01T00:00:00Z")
        items = [early, question(holders[0]), early, question(holders[1])]
        door = authzen.anyone()
        with django_assert_num_queries(1):
            told = door.post("evaluations", {"evaluations": items})
        codes = [a["context"]["reason"]["code"] for a in told.body["evaluations"]]
        assert codes == ["not_recorded", "grant_in_force", "not_recorded", "grant_in_force"]


class TestTheSnapshot:
    def test_is_dated_placed_and_only_of_the_surfaces_served(self) -> None:
        bound = make.recorded_grant(surfaces=(SURFACE, "gcp:7"))
        anywhere = make.grant(None, bound.tier)
        make.recorded_grant(None, bound.tier, surfaces=("gcp:7",))
        for identifier in (SURFACE, "gcp:7"):
            known_as(anywhere.organization, identifier)
        ledger.sequence_all()
        told = authzen.gateway("aws:*").get("/access/v1/snapshot").body
        lines = {row["organization"]: row for row in told["results"]}
        assert set(lines) == {bound.organization.slug, anywhere.organization.slug}
        one, any_ = lines[bound.organization.slug], lines[anywhere.organization.slug]
        assert (one["surface"], any_["surface"]) == (SURFACE, None)
        assert any_["identifiers"] == [SURFACE]
        assert one["actions"] == ["invoke", "evaluate"]
        assert one["grant"] == str(bound.id)
        assert told["context"]["surfaces"] == ["aws:*"]
        assert told["context"]["position"] == find_position()
        assert told["context"]["evaluated_at"]

    def test_says_no_of_whoever_is_stopped(self) -> None:
        grant, other = make.grant(), make.grant()
        restrict(Scope(organizations=(grant.organization_id,)))
        told = authzen.anyone().get("/access/v1/snapshot").body
        assert [row["organization"] for row in told["results"]] == [other.organization.slug]

    def test_its_pages_hold_what_one_page_holds(self) -> None:
        for _ in range(3):
            make.grant()
        door = authzen.anyone()
        whole = door.get("/access/v1/snapshot").body["results"]
        rows, token = [], ""
        while True:
            page = door.get(f"/access/v1/snapshot?limit=1&token={token}").body
            rows += page["results"]
            token = page["page"]["next_token"]
            if not token:
                break
        assert rows == whole
        assert len(rows) == 3
