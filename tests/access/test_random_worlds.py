"""Random histories: the decision point, the holdings and a plain account of what was done must agree."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.utils.timezone import now

from access.choices import (
    ConditionFinding,
    Holds,
    RestrictionBasis,
    RestrictionKind,
    RevocationReason,
)
from access.models import Grant, Tier
from access.operations import conditions, grants, restrictions
from access.operations.conditions import Requirement
from access.operations.restrictions import Exempted, Scope, Wording
from access.queries.decisions import Asked, evaluate
from access.queries.holdings import list_holdings
from registry.choices import Role
from registry.models import AIModel, Organization
from registry.operations import organizations
from tests import make


@dataclass
class Account:
    """What one organization has, told without any range, version or SQL."""

    organization: Organization
    grant: UUID | None = None
    granted_suspended: bool = False
    suspended: bool = False
    excepted: set[UUID] = field(default_factory=set)
    unmet: set[UUID] = field(default_factory=set)


class History:
    """A world and the plain account of it, changed by the same acts."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.tier: Tier = make.tier()
        self.model: AIModel = self.tier.ai_models.get()
        self.accounts = [Account(make.organization()) for _ in range(4)]
        self.stops: dict[UUID, set[UUID]] = {}
        self.restrictors = [make.staff(Role.RESTRICTOR) for _ in range(2)]

    def step(self) -> str:
        """One act that is possible now, on the world and on the account."""
        account = self.dice.choice(self.accounts)
        acts = [act for act, possible in self._acts(account) if possible]
        act = self.dice.choice(acts)
        act(account)
        return act.__name__

    def expects(self, account: Account) -> bool:
        """Whether the organization holds access, by the account."""
        stopped = any(
            account.organization.id in covered and stop not in account.excepted
            for stop, covered in self.stops.items()
        )
        return (
            account.grant is not None
            and not account.granted_suspended
            and not account.unmet
            and not account.suspended
            and not stopped
        )

    def _acts(self, account: Account) -> list[tuple[Callable[[Account], None], bool]]:
        held = account.grant is not None
        return [
            (self.issue, not held and not account.suspended),
            (self.revoke, held),
            (self.suspend_grant, held and not account.granted_suspended),
            (self.issue_conditionally, not held and not account.suspended),
            (self.meet, bool(account.unmet)),
            (self.find_unmet, bool(account.unmet)),
            (self.waive, bool(account.unmet)),
            (self.reinstate_grant, held and account.granted_suspended),
            (self.suspend, not account.suspended),
            (self.reinstate, account.suspended),
            (self.restrict, len(self.stops) < 3),
            (self.lift, bool(self.stops)),
            (self.exempt, any(stop not in account.excepted for stop in self.stops)),
        ]

    def issue(self, account: Account) -> None:
        row: Grant = make.grant(account.organization, self.tier)
        account.grant, account.granted_suspended = row.id, False

    def issue_conditionally(self, account: Account) -> None:
        """With one condition due at the start, and one that is never due here."""
        asked = (
            Requirement("due", "Do this first."),
            Requirement("ahead", "Do this later.", due_at=now() + dt.timedelta(days=900)),
        )
        row: Grant = make.grant(account.organization, self.tier, conditions=asked)
        account.grant, account.granted_suspended = row.id, False
        account.unmet = {row.conditions.get(code="due").id}

    def meet(self, account: Account) -> None:
        account.unmet.remove(self._review(account, ConditionFinding.MET))

    def find_unmet(self, account: Account) -> None:
        self._review(account, ConditionFinding.NOT_MET)

    def waive(self, account: Account) -> None:
        condition = account.unmet.pop()
        conditions.waive(make.by(make.staff(Role.DECIDER)), condition=condition, reason="No need.")

    def _review(self, account: Account, finding: ConditionFinding) -> UUID:
        condition = min(account.unmet)
        conditions.hand_in(make.by(make.staff(Role.INTAKE)), condition=condition, text="Shown.")
        conditions.review(make.by(make.staff(Role.REVIEWER)), condition=condition, finding=finding)
        return condition

    def revoke(self, account: Account) -> None:
        assert account.grant is not None
        grants.revoke(
            make.by(self.restrictors[0]), grant=account.grant, reason=RevocationReason.ERROR
        )
        account.grant, account.unmet = None, set()

    def suspend_grant(self, account: Account) -> None:
        assert account.grant is not None
        grants.suspend(make.by(self.restrictors[0]), grant=account.grant, reason="?")
        account.granted_suspended = True

    def reinstate_grant(self, account: Account) -> None:
        assert account.grant is not None
        grants.reinstate(make.by(self.restrictors[0]), grant=account.grant, reason="!")
        account.granted_suspended = False

    def suspend(self, account: Account) -> None:
        organizations.suspend(
            make.by(self.restrictors[0]), organization=account.organization.id, reason="?"
        )
        account.suspended = True

    def reinstate(self, account: Account) -> None:
        organizations.reinstate(
            make.by(self.restrictors[0]), organization=account.organization.id, reason="!"
        )
        account.suspended = False

    def restrict(self, account: Account) -> None:
        everyone = self.dice.random() < 0.5
        scope = Scope(
            ai_models=(self.model.id,),
            organizations=() if everyone else (account.organization.id,),
        )
        row = restrictions.restrict(
            make.by(self.restrictors[0]),
            kind=RestrictionKind.STOP,
            basis=RestrictionBasis.INCIDENT,
            wording=Wording("Stop", "Stopped."),
            scope=scope,
        ).value
        covered = self.accounts if everyone else [account]
        self.stops[row.id] = {one.organization.id for one in covered}

    def lift(self, _account: Account) -> None:
        stop = self.dice.choice(sorted(self.stops))
        for restrictor in self.restrictors:
            restrictions.lift(make.by(restrictor), restriction=stop)
        del self.stops[stop]

    def exempt(self, account: Account) -> None:
        stop = self.dice.choice(sorted(set(self.stops) - account.excepted))
        restrictions.exempt(
            make.by(self.restrictors[0]),
            restriction=stop,
            exempted=Exempted(account.organization.id, "Annex"),
        )
        account.excepted.add(stop)


