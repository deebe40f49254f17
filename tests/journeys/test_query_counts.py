"""The number of queries does not grow with the rows."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from access.api import authzen_tally
from access.choices import DenyEffect, RequestStatus
from access.models import Tier
from access.operations import expansions, grants
from access.operations.conditions import Requirement
from access.queries.decision_search import search
from access.queries.decision_snapshot import take_snapshot
from access.queries.decisions import Asked
from access.queries.grant_scopes import GrantScope
from access.queries.holdings import list_holdings
from access.queries.scopes import Scope
from access.queries.usage import list_used, list_users
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import Organization, User
from registry.operations import ledger, users
from tests import authzen, make, stops, talks, waits
from tests.access.test_deny_list import propose
from tests.access.test_disclosures import LIST, disclose
from tests.access.test_restrictions import restrict
from tests.duties import authority
from tests.journeys.test_rules_pages import propose as propose_rule
from tests.kept import kept
from tests.lifecycle import DAY, covered, give_notices, round_of
from tests.registry.test_holiday_tables import propose as propose_table

pytestmark = pytest.mark.django_db
FEW, MORE = 2, 6
SCOPES = (
    *("registry:read", "requests:read", "grants:read", "holdings:read", "events:read"),
    *("members:read", "review:write", "answers:read", "restrictions:write"),
)

LISTS = (
    *("organizations", "models", "programs", "access-requests", "grants"),
    *("restrictions", "positions", "expansions", "events", "members", "answers"),
    "enforcement-points",
    *("dialogues", "demands", "model-notices", "waiting-periods", "waiting-facts"),
    *("conditions", "condition-campaigns", "recertifications"),
    *("recertification-items", "close-outs", "disclosures", "review-policies"),
)
"""Of the API, as its paths are called."""
PAGES = (
    *("access/accessrequest", "access/grant", "access/restriction", "access/program"),
    *("registry/organization", "registry/aimodel", "registry/auditevent"),
    *("access/enforcementpoint", "access/denyentry"),
    *("registry/user", "notifications/delivery", "notifications/dialogue"),
    *("access/waitingperiod", "access/waitingfact", "access/disclosure"),
    *("notifications/accessdemand", "notifications/modelnotice", "notified", "timeline"),
    *("access/condition", "access/conditioncampaign", "access/recertification"),
    *("access/recertificationitem", "access/closeout", "access/notice"),
)
"""With a list, as staff find them."""


def count(act: Callable[[], object]) -> int:
    """How many queries the act makes."""
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def fill(tier: Tier, number: int) -> None:
    """Some rows of everything."""
    for _ in range(number):
        grant = make.grant(None, tier, conditions=(Requirement("mfa", "Keys."),))
        ended = make.grant(None, tier)
        covered(GrantScope(organizations=(grant.organization_id,)))
        round_of(GrantScope(organizations=(grant.organization_id,)))
        grants.surrender(make.by(make.staff(Role.INTAKE)), grant=ended.id)
        make.request_in(RequestStatus.QUESTION_OPEN)
        stops.point()
        propose(grant.organization, DenyEffect.WARN)
        restrict(Scope(organizations=(grant.organization_id,)))
        authzen.anyone().ask(authzen.question(grant))
        talks.fill()
        disclose(authority(None), grant.organization, ended.organization, documents=(LIST,))
        waits.state(waits.grant(waits.rule(), waits.rule(since=waits.OFFICE)), make.MORNING)
    authzen_tally.tally.flush()
    give_notices(now() + 50 * DAY)
    ledger.sequence_all()


@dataclass(frozen=True)
class World:
    """More rows of everything than there were when each act was counted."""

    acts: Mapping[str, Callable[[], Any]]
    few: Mapping[str, int]


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once for the module: to make it takes longer than to read all of it."""
    with kept(request, django_db_blocker):
        tier, holder = make.tier(), make.organization()
        acts = dict(acts_on(tier, holder))
        fill(tier, FEW)
        make.grant(holder)
        for act in acts.values():
            act()  # what is read once a process is read now
        few = {name: count(act) for name, act in acts.items()}
        fill(tier, MORE)
        for _ in range(3):
            make.grant(holder)
        yield World(acts, few)


