"""Waiting periods: what the policy may say, what the grant waits for, and how it ends."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from access import tasks
from access.choices import Holds, Reason, RequestStatus, RevocationReason, WaitEnd
from access.decision import explain
from access.models import Grant, WaitingFact, WaitingPeriod
from access.operations import (
    grants,
    restrictions,
    review_policies,
    reviews,
    waiting,
    waiting_facts,
)
from access.policies import PolicyUnreadable, read_policy
from access.queries.decisions import Asked, evaluate
from access.queries.holdings import list_holdings
from access.queries.scopes import Scope
from access.queries.waiting import find_over
from access.waiting import VoluntaryNeverBlocks, WaitingUnreadable, read_waiting, reckon
from registry.calendars import Holidays, HolidayYear
from registry.choices import Role
from registry.commands import read_clock
from registry.errors import NotFound
from registry.models import AuditEvent, HolidayTable
from registry.policies import RoleMissing
from registry.versions import correct, span
from tests import duties, make, waits
from tests.access.test_restrictions import restrict
from tests.asking import ask

DAY = waits.DAY
MONDAY = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
TABLE = Holidays(
    [HolidayYear("eu-commission", 2026, frozenset({dt.date(2026, 12, 24)}), "The tests")]
)


def hours(quantity: int) -> dict[str, Any]:
    return {"quantity": quantity, "unit": "hours"}


class TestReadWaiting:
    def test_reads_what_a_policy_says(self) -> None:
        (rule,) = read_waiting([waits.by_law(since="notified:eu-ai-office")])
        assert (rule.since, rule.needs_fact, str(rule.period)) == (
            "notified:eu-ai-office",
            True,
            "10 days",
        )

    @pytest.mark.parametrize(
        ("wrong", "place"),
        [
            ({"since": "silence"}, "0.from"),
            ({"since": "fact:"}, "0.from"),
            ({"period": {"quantity": 0}}, "0.period.quantity"),
            ({"period": {"zone": "Atlantis"}}, "0.period.zone"),
            ({"period": {"unit": "working_days"}}, "0.period"),
            ({"period": {"calendar": "mars"}}, "0.period.calendar"),
            ({"basis": ""}, "0.basis"),
            ({"citation": ""}, "0.citation"),
            ({"bindingness": "custom"}, "0.bindingness"),
            ({"until": "silence"}, "0.until"),
        ],
    )
    def test_names_the_place_that_it_cannot_read(self, wrong: dict[str, Any], place: str) -> None:
        with pytest.raises(WaitingUnreadable) as refused:
            read_waiting([waits.rule(**wrong)])
        assert refused.value.values["place"] == place

    @pytest.mark.parametrize("bindingness", ["voluntary", "voluntary_code"])
    def test_nothing_voluntary_blocks_as_law(self, bindingness: str) -> None:
        with pytest.raises(VoluntaryNeverBlocks):
            read_waiting([waits.rule(bindingness=bindingness)])

    def test_a_policy_without_it_stays_as_valid_as_it_was(self) -> None:
        assert read_policy(make.POLICY).waiting == ()
        with pytest.raises(PolicyUnreadable):
            read_policy(make.POLICY | {"waits": []})


class TestReckon:
    @pytest.mark.parametrize(
        ("period", "last", "why"),
        [
            (hours(72), "2026-11-26T10:00+00:00", "hours run straight"),
            ({"quantity": 5}, "2026-11-28T23:00+00:00", "no calendar, so a Saturday counts"),
            (
                {"quantity": 5, "calendar": "eu-commission"},
                "2026-11-30T23:00+00:00",
                "a Saturday moves to the next working day",
            ),
            (
                {"quantity": 5, "unit": "working_days", "calendar": "eu-commission"},
                "2026-11-30T23:00+00:00",
                "working days are those of the calendar",
            ),
            (
                {"quantity": 31, "calendar": "eu-commission"},
                "2026-12-25T23:00+00:00",
                "24 December is off by the table",
            ),
        ],
    )
    def test_ends_with_the_last_moment(self, period: dict[str, Any], last: str, why: str) -> None:
        (rule,) = read_waiting([waits.rule(period=period)])
        assert reckon(rule, MONDAY, TABLE).ends_at == dt.datetime.fromisoformat(last), why

    def test_a_missing_year_waits(self) -> None:
        (rule,) = read_waiting([waits.rule(period={"quantity": 60, "calendar": "eu-commission"})])
        found = reckon(rule, MONDAY, TABLE)
        assert (found.ends_at, found.missing) == (None, "holidays:eu-commission:2027")

    def test_a_missing_fact_waits(self) -> None:
        (rule,) = read_waiting([waits.rule(since="fact:inspected")])
        assert reckon(rule, None, TABLE).missing == "fact:inspected"


@pytest.mark.django_db
class TestPolicy:
    def test_a_rule_known_to_be_voluntary_cannot_be_cited_as_law(self) -> None:
        duties.rule("us-eo", bindingness="voluntary", citation="EO 14409, s. 3")
        for cites in ({"rule": "us-eo"}, {"citation": "EO 14409, s. 3"}):
            with pytest.raises(VoluntaryNeverBlocks):
                make.policy(waiting=[waits.by_law(**cites)])
            make.policy(waiting=[waits.rule(**cites)])

    def test_what_was_learnt_between_proposal_and_act_counts(self) -> None:
        proposed = review_policies.propose(
            make.by(make.staff(Role.ADMINISTRATOR)),
            slug="late",
            document=make.POLICY | {"waiting": [waits.by_law(rule="code-1")]},
        ).value
        duties.rule("code-1", bindingness="voluntary_code")
        with pytest.raises(VoluntaryNeverBlocks):
            review_policies.enact(make.by(make.staff(Role.ADMINISTRATOR)), policy=proposed.id)

    def test_the_pinned_edition_rules(self) -> None:
        at_tier = make.tier()
        before = make.assessed(None, at_tier)
        make.policy(at_tier.review_policy, waiting=[waits.rule()])
        after = make.assessed(None, at_tier)
        for row in (before, after):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
            )
        assert not Grant.objects.get(request=before).waiting_periods.exists()
        assert Grant.objects.get(request=after).waiting_periods.exists()


@pytest.mark.django_db
class TestIssue:
    def test_opens_the_period_in_the_transaction_that_issues(self) -> None:
        row = waits.grant(waits.rule())
        version = waits.period(row).versions.get()
        assert make.start_of(version) == row.issued_at
        assert make.end_of(version) > row.issued_at + 10 * DAY
        names = AuditEvent.objects.filter(subject_id=row.id).order_by("id")
        assert list(names.values_list("name", flat=True)) == ["grant.issued", "grant.waits"]

    def test_a_missing_fact_leaves_the_end_open(self) -> None:
        row = waits.grant(waits.rule(since=waits.OFFICE))
        version = waits.period(row).versions.get()
        assert (version.valid.upper, version.missing) == (None, waits.OFFICE)

    def test_a_missing_holiday_table_leaves_it_open_as_well(self) -> None:
        row = waits.grant(waits.rule(period={"calendar": "eu-commission"}))
        assert waits.period(row).versions.get().missing.startswith("holidays:eu-commission:")

    def test_a_fact_known_before_is_counted_from(self) -> None:
        at_tier = make.tier()
        make.policy(at_tier.review_policy, waiting=[waits.rule(since=waits.OFFICE)])
        model = at_tier.ai_models.get()
        told_at = now() - 3 * DAY
        for happened_at in (told_at - 9 * DAY, told_at):  # of two, the newest counts
            waiting_facts.state_fact(
                make.by(make.staff(Role.AUTHORITY_DESK)),
                name=waits.OFFICE,
                happened_at=happened_at,
                evidence="Receipt",
                ai_model=model.id,
            )
        row = make.grant(None, at_tier)
        version = waits.period(row).versions.get()
        assert version.anchor_at == told_at
        assert told_at + 10 * DAY < make.end_of(version) <= told_at + 11 * DAY

    def test_a_period_over_before_the_grant_never_makes_it_wait(self) -> None:
        at_tier = make.tier()
        make.policy(at_tier.review_policy, waiting=[waits.rule(since=waits.OFFICE)])
        waiting_facts.state_fact(
            make.by(make.staff(Role.AUTHORITY_DESK)),
            name=waits.OFFICE,
            happened_at=now() - 60 * DAY,
            evidence="Receipt",
            ai_model=at_tier.ai_models.get().id,
        )
        period = waits.period(make.grant(None, at_tier))
        assert (period.ended_how, period.ended_by) == (WaitEnd.CLOCK, "system")
        assert not period.versions.exists()
        assert not AuditEvent.objects.filter(name="grant.waits").exists()

    def test_every_model_of_the_tier_needs_its_fact_and_the_last_counts(self) -> None:
        developer = make.organization()
        models = [make.ai_model(developer=developer) for _ in range(2)]
        at_tier = make.tier(make.program(developer=developer), *models)
        make.policy(at_tier.review_policy, waiting=[waits.rule(since=waits.OFFICE)])
        row = make.grant(None, at_tier)
        moments = [now() - 2 * DAY, now() - DAY]
        for model, happened_at in zip(models, moments, strict=True):
            assert waits.end_of(row) is None
            waiting_facts.state_fact(
                make.by(make.staff(Role.AUTHORITY_DESK)),
                name=waits.OFFICE,
                happened_at=happened_at,
                evidence="Receipt",
                ai_model=model.id,
            )
        assert waits.period(row).versions.current().get().anchor_at == moments[1]

    def test_a_countersigned_decision_waits_from_its_countersignature(self) -> None:
        make.policy("double", countersigned=True, waiting=[waits.rule()])
        row = make.assessed(None, make.tier(review_policy="double"))
        reviews.approve(make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling())
        assert not WaitingPeriod.objects.exists()
        signed = reviews.countersign(make.by(make.staff(Role.COUNTERSIGNER)), request=row.id).value
        assert signed.status == RequestStatus.APPROVED
        assert WaitingPeriod.objects.get().opened_at == Grant.objects.get().issued_at


@pytest.mark.django_db
class TestStateFact:
    def test_what_waits_for_it_is_counted_at_once_and_the_past_stays(self) -> None:
        row = waits.grant(waits.rule(since=waits.OFFICE))
        before = now()
        waits.state(row, now() - DAY)
        period = waits.period(row)
        assert waits.end_of(row) is not None
        assert period.versions.as_of(before, known_at=before).get().missing == waits.OFFICE
        event = AuditEvent.objects.get(name="grant.wait_counted")
        assert event.details["missing"] == ""

    def test_by_law_it_counts_once_another_has_confirmed_it(self) -> None:
        row = waits.grant(waits.by_law(since=waits.OFFICE))
        fact = waits.state(row, now() - DAY)
        assert waits.end_of(row) is None
        stater = make.same(fact.stated_by, Role.AUTHORITY_DESK)
        with pytest.raises(waiting_facts.OwnFact):
            waiting_facts.confirm_fact(make.by(stater), fact=fact.id)
        desk = make.staff(Role.AUTHORITY_DESK)
        waiting_facts.confirm_fact(make.by(desk), fact=fact.id)
        assert waits.end_of(row) is not None
        with pytest.raises(waiting_facts.FactConfirmed):
            waiting_facts.confirm_fact(make.by(desk), fact=fact.id)

    def test_a_mistake_is_mended_by_another_as_long_as_it_waits(self) -> None:
        row = waits.grant(waits.rule(since=waits.OFFICE))
        waits.state(row, now() - 5 * DAY)
        early = waits.end_of(row)
        waits.state(row, now() - DAY)
        late = waits.end_of(row)
        assert early is not None
        assert late is not None
        assert late > early

    def test_a_period_that_it_finds_over_ends_now_and_the_grant_opens(self) -> None:
        row = waits.grant(waits.rule(since=waits.OFFICE))
        waits.state(row, now() - 60 * DAY)
        period = waits.period(row)
        assert period.ended_how == WaitEnd.CLOCK
        assert period.ended_at is not None
        assert period.ended_at > row.issued_at
        assert AuditEvent.objects.filter(name="grant.opened", subject_id=row.id).count() == 1

    def test_about_a_request_it_is_for_that_request_only(self) -> None:
        at_tier = make.tier()
        make.policy(at_tier.review_policy, waiting=[waits.rule(since="fact:inspected")])
        first, second = make.grant(None, at_tier), make.grant(None, at_tier)
        waiting_facts.state_fact(
            make.by(make.staff(Role.DECIDER)),
            name="fact:inspected",
            happened_at=now() - DAY,
            evidence="Seen",
            request=first.request_id,
        )
        assert waits.end_of(first) is not None
        assert waits.end_of(second) is None

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            ({"name": "decision"}, waiting_facts.FactNameUnreadable),
            ({"evidence": " "}, waiting_facts.EvidenceMissing),
            ({"ai_model": None}, waiting_facts.FactAboutOneThing),
            ({"happened_at": now() + 400 * DAY}, waiting_facts.FactAhead),
        ],
    )
    def test_says_what_it_is_about(self, said: dict[str, Any], refusal: type[Exception]) -> None:
        words: dict[str, Any] = {
            "name": waits.OFFICE,
            "happened_at": make.MORNING,
            "evidence": "Receipt",
            "ai_model": make.ai_model().id,
        } | said
        with pytest.raises(refusal):
            waiting_facts.state_fact(make.by(make.staff(Role.DECIDER)), **words)
        assert not WaitingFact.objects.exists()

    def test_belongs_to_desk_and_deciders(self) -> None:
        row = waits.grant(waits.rule(since=waits.OFFICE))
        with pytest.raises(RoleMissing):
            waiting_facts.state_fact(
                make.by(make.staff(Role.REVIEWER)),
                name=waits.OFFICE,
                happened_at=now(),
                evidence="?",
                ai_model=row.tier.ai_models.get().id,
            )


def end(row: Grant, by: Any = None, **more: Any) -> Grant:
    said = {"basis": "The authority has answered", "fact": "Letter of today"} | more
    return waiting.end_waiting(
        make.by(by or make.staff(Role.DECIDER)),
        grant=row.id,
        waiting=more.pop("waiting", None) or waits.period(row).id,
        **{name: said[name] for name in ("basis", "fact")},
    ).value


@pytest.mark.django_db
class TestEndWaiting:
    def test_own_policy_is_ended_by_one_from_the_commit_on(self) -> None:
        row = waits.grant(waits.rule())
        before = now()
        end(row)
        period = waits.period(row)
        assert (period.ended_how, period.end_fact) == (WaitEnd.ACT, "Letter of today")
        assert not period.versions.as_of(now()).exists()
        assert period.versions.as_of(before).exists()
        names = AuditEvent.objects.filter(subject_id=row.id).values_list("name", flat=True)
        assert {"grant.wait_ended", "grant.opened"} <= set(names)

    def test_law_takes_two_people(self) -> None:
        row = waits.grant(waits.by_law())
        first = make.staff(Role.DECIDER)
        end(row, first)
        assert waits.period(row).versions.as_of(now()).exists()
        with pytest.raises(waiting.WaitNeedsAnother):
            end(row, first)
        end(row, make.staff(Role.COUNTERSIGNER), basis="", fact="")
        period = waits.period(row)
        assert period.end_asked_by == first.key
        assert period.ended_by not in {"", first.key}
        assert not period.versions.as_of(now()).exists()

    def test_never_without_a_basis_and_a_fact(self) -> None:
        row = waits.grant(waits.rule())
        for said in ({"basis": " "}, {"fact": ""}):
            with pytest.raises(waiting.WaitUnfounded):
                end(row, **said)
        assert waits.period(row).versions.as_of(now()).exists()

    def test_is_over_once(self) -> None:
        row = waits.grant(waits.rule())
        end(row)
        with pytest.raises(waiting.WaitOver):
            end(row)

    def test_a_period_of_another_grant_is_not_there(self) -> None:
        row, other = waits.grant(waits.rule()), waits.grant(waits.rule())
        with pytest.raises(NotFound):
            end(row, waiting=waits.period(other).id)

    def test_belongs_to_who_decides(self) -> None:
        row = waits.grant(waits.rule())
        for by in (make.staff(Role.RESTRICTOR), make.client(row.organization, "grants:write")):
            with pytest.raises(RoleMissing):
                end(row, by)

    def test_the_grant_opens_with_the_last_of_several(self) -> None:
        row = waits.grant(waits.rule(), waits.rule(since="fact:inspected"))
        for place in (0, 1):
            assert not AuditEvent.objects.filter(name="grant.opened").exists()
            end(row, waiting=row.waiting_periods.get(place=place).id)
        assert AuditEvent.objects.filter(name="grant.opened").count() == 1


@pytest.mark.django_db
class TestWriteOver:
    def test_is_the_clocks_and_writes_down_the_end_once(self) -> None:
        row = waits.grant(waits.rule(period=hours(1)))
        over_at = waits.end_of(row)
        assert over_at is not None
        assert find_over(at=over_at - dt.timedelta(microseconds=1)) == []
        assert find_over(at=over_at) == [row.id]
        with pytest.raises(waiting.ClockEndsWaits):
            waiting.write_over(make.by(make.staff(Role.DECIDER)), grant=row.id)
        with pytest.raises(waiting.WaitOver):  # the database's clock has not come to it
            waiting.write_over(waits.by_clock(), grant=row.id)

    def test_the_grant_opens_with_it_dated_at_the_end_and_said_once(self) -> None:
        row = waits.grant()
        over_at = waits.run_out(row)
        for _run in range(2):
            tasks.end_waits()
        period = waits.period(row)
        assert (period.ended_how, period.ended_at, period.ended_by) == (
            WaitEnd.CLOCK,
            over_at,
            "system",
        )
        event = AuditEvent.objects.get(name="grant.opened")
        assert (event.subject_id, event.occurred_at) == (row.id, over_at)

    def test_one_that_begins_later_opens_when_it_begins_and_is_said_to_once(self) -> None:
        row = waits.grant()
        waits.run_out(row)
        item = row.items.get()
        begins_at = now() + DAY
        with transaction.atomic():
            recorded = read_clock(waits.by_clock()).recorded
            correct(item, recorded=recorded, valid=span(begins_at, item.valid.upper))
        tasks.end_waits()
        told = AuditEvent.objects.filter(name="grant.opened", subject_id=row.id)
        row.refresh_from_db()
        assert (row.opens_at, list(told)) == (begins_at, [])
        with pytest.raises(waiting.OpeningNotDue):
            waiting.say_opened(waits.by_clock(), grant=row.id)
        begun_at = now() - DAY  # as if a day and a bit had passed
        Grant.objects.filter(pk=row.pk).update(opens_at=begun_at)
        for _run in range(2):
            tasks.end_waits()
        assert told.get().occurred_at == begun_at
        with pytest.raises(waiting.OpeningNotDue):
            waiting.say_opened(waits.by_clock(), grant=row.id)

    def test_a_grant_that_ended_waits_no_more_and_does_not_open(self) -> None:
        row = waits.grant(waits.rule(since=waits.OFFICE))
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=row.id, reason=RevocationReason.ERROR
        )
        tasks.end_waits()
        period = waits.period(row)
        assert period.ended_how == WaitEnd.GRANT_ENDED
        assert not period.versions.as_of(now()).exists()
        assert not AuditEvent.objects.filter(name="grant.opened").exists()


@pytest.mark.django_db
class TestRecount:
    def test_a_table_that_comes_in_ends_the_not_knowing(self) -> None:
        row = waits.grant(waits.rule(period={"calendar": "eu-commission"}))
        assert waits.end_of(row) is None
        for year in {row.issued_at.year, row.issued_at.year + 1}:
            HolidayTable.objects.create(
                calendar="eu-commission",
                year=year,
                number=1,
                days=[dt.date(year, 1, 1)],
                citation="The tests",
                sha256="0" * 64,
                proposed_by="user:one",
                proposed_at=make.MORNING,
                enacted_by="user:two",
                enacted_at=make.MORNING,
                changed_at=make.MORNING,
            )
        tasks.end_waits()
        assert waits.end_of(row) is not None
        assert AuditEvent.objects.filter(name="grant.wait_counted").count() == 1
        tasks.end_waits()
        assert AuditEvent.objects.filter(name="grant.wait_counted").count() == 1

    def test_nothing_that_runs_is_nothing_to_count(self) -> None:
        row = waits.grant()
        with pytest.raises(waiting.WaitOver):
            waiting.recount(waits.by_clock(), grant=row.id)
        with pytest.raises(RoleMissing):
            waiting.recount(make.by(make.staff(Role.REVIEWER)), grant=row.id)


@pytest.mark.django_db
class TestTheDecision:
    def test_a_grant_that_waits_opens_no_door_until_its_clock_says_so(self) -> None:
        row = waits.grant(waits.rule())
        until = waits.end_of(row)
        assert until is not None
        answer = ask(row)
        assert (answer.decision, answer.reason) == (False, Reason.WAITING_PERIOD)
        assert (answer.grant, answer.next_change_at) == (row.id, until)
        assert ask(row, as_of=until - dt.timedelta(microseconds=1)).reason is Reason.WAITING_PERIOD
        assert ask(row, as_of=until).decision

    def test_with_a_fact_missing_no_moment_opens_it(self) -> None:
        row = waits.grant(waits.rule(since=waits.OFFICE), waits.rule())
        for moment in (None, now() + 4000 * DAY):
            assert ask(row, as_of=moment).reason is Reason.WAITING_PERIOD
        assert ask(row).next_change_at is None

    def test_of_several_the_last_opens_it(self) -> None:
        row = waits.grant(waits.rule(period=hours(5)), waits.rule(period=hours(9)))
        last = max(
            make.end_of(version)
            for period in row.waiting_periods.all()
            for version in period.versions.all()
        )
        assert ask(row).next_change_at == last
        assert not ask(row, as_of=row.issued_at + dt.timedelta(hours=6)).decision
        assert ask(row, as_of=last).decision

    def test_an_end_by_act_opens_it_for_the_next_question_and_the_past_stays(self) -> None:
        row = waits.grant(waits.rule())
        before = now()
        end(row)
        assert ask(row).decision
        assert not ask(row, as_of=before).decision
        assert not ask(row, as_of=before, known_at=before).decision
        assert ask(row, as_of=now()).decision
        later = row.issued_at + 2 * DAY
        assert not ask(row, as_of=later, known_at=before).decision
        assert ask(row, as_of=later).decision

    def test_a_restriction_goes_before_and_a_grant_that_ended_waits_no_more(self) -> None:
        row = waits.grant(waits.rule())
        stop = restrict(Scope(organizations=(row.organization_id,)))
        assert ask(row).reason is Reason.RESTRICTED
        for _person in range(2):
            restrictions.lift(make.by(make.staff(Role.RESTRICTOR)), restriction=stop.id)
        grants.suspend(make.by(make.staff(Role.RESTRICTOR)), grant=row.id, reason="?")
        assert ask(row).reason is Reason.GRANT_SUSPENDED
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=row.id, reason=RevocationReason.ERROR
        )
        assert ask(row).reason is Reason.GRANT_REVOKED

    def test_it_waits_before_anything_is_said_of_its_use(self) -> None:
        row = waits.grant(waits.rule())
        assert ask(row, action="fine_tune").reason is Reason.WAITING_PERIOD

    def test_every_ground_is_told(self) -> None:
        row = waits.grant(waits.rule())
        asked = Asked(row.organization.slug, row.tier.ai_models.get().slug, "fine_tune")
        found = evaluate(asked)
        assert [ground.reason for ground in explain(asked.question, found.facts)] == [
            Reason.WAITING_PERIOD,
            Reason.ACTION_NOT_COVERED,
        ]

    def test_who_holds_access_says_the_same(self) -> None:
        row = waits.grant(waits.rule())
        (line,) = [
            line
            for line in list_holdings(row.tier.ai_models.get(), as_of=now()).rows
            if line.organization == row.organization
        ]
        assert (line.holds, line.reason) == (Holds.NO, Reason.WAITING_PERIOD)
