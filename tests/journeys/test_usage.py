"""Who can use this model? What can this organization use? Until when? Over HTTP and on the staff's page."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils.timezone import now
from rest_framework.test import APIClient

from access.api import authzen_tally
from access.models import AnswerRecorder
from access.operations import person_classes
from access.queries.scopes import Scope
from registry.actors import Actor
from registry.api.authentication import Caller
from registry.choices import AssertionKind, ClientKind, Role
from registry.models import User
from registry.operations import users
from tests import authzen, make
from tests.access.test_restrictions import model_of, restrict

pytestmark = pytest.mark.django_db
URL = "/api/v1/holdings/usable/"


def read(actor: Actor, query: str, url: str = URL) -> Any:
    client = APIClient()
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client.get(f"{url}?{query}")


def staff() -> Actor:
    scopes = ("holdings:read", "answers:read")
    return make.client(make.organization(), *scopes, kind=ClientKind.STAFF)


@pytest.fixture
def desk(client: Browser) -> Browser:
    user = make.user()
    users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=Role.AUDITOR)
    client.force_login(User.objects.get(pk=user.pk))
    return client


class TestTheApi:
    def test_who_can_use_this_model(self) -> None:
        first, bound = make.grant(), make.recorded_grant(surfaces=("aws:1",), seconds=3600)
        model = bound.tier.ai_models.get()
        lines = read(staff(), f"model={model.slug}").json()["results"]
        assert len(lines) == 1
        line = lines[0]
        assert line["organization"] == bound.organization.slug
        assert (line["holds"], line["reason"], line["origin"]) == (
            "yes",
            "grant_in_force",
            "imported",
        )
        assert (line["actions"], line["surfaces"]) == (["invoke", "evaluate"], ["aws:1"])
        assert line["until"] == line["next_change_at"]
        assert line["grant"] == str(bound.id)
        assert str(first.id) not in str(lines)

    def test_what_can_this_organization_use(self) -> None:
        organization = make.organization()
        held, stopped = make.grant(organization), make.grant(organization)
        stop = restrict(Scope(ai_models=(model_of(stopped),)))
        lines = read(staff(), f"organization={organization.slug}").json()["results"]
        found = {line["model"]: (line["holds"], line["restriction"]) for line in lines}
        assert found == {
            held.tier.ai_models.get().slug: ("yes", None),
            stopped.tier.ai_models.get().slug: ("no", str(stop.id)),
        }

    def test_what_depends_on_the_person_is_not_known(self) -> None:
        grant = make.grant()
        person_classes.define(
            make.by(make.staff(Role.RESTRICTOR)),
            slug="foreign",
            name="Foreign nationals",
            definition="Whoever is not a US person.",
            instrument="15 CFR 772.1",
            outside_by=AssertionKind.US_PERSON,
        )
        restrict(Scope(ai_models=(model_of(grant),), person_class="foreign"))
        (line,) = read(staff(), f"organization={grant.organization.slug}").json()["results"]
        assert (line["holds"], line["reason"]) == ("not_known", "person_not_established")

    def test_a_partner_reads_its_own_lines(self) -> None:
        grant = make.grant()
        other = make.grant(None, grant.tier)
        actor = make.client(grant.organization, "holdings:read")
        lines = read(actor, f"model={grant.tier.ai_models.get().slug}").json()["results"]
        assert [line["organization"] for line in lines] == [grant.organization.slug]
        for name in (other.organization.slug, "nobody"):
            answer = read(actor, f"organization={name}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    def test_the_same_as_a_file(self) -> None:
        grant = make.grant()
        answer = read(staff(), f"organization={grant.organization.slug}&format=csv")
        assert answer["Content-Type"].startswith("text/csv")
        (row,) = csv.DictReader(StringIO(answer.content.decode()))
        assert (row["holds"], row["actions"]) == ("yes", "invoke; evaluate")

    @pytest.mark.parametrize("query", ["", "model=x&organization=y", "format=csv"])
    def test_asks_for_one_of_the_two(self, query: str) -> None:
        answer = read(staff(), query)
        assert (answer.status_code, answer.json()["code"]) == (400, "model_or_organization")

    def test_answers_for_a_past_moment(self) -> None:
        grant = make.grant()
        start = make.start_of(grant.items.get()).isoformat().replace("+", "%2B")
        query = f"organization={grant.organization.slug}&as_of="
        assert read(staff(), f"{query}{start}").json()["results"][0]["holds"] == "yes"
        (line,) = read(staff(), f"{query}2020-01-01T00:00:00Z").json()["results"]
        assert line["reason"] == "grant_not_started"


class TestThePage:
    def test_shows_and_exports_both_ways(self, desk: Browser) -> None:
        grant = make.grant()
        model = grant.tier.ai_models.get()
        for query in (f"model={model.slug}", f"organization={grant.organization.slug}"):
            page = desk.get(f"/admin/usage/?{query}").content.decode()
            assert "invoke, evaluate" in page
            assert "any surface" in page
            exported = desk.get(f"/admin/usage/?{query}&format=csv").content.decode()
            assert f"{grant.organization.slug},{model.slug},yes" in exported

    def test_says_what_is_missing(self, desk: Browser) -> None:
        assert (
            "Choose a model or an organization."
            in desk.get("/admin/usage/?model=").content.decode()
        )
        assert (
            "No organization has this slug."
            in desk.get("/admin/usage/?organization=nobody").content.decode()
        )
        empty = make.organization()
        page = desk.get(f"/admin/usage/?organization={empty.slug}").content.decode()
        assert "never granted" in page

    def test_is_for_staff_with_a_role(self, client: Browser) -> None:
        client.force_login(make.user())
        for path in ("/admin/usage/", "/admin/answers/"):
            assert client.get(path).status_code in {302, 403}


class TestAnswers:
    @pytest.fixture(autouse=True)
    def _fresh(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(authzen_tally, "tally", authzen_tally.Tally())

    def test_staff_search_them_by_client_subject_model_and_reason(self) -> None:
        grant, door = make.grant(), authzen.anyone()
        door.ask(authzen.question(grant))
        door.ask(authzen.question(grant) | {"action": {"name": "fine_tune"}})
        authzen_tally.tally.flush()
        reader, slug = staff(), grant.organization.slug
        url = "/api/v1/answers/"
        whole = read(reader, f"organization={slug}", url).json()
        assert whole["totals"] == [
            {"decision": False, "reason": "action_not_covered", "count": 1},
            {"decision": True, "reason": "grant_in_force", "count": 1},
        ]
        assert whole["gaps"] == []
        (row,) = read(reader, f"organization={slug}&decision=true", url).json()["results"]
        assert (row["organization"], row["model"], row["count"]) == (
            slug,
            grant.tier.ai_models.get().slug,
            1,
        )
        assert row["member"] is None
        assert read(reader, "reason=no_grant", url).json()["results"] == []
        assert read(reader, "decision=maybe", url).json()["code"] == "decision_unreadable"
        assert read(reader, "client=nobody", url).status_code == 404

    def test_they_are_not_for_partners(self) -> None:
        actor = make.client(make.organization(), "holdings:read")
        assert read(actor, "", "/api/v1/answers/").status_code == 403

    def test_a_gap_shows_as_a_gap(self, desk: Browser) -> None:
        authzen.anyone().ask(authzen.question(make.grant()))
        authzen_tally.tally.flush()
        page = desk.get("/admin/answers/").content.decode()
        assert "grant_in_force" in page
        assert "No gap" in page
        long_ago = now().replace(year=2025)
        AnswerRecorder.objects.update(started_at=long_ago, covered_until=long_ago)
        query = "since=2025-01-01T00:00&until=2026-01-01T00:00"
        page = desk.get(f"/admin/answers/?{query}").content.decode()
        assert "Not everything was counted." in page
        found = read(
            staff(), "since=2025-01-01T00:00:00Z&until=2026-01-01T00:00:00Z", "/api/v1/answers/"
        )
        assert len(found.json()["gaps"]) == 1

    def test_the_page_exports_them(self, desk: Browser) -> None:
        authzen.anyone().ask(authzen.question(make.grant()))
        authzen_tally.tally.flush()
        exported = desk.get("/admin/answers/?format=csv").content.decode().splitlines()
        assert exported[0] == "minute,client,organization,member,model,decision,reason,count"
        assert exported[1].endswith("yes,grant_in_force,1")