def compare(history: History) -> list[tuple[str, bool, bool, bool]]:
    """Where account, decision point and holdings do not agree now: slug, and what each of them says."""
    slugs = {account.organization.slug: history.expects(account) for account in history.accounts}
    found = {slug: evaluate(Asked(slug, history.model.slug, "invoke")) for slug in slugs}
    moment = max(evaluation.evaluated_at for evaluation in found.values())
    held = {
        row.organization.slug: row.holds is Holds.YES
        for row in list_holdings(history.model, as_of=moment).rows
    }
    told = [
        (slug, expected, found[slug].answer.decision, held[slug])
        for slug, expected in slugs.items()
    ]
    return [line for line in told if len(set(line[1:])) > 1]


def live(seed: int, steps: int) -> list[object]:
    """Live through a history; every disagreement on the way, and every answer that is another when the
    same past moment is asked for again."""
    history, acts, wrong = History(seed), list[str](), list[object]()
    slug = history.accounts[0].organization.slug
    past = list[tuple[dt.datetime, bool]]()
    for _ in range(steps):
        acts.append(history.step())
        wrong += [(*acts, disagreement) for disagreement in compare(history)]
        found = evaluate(Asked(slug, history.model.slug, "invoke"))
        past.append((found.evaluated_at, found.answer.decision))
    for moment, decision in past:
        asked = Asked(slug, history.model.slug, "invoke", as_of=moment, known_at=moment)
        if evaluate(asked).answer.decision is not decision:
            wrong.append((moment, decision))
    return wrong


@pytest.mark.django_db
class TestRandomWorlds:
    @pytest.mark.parametrize("seed", range(3))
    def test_three_accounts_of_one_history_agree(self, seed: int) -> None:
        assert live(seed, steps=25) == []

    @pytest.mark.soak
    @pytest.mark.parametrize("seed", range(100, 140))
    def test_three_accounts_of_a_long_history_agree(self, seed: int) -> None:
        assert live(seed, steps=120) == []
