"""The pure rules of stages: thresholds for any findings, and clocks for any pauses."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from access.choices import Crossing, Finding, PauseKind, StageState, Strategy
from access.pauses import Span
from access.stages.clock import Due, reckon_due
from access.stages.document import Deadline
from access.stages.strategies import Said, hear
from registry.calendars import Calendar, Holidays, WorkingDays

OPENED = dt.datetime(2026, 7, 1, 15, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
said = st.builds(
    Said,
    st.sampled_from([f"user:{n}" for n in range(6)]),
    st.sampled_from(Finding),
    overruled=st.just(value=False),
)
findings = st.lists(said, max_size=6, unique_by=lambda one: one.by)
thresholds = st.integers(1, 5)


def count(given_: list[Said], finding: Finding) -> int:
    return sum(one.finding is finding for one in given_)


class TestThresholds:
    @given(findings, thresholds)
    def test_n_of_m_completes_exactly_with_so_many_in_support_and_fewer_against(
        self, given_: list[Said], needed: int
    ) -> None:
        heard = hear(Strategy.N_OF_M, given_, needed=needed, eligible=())
        opposed = count(given_, Finding.OPPOSES) >= needed
        supported = count(given_, Finding.SUPPORTS) >= needed
        assert (heard.state is StageState.BLOCKED) is opposed
        assert (heard.state is StageState.COMPLETE) is (supported and not opposed)

    @given(findings)
    def test_one_that_objects_always_blocks_and_silence_completes_nothing(
        self, given_: list[Said]
    ) -> None:
        heard = hear(Strategy.ONE_OBJECTS_BLOCKS, given_, needed=1, eligible=())
        opposed = count(given_, Finding.OPPOSES) > 0
        assert (heard.state is StageState.BLOCKED) is opposed
        complete = not opposed and count(given_, Finding.SUPPORTS) > 0
        assert (heard.state is StageState.COMPLETE) is complete

    @given(findings, st.sets(st.sampled_from([f"user:{n}" for n in range(6)])))
    def test_all_must_completes_only_with_everybody_who_may_act(
        self, given_: list[Said], eligible: set[str]
    ) -> None:
        heard = hear(Strategy.ALL_MUST, given_, needed=1, eligible=eligible)
        content = {one.by for one in given_ if one.finding is Finding.SUPPORTS}
        if heard.state is StageState.COMPLETE:
            assert content
            assert eligible <= content
        assert count(given_, Finding.OPPOSES) == 0 or heard.state is StageState.BLOCKED

    @given(findings, thresholds, st.sampled_from(Strategy))
    def test_order_never_matters(
        self, given_: list[Said], needed: int, strategy: Strategy
    ) -> None:
        one = hear(strategy, given_, needed=needed, eligible=("user:1",))
        assert one == hear(strategy, given_[::-1], needed=needed, eligible=("user:1",))


@st.composite
def pauses(draw: st.DrawFn) -> tuple[Span, ...]:
    """Pauses one after another, all over."""
    moment, spans = OPENED, []
    for _ in range(draw(st.integers(0, 5))):
        began = moment + draw(st.integers(1, 20_000)) * MINUTE
        moment = began + draw(st.integers(0, 20_000)) * MINUTE
        spans.append(Span(PauseKind.QUESTION, began, moment))
    return tuple(spans)


def due(spans: tuple[Span, ...], days: int = 5) -> Due:
    deadline = Deadline(working_days=days, calendar=Calendar.US, crossing=Crossing.REMIND)
    return reckon_due(OPENED, deadline, pauses=spans, holidays=Holidays())


class TestClocks:
    @given(pauses(), st.integers(1, 15))
    def test_as_many_working_days_as_asked_ended_while_the_clock_ran(
        self, spans: tuple[Span, ...], days: int
    ) -> None:
        found = due(spans, days).at
        assert found is not None
        zone, work = Calendar.US.zone, WorkingDays(Calendar.US, Holidays())
        day, counted = OPENED.astimezone(zone).date() + dt.timedelta(1), 0
        while True:
            midnight = dt.datetime.combine(day + dt.timedelta(1), dt.time(), zone)
            if midnight > found:
                break
            still = any(
                span.began_at <= midnight
                and span.ended_at is not None
                and midnight < span.ended_at
                for span in spans
            )
            counted += work.holds(day) and not still
            day += dt.timedelta(1)
        assert counted == days

    @given(pauses())
    def test_a_pause_never_makes_it_due_earlier(self, spans: tuple[Span, ...]) -> None:
        for number in range(len(spans)):
            fewer, more = due(spans[:number]).at, due(spans[: number + 1]).at
            assert fewer is not None
            assert more is not None
            assert fewer <= more

    @given(pauses())
    def test_while_a_pause_lasts_nothing_is_due_that_was_not_before(
        self, spans: tuple[Span, ...]
    ) -> None:
        since = (spans[-1].ended_at if spans else OPENED) or OPENED
        lasting = Span(PauseKind.HOLD, since + MINUTE, None)
        found, before = due((*spans, lasting)), due(spans)
        assert found.at == before.at or found.stands_still
        if found.at is not None:
            assert found.at <= lasting.began_at

    def test_a_year_without_its_table_is_not_known(self) -> None:
        deadline = Deadline(
            working_days=3, calendar=Calendar.EU_COMMISSION, crossing=Crossing.REMIND
        )
        found = reckon_due(OPENED, deadline, pauses=(), holidays=Holidays())
        assert found == Due(None, "holidays:eu-commission:2026")
