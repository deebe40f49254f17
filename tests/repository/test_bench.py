"""The bench measures a world as the tables are now: kept from rotting, and nothing of it is timed here."""

import datetime as dt
import os

import pytest

from access.choices import Reason
from access.queries.decisions import Asked, evaluate
from access.queries.scopes import Scope
from access.queries.stops import measure_reach
from bench import serving, stops, world
from bench.servers import find_wrk, press
from bench.servers import serving as serve
from tests import make
from tests import stops as stopping
from tests.journeys.installation import describe_test_database

pytestmark = pytest.mark.django_db(transaction=True)  # it vacuums


class TestWorld:
    def test_it_grows_to_its_size(self) -> None:
        made = world.prepare()
        made.grow(world.Size(2))
        made.grow(world.Size(3, restrictions=2))

        answers = [
            evaluate(Asked(f"org-{number}", f"model-{model}", "invoke")).answer.decision
            for number in range(3)
            for model in range(world.MODELS)
        ]
        assert answers == [True] * 3 * world.MODELS
        assert evaluate(Asked("org-3", "model-0", "invoke")).answer.reason == (
            Reason.UNKNOWN_ORGANIZATION
        )
        stopped = [evaluate(Asked(f"stopped-{number}", "model-0", "invoke")) for number in (0, 1)]
        assert [len(found.facts.stops) for found in stopped] == [1, 1]

    def test_a_stop_reaches_the_copies(self) -> None:
        pattern = make.recorded_grant(surfaces=("aws:1",))
        member = stopping.member(pattern.organization, holds=None)
        stops.fill(pattern, [member], first=1, last=3)

        scope = Scope(ai_models=(pattern.items.get().ai_model_id,))
        reach = measure_reach(scope, at=dt.datetime.now(dt.UTC))
        assert (reach.organizations, reach.grants, reach.members) == (4, 4, 4)


@pytest.mark.skipif(find_wrk() is None, reason="wrk, which loads the servers, is not installed")
class TestServing:
    def test_every_server_answers_the_load(self) -> None:
        world.prepare().grow(world.Size(2))
        environment = os.environ | describe_test_database()
        with serve(serving.OURS, workers=1, environment=environment) as mine:
            asked = {"TOKEN": serving.make_token(mine), "ORGANIZATIONS": "2"}
            assert press(mine, seconds=1, **asked).rate
            assert press(mine, seconds=1, BATCH="100", **asked).rate
        with serve(serving.EMPTY, workers=1) as empty:
            assert press(empty, seconds=1).rate