def acts_on(tier: Tier, holder: Organization) -> Iterator[tuple[str, Callable[[], Any]]]:
    api, desk, model = sign_in_client(), sign_in_staff(), tier.ai_models.get()
    for path in LISTS:
        yield path, partial(api.get, f"/api/v1/{path}/?page_size=200")
    for path in PAGES:
        yield path, partial(desk.get, f"/admin/{path}/")
    yield "users", lambda: list_users(model, as_of=now())
    yield "used", lambda: list_used(holder, as_of=now())
    yield "snapshot", lambda: take_snapshot(Asked("", "", None), limit=200, serves=bool)
    yield "search", lambda: search("organization", Asked("", model.slug, "invoke"), limit=200)
    yield "holdings", lambda: list_holdings(model, as_of=now())


def sign_in_client() -> APIClient:
    actor = make.client(make.organization(), *SCOPES, kind=ClientKind.STAFF)
    client = APIClient()
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client


def sign_in_staff() -> Client:
    """In every role."""
    user, client = make.user(), Client()
    for role in Role:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def tier() -> Tier:
    return make.tier()


class TestTheApi:
    @pytest.mark.parametrize("path", LISTS)
    def test_a_list_costs_the_same_for_more_rows(self, world: World, path: str) -> None:
        assert world.acts[path]().status_code == 200
        assert count(world.acts[path]) == world.few[path]

    def test_who_can_use_what_costs_the_same_for_more_of_them(self, world: World) -> None:
        for name, queries in {"users": 2, "used": 2, "snapshot": 1, "search": 1}.items():
            assert count(world.acts[name]) == world.few[name] == queries, name
        assert len(world.acts["used"]()) == 4

    def test_holdings_cost_the_same_for_more_holders(self, world: World) -> None:
        assert count(world.acts["holdings"]) == world.few["holdings"]
        assert len(world.acts["holdings"]().rows) == Organization.objects.count()


class TestThePages:
    @pytest.fixture
    def desk(self) -> Client:
        return sign_in_staff()

    @pytest.mark.parametrize("path", PAGES)
    def test_a_list_costs_the_same_for_more_rows(self, world: World, path: str) -> None:
        assert count(world.acts[path]) == world.few[path]

    @pytest.mark.parametrize("path", ["registry/obligationrule", "registry/holidaytable"])
    def test_a_list_of_editions_costs_the_same_for_more_rows(
        self, desk: Client, path: str
    ) -> None:
        counts = []
        for number in (FEW, MORE):
            for inner in range(number):
                propose_rule(slug=f"rule-{number}-{inner}")
                propose_table(
                    make.staff(Role.ADMINISTRATOR),
                    year=2000 + 10 * number + inner,
                    days=[dt.date(2000 + 10 * number + inner, 1, 1)],
                )
            counts.append(count(lambda: desk.get(f"/admin/{path}/")))
        assert counts[0] == counts[1]

    @pytest.mark.parametrize("path", ["change/", "lines/", "lines/?why=position"])
    def test_an_expansions_lines_cost_the_same_for_more_lines(
        self, desk: Client, tier: Tier, path: str
    ) -> None:
        intake = make.staff(Role.INTAKE)
        expansion = expansions.propose(
            make.by(intake),
            slug="wave",
            name="Wave",
            program=tier.program_id,
            tier=tier.id,
            rationale="More.",
        ).value
        page = f"/admin/access/expansion/{expansion.id}/{path}"
        desk.get(page)  # what is read once a process is read now
        counts = []
        for number in (FEW, MORE):
            for _ in range(number):
                row = make.in_review(None, tier)
                expansions.add_line(make.by(intake), expansion=expansion.id, request=row.id)
            counts.append(count(lambda: desk.get(page)))
        assert counts[0] == counts[1]

    @pytest.mark.parametrize("path", ["change", "effect"])
    def test_a_restriction_costs_the_same_for_more_whom_it_stops(
        self, desk: Client, tier: Tier, path: str
    ) -> None:
        points = [stops.point() for _ in range(3)]
        row = restrict(Scope(programs=(tier.program_id,)))
        page = f"/admin/access/restriction/{row.id}/{path}/"
        desk.get(page)  # what is read once a process is read now
        counts = []
        for number, point in enumerate(points, start=1):
            for _ in range(number * FEW):
                stops.member(make.grant(None, tier).organization, holds=True)
            stops.report(point, row, by=make.staff(Role.RESTRICTOR))
            counts.append(count(lambda: desk.get(page)))
        assert counts[1] == counts[2]
