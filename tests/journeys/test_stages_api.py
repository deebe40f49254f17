"""Stages and review policies over HTTP: what staff read, and what the organization may."""

import json
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils.timezone import now
from rest_framework.test import APIClient

from access.choices import Finding
from access.models import AccessRequest, ReviewPolicy
from registry.actors import Actor, ActorKind
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import User
from tests import make, stages

pytestmark = pytest.mark.django_db
SCOPES = frozenset({"requests:read", "requests:write", "review:write"})


def staff(*roles: Role) -> APIClient:
    actor = Actor(
        ActorKind.CLIENT,
        make.user().id,
        roles=frozenset(roles),
        scopes=SCOPES,
        client_kind=ClientKind.STAFF,
    )
    client = APIClient()
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client


def partner(row: AccessRequest) -> APIClient:
    client = APIClient()
    actor = make.client(row.organization, "requests:read")
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client


def read(client: APIClient, row: AccessRequest) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/access-requests/{row.id}/")
    assert answer.status_code == 200
    told: list[dict[str, Any]] = answer.json()["stages"]
    return told


def disputed() -> AccessRequest:
    """A request of which an objection blocks a stage that has a deadline."""
    deadline = {"working_days": 5, "calendar": "us", "crossing": "remind"}
    row = stages.in_review(
        stages.document(
            stages.stage("security", strategy="one_objects_blocks", deadline=deadline),
            stages.stage("extra", when="request.renewal", threshold=1),
            stages.stage("decision", "decision", after=["security", "extra"]),
        )
    )
    return stages.find(row, "security", finding=Finding.OPPOSES)


class TestStages:
    def test_staff_read_state_reasons_findings_and_clock(self) -> None:
        security, extra, decision = read(staff(Role.REVIEWER), disputed())
        assert (security["state"], extra["state"], decision["state"]) == (
            "blocked",
            "not_applicable",
            "waiting",
        )
        assert security["reasons"][0].startswith("objection:user:")
        assert [said["finding"] for said in security["findings"]] == ["opposes"]
        assert security["expected_at"] is not None
        assert decision["reasons"] == ["after:security"]

    def test_the_organization_reads_where_it_stands_and_no_name_or_finding(self) -> None:
        told = read(partner(row := disputed()), row)
        assert [(said["title"], said["state"], said["whose_turn"]) for said in told] == [
            ("Stage security", "open", "operator"),
            ("Stage decision", "waiting", "nobody"),
        ]
        assert set(told[0]) == {
            *("title", "state", "since", "age_days", "expected_at", "whose_turn"),
        }
        assert "user:" not in json.dumps(told)


class TestPolicies:
    def test_an_edition_is_proposed_rehearsed_and_put_in_force_by_another(self) -> None:
        stages.policy()
        proposer, other = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR)
        text = yaml.safe_dump(stages.document(*stages.FOUR["stages"], title="Next"))
        made = proposer.post(
            "/api/v1/review-policies/", {"slug": "staged", "yaml": text}, format="json"
        )
        assert made.status_code == 201
        told = made.json()
        assert (told["number"], told["compared_with"]) == (2, 1)
        assert told["differences"] == [{"place": "title", "before": "In stages", "after": "Next"}]
        url = f"/api/v1/review-policies/{told['id']}/"
        assert proposer.get(f"{url}dry_run/").json()["results"] == []
        assert proposer.post(f"{url}enact/").status_code == 403
        assert other.post(f"{url}enact/").json()["enacted_at"] is not None

    def test_what_is_wrong_is_told_line_by_line(self) -> None:
        text = "version: 2\ntitle: x\nfour_eyes: true\nzeal: 1\nstages: []\n"
        refused = staff(Role.ADMINISTRATOR).post(
            "/api/v1/review-policies/", {"slug": "staged", "yaml": text}, format="json"
        )
        assert refused.status_code == 400
        assert {said["line"] for said in refused.json()["problems"]} == {4, 5}

    def test_partners_do_not_read_them(self) -> None:
        stages.policy()
        row = make.in_review(None, make.tier(review_policy="staged"))
        assert partner(row).get("/api/v1/review-policies/").status_code == 403


class TestPages:
    @pytest.fixture
    def desk(self, client: Client) -> Client:
        person = make.user()
        for role in (Role.ADMINISTRATOR, Role.REVIEWER):
            person.role_holdings.create(role=role, given_by="x", given_at=now())
        client.force_login(User.objects.get(pk=person.pk))
        return client

    def test_a_request_shows_its_stages(self, desk: Client) -> None:
        page = desk.get(f"/admin/access/accessrequest/{disputed().id}/change/")
        assert page.status_code == 200
        text = page.content.decode()
        assert "Stages of the review" in text
        assert "blocked by an objection" in text

    def test_a_policy_is_proposed_and_its_errors_name_their_lines(self, desk: Client) -> None:
        stages.policy()
        url = "/admin/access/reviewpolicy/steps/propose/"
        wrong = desk.post(url, {"slug": "staged", "document": "version: 2\ntitle: x\nzeal: 1\n"})
        assert wrong.status_code == 409
        assert "line 3, zeal" in wrong.content.decode()
        text = yaml.safe_dump(stages.document(*stages.FOUR["stages"], title="Next"))
        assert desk.post(url, {"slug": "staged", "document": text}).status_code == 302
        edition = ReviewPolicy.objects.get(slug="staged", number=2)
        page = desk.get(f"/admin/access/reviewpolicy/{edition.id}/change/").content.decode()
        assert "What it says differently from edition 1" in page
        assert "Dry run on requests already decided" in page

    def test_teams_are_kept(self, desk: Client) -> None:
        assert (
            desk.post(
                "/admin/access/team/steps/found/", {"slug": "security", "name": "Security"}
            ).status_code
            == 302
        )
        page = desk.get("/admin/access/team/").content.decode()
        assert "security" in page
