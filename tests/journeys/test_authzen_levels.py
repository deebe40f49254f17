"""The levels of the AuthZEN 1.0 certification scenario, over this registry's own types.

The scenario's users and records are organizations and models here: `alice` may invoke and evaluate
`record-1`, `bob` may only invoke it. Its `properties` are decided by what a member's organization is, and
by the version of a model; nothing that a caller claims about itself can turn a no into a yes.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from access.choices import Action
from registry.models import Organization
from tests import authzen, make
from tests.authzen import Door

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Scenario:
    """The fixture of the scenario, and the gateway that asks."""

    door: Door
    alice: Organization
    bob: Organization


@pytest.fixture
def scenario() -> Scenario:
    program = make.program()
    record = make.ai_model("record-1", program.developer)
    other = make.ai_model("record-2", program.developer)
    alice, bob = make.organization("alice"), make.organization("bob")
    make.grant(alice, make.tier(program, record, actions=(Action.INVOKE, Action.EVALUATE)))
    make.grant(bob, make.tier(program, record, actions=(Action.INVOKE,)))
    make.grant(bob, make.tier(program, other, actions=(Action.EVALUATE,)))
    return Scenario(authzen.anyone(), alice, bob)


def entities(subject: str, action: str, resource: str) -> dict[str, Any]:
    return {
        "subject": {"type": "organization", "id": subject},
        "action": {"name": action},
        "resource": {"type": "model", "id": resource},
    }


ALLOWED = entities("alice", "invoke", "record-1")
REFUSED = entities("bob", "evaluate", "record-1")


class TestBasic:
    @pytest.mark.parametrize(
        ("body", "decision"),
        [
            (ALLOWED, True),
            (entities("alice", "evaluate", "record-1"), True),
            (entities("bob", "invoke", "record-1"), True),
            (REFUSED, False),
            (entities("alice", "invoke", "record-2"), False),
            (entities("nobody", "invoke", "record-1"), False),
            (entities("alice", "fly", "record-1"), False),
            (ALLOWED | {"context": {"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}}, True),
            (ALLOWED | {"foo": "bar", "future": {"nested": True}}, True),
        ],
    )
    def test_decides(self, scenario: Scenario, *, body: dict[str, Any], decision: bool) -> None:
        answer = scenario.door.ask(body)
        assert answer["decision"] is decision
        assert isinstance(answer["context"], dict)

    def test_properties_that_callers_add_change_nothing(self, scenario: Scenario) -> None:
        for body, decision in ((ALLOWED, True), (REFUSED, False)):
            more = {
                part: body[part] | {"properties": {"role": "admin", "status": "active"}}
                for part in ("subject", "action", "resource")
            }
            assert scenario.door.ask(body | more)["decision"] is decision

    def test_the_property_that_a_member_belongs_by_decides(self, scenario: Scenario) -> None:
        make.member(scenario.alice, "m-1")
        asked = {
            owner: ALLOWED
            | {"subject": {"type": "member", "id": "m-1", "properties": {"organization": owner}}}
            for owner in ("alice", "bob")
        }
        assert scenario.door.ask(asked["alice"])["decision"]
        assert scenario.door.reason(asked["bob"]) == "unknown_member"

    @pytest.mark.parametrize("member", ["subject", "action", "resource"])
    def test_a_missing_member_is_a_bad_request(self, scenario: Scenario, member: str) -> None:
        body = {name: said for name, said in ALLOWED.items() if name != member}
        told = scenario.door.post("evaluation", body)
        assert (told.status, told.body["code"]) == (400, "member_missing")
        assert told.headers["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(
        ("member", "inner"),
        [
            *(("subject", "type"), ("subject", "id"), ("action", "name")),
            *(("resource", "type"), ("resource", "id")),
        ],
    )
    def test_a_missing_inner_member_is_a_bad_request(
        self, scenario: Scenario, member: str, inner: str
    ) -> None:
        less = {name: said for name, said in ALLOWED[member].items() if name != inner}
        told = scenario.door.post("evaluation", ALLOWED | {member: less})
        assert (told.status, told.body["code"]) == (400, "member_missing")
        assert told.body["values"] == {"field": f"{member}.{inner}"}

    @pytest.mark.parametrize(
        "changed",
        [
            {"subject": "alice"},
            {"subject": {"type": "organization", "id": ["alice"]}},
            {"subject": {"type": "organization", "id": "a\x00b"}},
            {"subject": {"type": "organization", "id": "a\ud800"}},
            {"subject": {"type": "organization", "id": ""}},
            {"action": {"name": 123}},
            {"resource": []},
            {"context": "now"},
        ],
    )
    def test_a_wrong_type_is_a_bad_request(
        self, scenario: Scenario, changed: dict[str, Any]
    ) -> None:
        told = scenario.door.post("evaluation", ALLOWED | changed)
        assert (told.status, told.body["code"]) == (400, "member_of_wrong_type")

    @pytest.mark.parametrize(
        ("content", "content_type", "code"),
        [
            (b"{", "application/json", "malformed_json"),
            (b"", "application/json", "malformed_json"),
            (b"[]", "application/json", "malformed_json"),
            (b"[" * 100_000, "application/json", "malformed_json"),
            (b"{}", "text/plain", "content_type_not_json"),
            (b"a=b", "application/x-www-form-urlencoded", "content_type_not_json"),
            (b'{"a": "' + b"x" * 1_100_000 + b'"}', "application/json", "body_too_large"),
        ],
    )
    @pytest.mark.parametrize("path", ["evaluation", "evaluations", "search/subject"])
    def test_a_body_that_is_none_is_a_bad_request(
        self, scenario: Scenario, path: str, content: bytes, content_type: str, code: str
    ) -> None:
        told = scenario.door.send(path, content, content_type)
        assert (told.status, told.body["code"]) == (400, code)

    @pytest.mark.parametrize("kind", ["user", "spaceship"])
    def test_a_type_that_is_not_ours_is_a_no(self, scenario: Scenario, kind: str) -> None:
        subject = ALLOWED | {"subject": {"type": kind, "id": "alice"}}
        resource = ALLOWED | {"resource": {"type": kind, "id": "record-1"}}
        assert scenario.door.reason(subject) == "unknown_subject_type"
        assert scenario.door.reason(resource) == "unknown_resource_type"

    @pytest.mark.parametrize("name", ["bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "a b;c=1", "7"])
    def test_the_request_id_comes_back(self, scenario: Scenario, name: str) -> None:
        told = scenario.door.post("evaluation", ALLOWED, **{"X-Request-ID": name})
        assert told.headers["X-Request-ID"] == name

    def test_without_a_request_id_one_is_made(self, scenario: Scenario) -> None:
        assert len(scenario.door.post("evaluation", ALLOWED).headers["X-Request-ID"]) == 32

    def test_the_same_question_gets_the_same_decision(self, scenario: Scenario) -> None:
        assert {scenario.door.ask(ALLOWED)["decision"] for _ in range(5)} == {True}


class TestBatch:
    def ask(self, scenario: Scenario, **body: Any) -> list[bool]:
        told = scenario.door.post("evaluations", body)
        assert told.status == 200, told.body
        assert "decision" not in told.body
        return [answer["decision"] for answer in told.body["evaluations"]]

    def test_takes_over_what_is_shared_and_keeps_the_order(self, scenario: Scenario) -> None:
        actions = [{"action": {"name": name}} for name in ("invoke", "evaluate", "invoke")]
        shared = {name: REFUSED[name] for name in ("subject", "resource")}
        assert self.ask(scenario, **shared, evaluations=actions) == [True, False, True]

    def test_needs_nothing_shared(self, scenario: Scenario) -> None:
        assert self.ask(scenario, evaluations=[ALLOWED, REFUSED]) == [True, False]

    def test_an_entity_of_an_item_replaces_the_shared_one_whole(self, scenario: Scenario) -> None:
        make.member(scenario.alice, "m-1")
        member = {"type": "member", "id": "m-1", "properties": {"organization": "alice"}}
        shared = ALLOWED | {"subject": member}
        items = [
            {},
            {"subject": {"type": "organization", "id": "alice"}},
            {"subject": {"id": "m-1"}},  # takes the shared type and not the shared properties
        ]
        told = scenario.door.post("evaluations", shared | {"evaluations": items}).body
        assert [a["decision"] for a in told["evaluations"]] == [True, True, False]
        error = told["evaluations"][2]["context"]["error"]
        assert error["code"] == "member_organization_missing"

    def test_an_item_takes_a_shared_type_it_leaves_out(self, scenario: Scenario) -> None:
        shared = ALLOWED | {"resource": {"type": "model"}}
        items = [{"resource": {"id": "record-1"}}, {"resource": {"id": "record-2"}}]
        assert self.ask(scenario, **shared, evaluations=items) == [True, False]

    def test_a_context_of_its_own_replaces_the_shared_one(self, scenario: Scenario) -> None:
        shared = ALLOWED | {"context": {"as_of": "2020-01-01T00:00:00Z"}}
        items = [{}, {"context": {"source": "override"}}]
        assert self.ask(scenario, **shared, evaluations=items) == [False, True]

    @pytest.mark.parametrize(
        ("broken", "code"),
        [
            ({"subject": {"type": "organization"}}, "member_missing"),
            ({"action": {"name": 7}}, "member_of_wrong_type"),
            ("nothing", "member_of_wrong_type"),
            (None, "member_of_wrong_type"),
            ({"context": {"as_of": "yesterday"}}, "moment_unreadable"),
            ({"context": {"revision": "latest"}}, "revision_unreadable"),
            ({"context": {"known_at": "2199-01-01T00:00:00Z"}}, "known_at_in_future"),
            ({"subject": {"type": "member", "id": "x"}}, "member_organization_missing"),
        ],
    )
    def test_an_item_that_cannot_be_answered_leaves_the_others_alone(
        self, scenario: Scenario, broken: Any, code: str
    ) -> None:
        item = broken | {} if isinstance(broken, dict) else broken
        shared = {} if isinstance(broken, dict) and "subject" in broken else ALLOWED
        evaluations = [ALLOWED, item if shared else entities("", "invoke", "record-1") | item]
        told = scenario.door.post("evaluations", shared | {"evaluations": [*evaluations, REFUSED]})
        assert told.status == 200
        first, second, third = told.body["evaluations"]
        assert (first["decision"], second["decision"], third["decision"]) == (True, False, False)
        assert second["context"]["error"]["code"] == code
        assert second["context"]["reason"]["code"] == code
        assert "error" not in third["context"]

    def test_an_empty_item_without_anything_shared(self, scenario: Scenario) -> None:
        shared = {name: ALLOWED[name] for name in ("subject", "action")}
        items = [{"resource": ALLOWED["resource"]}, {}]
        assert self.ask(scenario, **shared, evaluations=items) == [True, False]

    @pytest.mark.parametrize("more", [{}, {"evaluations": []}, {"evaluations": None}])
    def test_without_evaluations_it_is_a_single_one(
        self, scenario: Scenario, more: dict[str, Any]
    ) -> None:
        told = scenario.door.post("evaluations", ALLOWED | more)
        assert (told.status, told.body["decision"]) == (200, True)
        assert scenario.door.post("evaluations", more).status == 400

    @pytest.mark.parametrize(
        ("semantic", "decisions"),
        [
            ("execute_all", [True, False, True, False]),
            ("deny_on_first_deny", [True, False]),
            ("permit_on_first_permit", [True]),
        ],
    )
    def test_stops_where_the_semantic_says(
        self, scenario: Scenario, semantic: str, decisions: list[bool]
    ) -> None:
        items = [ALLOWED, REFUSED, ALLOWED, REFUSED]
        options = {"evaluations_semantic": semantic, "another_option": 1}
        assert self.ask(scenario, evaluations=items, options=options) == decisions

    def test_an_error_stops_a_batch_that_stops_at_a_no(self, scenario: Scenario) -> None:
        options = {"evaluations_semantic": "deny_on_first_deny"}
        assert self.ask(scenario, evaluations=[{}, ALLOWED], options=options) == [False]

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"options": {"evaluations_semantic": "best"}}, "evaluations_semantic_unknown"),
            ({"options": {"evaluations_semantic": {}}}, "evaluations_semantic_unknown"),
            ({"options": 7}, "member_of_wrong_type"),
            ({"evaluations": {"a": 1}}, "member_of_wrong_type"),
            ({"evaluations": [ALLOWED] * 101}, "too_many_evaluations"),
        ],
    )
    def test_a_batch_that_cannot_be_meant_is_a_bad_request(
        self, scenario: Scenario, body: dict[str, Any], code: str
    ) -> None:
        told = scenario.door.post("evaluations", {"evaluations": [ALLOWED]} | body)
        assert (told.status, told.body["code"]) == (400, code)


class TestSearch:
    def test_subjects(self, scenario: Scenario) -> None:
        body = ALLOWED | {"subject": {"type": "organization", "id": "ignored"}}
        assert scenario.door.search("subject", body) == [
            {"type": "organization", "id": "alice"},
            {"type": "organization", "id": "bob"},
        ]

    def test_members_are_found_with_their_organization(self, scenario: Scenario) -> None:
        make.member(scenario.alice, "m-1")
        make.member(scenario.bob, "m-2")
        found = scenario.door.search("subject", ALLOWED | {"subject": {"type": "member"}})
        assert found == [
            {"type": "member", "id": "m-1", "properties": {"organization": "alice"}},
            {"type": "member", "id": "m-2", "properties": {"organization": "bob"}},
        ]
        for subject in found:
            assert scenario.door.ask(ALLOWED | {"subject": subject})["decision"]
        of_bob = {"type": "member", "properties": {"organization": "bob"}}
        assert len(scenario.door.search("subject", ALLOWED | {"subject": of_bob})) == 1

    def test_resources(self, scenario: Scenario) -> None:
        body = ALLOWED | {"resource": {"type": "model", "id": "ignored"}}
        assert scenario.door.search("resource", body) == [{"type": "model", "id": "record-1"}]
        bob = entities("bob", "evaluate", "") | {"resource": {"type": "model"}}
        assert scenario.door.search("resource", bob) == [{"type": "model", "id": "record-2"}]

    def test_versions_of_resources(self, scenario: Scenario) -> None:
        make.release("record-1", "record-1-20260701")
        body = ALLOWED | {"resource": {"type": "model_version"}}
        assert scenario.door.search("resource", body) == [
            {"type": "model_version", "id": "record-1-20260701"}
        ]

    def test_actions(self, scenario: Scenario) -> None:
        body = {name: ALLOWED[name] for name in ("subject", "resource")}
        assert scenario.door.search("action", body) == [{"name": "invoke"}, {"name": "evaluate"}]

    @pytest.mark.parametrize("what", ["subject", "resource", "action"])
    def test_takes_a_context(self, scenario: Scenario, what: str) -> None:
        body = ALLOWED | {"context": {"time": "2024-10-26T01:22-07:00"}}
        assert scenario.door.search(what, body) == scenario.door.search(what, ALLOWED)

    @pytest.mark.parametrize("what", ["subject", "resource", "action"])
    def test_pages_hold_what_one_page_holds(self, scenario: Scenario, what: str) -> None:
        whole = scenario.door.search(what, ALLOWED)
        assert scenario.door.search(what, ALLOWED | {"page": {"limit": 1}}) == whole
        last = scenario.door.post(f"search/{what}", ALLOWED | {"page": {"limit": len(whole)}})
        assert last.body["page"] == {"next_token": "", "count": len(whole)}

    @pytest.mark.parametrize(
        ("what", "changed"),
        [
            ("subject", {"resource": {"type": "model", "id": "nothing"}}),
            ("subject", {"subject": {"type": "spaceship"}}),
            ("subject", {"action": {"name": "fly"}}),
            ("resource", {"subject": {"type": "organization", "id": "nobody"}}),
            ("resource", {"resource": {"type": "spaceship"}}),
            ("action", {"subject": {"type": "organization", "id": "nobody"}}),
            ("action", {"subject": {"type": "spaceship", "id": "x"}}),
        ],
    )
    def test_what_nobody_knows_is_an_empty_list(
        self, scenario: Scenario, what: str, changed: dict[str, Any]
    ) -> None:
        told = scenario.door.post(f"search/{what}", ALLOWED | changed)
        assert (told.status, told.body["results"]) == (200, [])
        assert told.body["page"]["next_token"] == ""

    @pytest.mark.parametrize(
        ("what", "missing"),
        [
            *(("subject", "action"), ("subject", "resource"), ("subject", "subject")),
            *(("resource", "subject"), ("resource", "action"), ("resource", "resource")),
            *(("action", "subject"), ("action", "resource")),
        ],
    )
    def test_a_missing_member_is_a_bad_request(
        self, scenario: Scenario, what: str, missing: str
    ) -> None:
        body = {name: said for name, said in ALLOWED.items() if name != missing}
        assert scenario.door.post(f"search/{what}", body).status == 400
        if (what, missing) in {("subject", "resource"), ("resource", "subject")}:
            half = body | {missing: {"type": ALLOWED[missing]["type"]}}
            assert scenario.door.post(f"search/{what}", half).status == 400


class TestDiscovery:
    def test_the_metadata_name_every_address(self, scenario: Scenario) -> None:
        told = scenario.door.get("/.well-known/authzen-configuration")
        assert (told.status, told.headers["Content-Type"]) == (200, "application/json")
        base = told.body["policy_decision_point"]
        assert base == "http://testserver"
        assert {name: address.removeprefix(base) for name, address in told.body.items()} == {
            "policy_decision_point": "",
            "access_evaluation_endpoint": "/access/v1/evaluation",
            "access_evaluations_endpoint": "/access/v1/evaluations",
            "search_subject_endpoint": "/access/v1/search/subject",
            "search_resource_endpoint": "/access/v1/search/resource",
            "search_action_endpoint": "/access/v1/search/action",
        }

    def test_every_address_leads_somewhere(self, scenario: Scenario) -> None:
        told = scenario.door.get("/.well-known/authzen-configuration").body
        base = told.pop("policy_decision_point")
        for address in told.values():
            path = address.removeprefix(f"{base}/access/v1/")
            assert scenario.door.post(path, ALLOWED).status == 200
