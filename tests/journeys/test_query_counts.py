"""The number of queries does not grow with the rows."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
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
from tests.lifecycle import DAY, covered, give_notices, round_of
from tests.registry.test_holiday_tables import propose as propose_table

pytestmark = pytest.mark.django_db
FEW, MORE = 2, 6
SCOPES = (
    *("registry:read", "requests:read", "grants:read", "holdings:read", "events:read"),
    *("members:read", "review:write", "answers:read", "restrictions:write"),
)


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


@pytest.fixture
def tier() -> Tier:
    return make.tier()


class TestTheApi:
    @pytest.mark.parametrize(
        "path",
        [
            *("organizations", "models", "programs", "access-requests", "grants"),
            *("restrictions", "positions", "expansions", "events", "members", "answers"),
            "enforcement-points",
            *("dialogues", "demands", "model-notices", "waiting-periods", "waiting-facts"),
            *("conditions", "condition-campaigns", "recertifications"),
            *("recertification-items", "close-outs", "disclosures", "review-policies"),
        ],
    )
    def test_a_list_costs_the_same_for_more_rows(self, tier: Tier, path: str) -> None:
        operator = make.organization()
        actor = make.client(operator, *SCOPES, kind=ClientKind.STAFF)
        client = APIClient()
        client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
        url = f"/api/v1/{path}/?page_size=200"
        fill(tier, FEW)
        few = count(lambda: client.get(url))
        fill(tier, MORE)
        answer = client.get(url)
        assert answer.status_code == 200
        assert count(lambda: client.get(url)) == few

    def test_who_can_use_what_costs_the_same_for_more_of_them(self, tier: Tier) -> None:
        model, holder = tier.ai_models.get(), make.organization()
        acts = (
            lambda: list_users(model, as_of=now()),
            lambda: list_used(holder, as_of=now()),
            lambda: take_snapshot(Asked("", "", None), limit=200, serves=bool),
            lambda: search("organization", Asked("", model.slug, "invoke"), limit=200),
        )
        fill(tier, FEW)
        make.grant(holder)
        few = [count(act) for act in acts]
        fill(tier, MORE)
        for _ in range(3):
            make.grant(holder)
        assert [count(act) for act in acts] == few
        assert few == [2, 2, 1, 1]
        assert len(list_used(holder, as_of=now())) == 4

    def test_holdings_cost_the_same_for_more_holders(self, tier: Tier) -> None:
        model = tier.ai_models.get()
        fill(tier, FEW)
        few = count(lambda: list_holdings(model, as_of=now()))
        fill(tier, MORE)
        assert count(lambda: list_holdings(model, as_of=now())) == few
        assert len(list_holdings(model, as_of=now()).rows) == Organization.objects.count()


class TestThePages:
    @pytest.fixture
    def desk(self, client: Client) -> Client:
        user = make.user()
        for role in Role:
            users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    @pytest.mark.parametrize(
        "path",
        [
            *("access/accessrequest", "access/grant", "access/restriction", "access/program"),
            *("registry/organization", "registry/aimodel", "registry/auditevent"),
            *("access/enforcementpoint", "access/denyentry"),
            *("registry/user", "notifications/delivery", "notifications/dialogue"),
            *("access/waitingperiod", "access/waitingfact", "access/disclosure"),
            *("notifications/accessdemand", "notifications/modelnotice", "notified", "timeline"),
            *("access/condition", "access/conditioncampaign", "access/recertification"),
            *("access/recertificationitem", "access/closeout", "access/notice"),
        ],
    )
    def test_a_list_costs_the_same_for_more_rows(
        self, desk: Client, tier: Tier, path: str
    ) -> None:
        fill(tier, FEW)
        few = count(lambda: desk.get(f"/admin/{path}/"))
        fill(tier, MORE)
        assert count(lambda: desk.get(f"/admin/{path}/")) == few

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
