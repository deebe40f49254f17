"""What is measured: the decision, the holdings, the ledger."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection, transaction

from access.queries.decisions import Asked, evaluate
from access.queries.holdings import list_holdings
from bench.timing import time_calls
from registry import audit
from registry.actors import Command
from registry.choices import Role
from registry.events import Event
from registry.models import AIModel, User
from registry.operations import ledger
from registry.queries.ledger import verify
from tests import make

FEW, MANY = 10, 200


def measure_all() -> Iterator[str]:
    """One line for each measurement."""
    tier = make.tier()
    holders = [make.grant(None, tier) for _ in range(FEW)]
    asked = Asked(holders[0].organization.slug, tier.ai_models.get().slug, "invoke")
    reference = time_calls(_select_one, 200)
    few = time_calls(lambda: evaluate(asked), 100)
    few_held = time_calls(lambda: _list(tier.ai_models.get()), 5)
    for _ in range(MANY - FEW):
        make.grant(None, tier)
    many = time_calls(lambda: evaluate(asked), 100)
    many_held = time_calls(lambda: _list(tier.ai_models.get()), 5)
    yield f"a decision costs {few / reference:.1f} × SELECT 1"
    yield f"a decision among {MANY} holders costs {many / few:.2f} × one among {FEW}"
    yield f"holdings of {MANY} cost {many_held / few_held:.1f} × holdings of {FEW}"
    ledger.sequence_all()
    yield from _measure_ledger()


def _measure_ledger() -> Iterator[str]:
    user, command = make.user(), make.by(make.staff(Role.ADMINISTRATOR))
    written = time_calls(lambda: _record(user, command), 200)
    bare = time_calls(_write_bare, 200)
    yield f"a recorded change costs {written / bare:.1f} × an insert of one row"
    size = ledger.sequence_all()
    again = time_calls(lambda: verify([]), 1) / max(1, verify([]).size)
    yield f"proving the ledger costs {again / bare:.3f} × an insert, for each of its events ({size} new)"


def _record(user: User, command: Command) -> None:
    with transaction.atomic():
        audit.record(
            Event.ROLE_GIVEN,
            user,
            command,
            occurred_at=make.MORNING,
            role="decider",
        )


def _write_bare() -> None:
    with transaction.atomic():
        make.user()


def _select_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _list(model: AIModel) -> None:
    list_holdings(model, as_of=dt.datetime.now(dt.UTC))
