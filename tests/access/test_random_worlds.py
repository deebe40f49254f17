"""Random histories: a plain account of what was done, and every way to ask, must agree.

One question, a batch, the searches, the list of holders, the list of what may be used, the snapshot, and the
same asked again of the past: one rule, whichever door.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest
from django.db import transaction
from django.utils.timezone import now

from access.choices import (
    ConditionFinding,
    Holds,
    NeedKind,
    NeedStanding,
    Reason,
    RestrictionBasis,
    RestrictionKind,
    RevocationReason,
)
from access.decision import explain
from access.models import Grant, Tier, WaitingPeriod
from access.operations import conditions, grants, restrictions, waiting, waiting_facts
from access.operations.conditions import Requirement
from access.operations.grant_needs import NeedSpan, _set_need
from access.operations.restrictions import Exempted, Wording
from access.queries.decision_search import search
from access.queries.decision_snapshot import take_snapshot
from access.queries.decisions import (
    Asked,
    Evaluation,
    evaluate,
    evaluate_all,
    evaluate_in_full,
)
from access.queries.holdings import list_holdings
from access.queries.scopes import Scope
from access.queries.usage import list_users
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import read_clock
from registry.errors import DomainError
from registry.models import AIModel, Organization
from registry.operations import organizations
from tests import make, waits


@dataclass
class Account:
    """What one organization has, told without any range, version or SQL."""

    organization: Organization
    grant: UUID | None = None
    granted_suspended: bool = False
    waits_from: str = ""
    suspended: bool = False
    excepted: set[UUID] = field(default_factory=set)
    unmet: set[UUID] = field(default_factory=set)
    needs: dict[NeedKind, bool] = field(default_factory=dict)


class History:
    """A world and the plain account of it, changed by the same acts."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.tier: Tier = make.tier()
        self.model: AIModel = self.tier.ai_models.get()
        self.waiting_tiers = {
            since: make.tier(self.tier.program, self.model, review_policy=f"waits{place}")
            for place, since in enumerate(("decision", waits.OFFICE))
        }
        for since, tier in self.waiting_tiers.items():
            make.policy(tier.review_policy, waiting=[waits.rule(since=since)])
        self.fact_known = False
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
            and not account.waits_from
            and not account.unmet
            and all(account.needs.values())
            and not account.suspended
            and not stopped
        )

    def _acts(self, account: Account) -> list[tuple[Callable[[Account], None], bool]]:
        held = account.grant is not None
        return [
            (self.issue, not held and not account.suspended),
            (self.issue_that_waits, not held and not account.suspended),
            (self.end_waiting, bool(account.waits_from)),
            (self.state_fact, not self.fact_known and self.dice.random() < 0.2),
            (self.revoke, held),
            (self.suspend_grant, held and not account.granted_suspended),
            (self.issue_conditionally, not held and not account.suspended),
            (self.meet, bool(account.unmet)),
            (self.find_unmet, bool(account.unmet)),
            (self.waive, bool(account.unmet)),
            (self.need, held),
            (self.need_no_more, bool(account.needs)),
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
        account.waits_from = ""

    def issue_that_waits(self, account: Account) -> None:
        since = self.dice.choice(sorted(self.waiting_tiers))
        row: Grant = make.grant(account.organization, self.waiting_tiers[since])
        account.grant, account.granted_suspended = row.id, False
        over = since == waits.OFFICE and self.fact_known
        account.waits_from = "" if over else since

    def end_waiting(self, account: Account) -> None:
        assert account.grant is not None
        waiting.end_waiting(
            make.by(make.staff(Role.DECIDER)),
            grant=account.grant,
            waiting=WaitingPeriod.objects.get(grant=account.grant).id,
            basis="Enough",
            fact="A letter",
        )
        account.waits_from = ""

    def state_fact(self, _account: Account) -> None:
        """So long ago that whatever runs from it is over."""
        waiting_facts.state_fact(
            make.by(make.staff(Role.AUTHORITY_DESK)),
            name=waits.OFFICE,
            happened_at=dt.datetime.now(dt.UTC) - 60 * waits.DAY,
            evidence="Receipt",
            ai_model=self.model.id,
        )
        self.fact_known = True
        for account in self.accounts:
            if account.waits_from == waits.OFFICE:
                account.waits_from = ""

    def issue_conditionally(self, account: Account) -> None:
        """With one condition due at the start, and one that is never due here."""
        asked = (
            Requirement("due", "Do this first."),
            Requirement("ahead", "Do this later.", due_at=now() + dt.timedelta(days=900)),
        )
        row: Grant = make.grant(account.organization, self.tier, conditions=asked)
        account.grant, account.granted_suspended, account.waits_from = row.id, False, ""
        account.unmet = {row.conditions.get(code="due").id}

    def need(self, account: Account) -> None:
        """A gate or a requirement that stands in some way now, and in another later."""
        kind = self.dice.choice(list(NeedKind))
        now_, then = (self.dice.choice(list(NeedStanding)) for _ in range(2))
        until = now() + dt.timedelta(days=self.dice.choice((300, 800)))
        self._set_need(account, kind, (NeedSpan(now_, until=until), NeedSpan(then)))
        account.needs[kind] = now_ is NeedStanding.MET

    def need_no_more(self, account: Account) -> None:
        kind = self.dice.choice(sorted(account.needs))
        self._set_need(account, kind, ())
        del account.needs[kind]

    def _set_need(self, account: Account, kind: NeedKind, spans: tuple[NeedSpan, ...]) -> None:
        act = make.by(SYSTEM)
        with transaction.atomic():
            row = Grant.objects.select_for_update().get(pk=account.grant)
            _set_need(act, row, kind=kind, code="any", spans=spans, clock=read_clock(act, row))

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
        account.grant, account.waits_from, account.unmet = None, "", set()
        account.needs = {}

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


def compare(history: History) -> list[tuple[object, ...]]:
    """Where those that can be asked do not agree now: slug, and what each of them says."""
    slugs = {account.organization.slug: history.expects(account) for account in history.accounts}
    model = history.model.slug
    questions = [Asked(slug, model, "invoke") for slug in slugs]
    single = {asked.organization: evaluate(asked) for asked in questions}
    batch = dict(zip(slugs, map(_decides, evaluate_all(questions)), strict=True))
    moment = max(evaluation.evaluated_at for evaluation in single.values())
    anybody = Asked("", model, "invoke")
    found = {key[0] for key in search("organization", anybody, limit=100).keys}
    lines = take_snapshot(Asked("", "", None), limit=100, serves=lambda _surface: True).lines
    shown = {line.organization for line in lines if "invoke" in line.actions}
    users = {
        line.organization.slug: "invoke" in line.usage.actions
        for line in list_users(history.model, as_of=moment)
    }
    held = {
        row.organization.slug: row.holds is Holds.YES
        for row in list_holdings(history.model, as_of=moment).rows
    }
    told: list[tuple[object, ...]] = [
        (
            *(slug, expected, single[slug].answer.decision, batch[slug], held[slug]),
            *(slug in found, slug in shown, users.get(slug, False)),
            bool(search("model", Asked(slug, "", "invoke"), limit=100).keys),
            explain(single[slug].asked.question, single[slug].facts)[0].reason
            is Reason.GRANT_IN_FORCE,
        )
        for slug, expected in slugs.items()
    ]
    different = [line for line in told if len(set(line[1:])) > 1]
    by_uuid = [
        Asked(str(account.organization.id), str(history.model.id), "invoke")
        for account in history.accounts
    ]
    unknown = [
        Asked("nobody", model, "invoke"),
        Asked(questions[0].organization, "no-model", None),
    ]
    return different + compare_statements([*questions, *unknown]) + compare_statements(by_uuid)


def compare_statements(questions: list[Asked]) -> list[tuple[object, ...]]:
    """Where the statement for plain questions and the one for all differ: what each gathers and answers."""
    found = zip(questions, evaluate_all(questions), evaluate_in_full(questions), strict=True)
    return [
        (asked.organization, _without_moment(plain), _without_moment(full))
        for asked, plain, full in found
        if _without_moment(plain) != _without_moment(full)
    ]


def _without_moment(found: Evaluation | DomainError) -> tuple[object, ...]:
    assert isinstance(found, Evaluation)
    return replace(found.facts, at=make.MORNING), found.answer


def _decides(found: Evaluation | DomainError) -> bool:
    assert isinstance(found, Evaluation)
    return found.answer.decision


def live(seed: int, steps: int) -> list[object]:
    """Live through a history; every disagreement on the way, and every answer that is another when the
    same past moment is asked for again."""
    history, acts, wrong = History(seed), list[str](), list[object]()
    slug = history.accounts[0].organization.slug
    past = list[tuple[dt.datetime, bool]]()
    for _ in range(steps):
        acts.append(history.step())
        wrong += [(*acts, disagreement) for disagreement in compare(history)]
        now = evaluate(Asked(slug, history.model.slug, "invoke"))
        past.append((now.evaluated_at, now.answer.decision))
        then = replace(now.asked, as_of=now.evaluated_at)
        if evaluate(then).answer.reason is not now.answer.reason:
            wrong.append((*acts, "as_of now", now.answer.reason))
    again = [
        Asked(slug, history.model.slug, "invoke", as_of=moment, known_at=moment)
        for moment, _decision in past
    ]
    for (moment, decision), found in zip(past, evaluate_all(again), strict=True):
        if _decides(found) is not decision:
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
