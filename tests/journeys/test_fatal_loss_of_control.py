"""An invented fatal loss of control in 2027: four regimes, each with its own clock and recipient.

The clock of the interfaces is passed in; the database's own is the day of the test, so that what came about in
2027 is laid down as it would have been told then.
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifications.choices import FilingStatus, ObligationFlag, ObligationStatus
from notifications.models import Filing, Obligation, ObligationQuestion
from notifications.operations import duties, filings, filings_answers, filings_review
from notifications.operations.filings import FieldSaid
from notifications.queries.filings import find_missing
from registry.choices import Anchor, DutyHolderKind, Harm, Involvement, Precision, Role
from registry.models import AnchorMoment, Incident, Organization
from registry.operations import duty_holders, incidents, mandates
from registry.operations.incidents import Classification
from seeds.shipped import enact_shipped, propose_shipped
from tests import filings as making
from tests import make
from tests.duties import authority, desk

pytestmark = pytest.mark.django_db

NIGHT = dt.datetime(2027, 3, 5, 21, 30, tzinfo=dt.UTC)
"""A Friday: half past ten at night in Brussels, half past one in the afternoon in Sacramento."""
LEARNED = (Anchor.AWARE, Anchor.DISCOVERED, Anchor.REASONABLE_BELIEF, Anchor.DETERMINED)
RECEIVE = ("eu-ai-office", "cal-oes", "ny-dfs", "il-iema-ohs", "il-attorney-general")


@pytest.fixture
def holder() -> Organization:
    """A synthetic developer whom every rule binds, in a world where somebody receives for each key."""
    row = make.organization("synthetic-developer", synthetic=True)
    for kind in DutyHolderKind:
        duty_holders.state(
            make.by(desk()), organization=row.id, kind=kind, holds=True, evidence="Invented"
        )
    for key in (*RECEIVE, "law-enforcement"):
        office = authority(None, synthetic=True)
        mandates.register(make.by(desk()), key=key, authority=office.id, basis="Invented")
    propose_shipped(make.by(make.staff(Role.ADMINISTRATOR)))
    enact_shipped(make.by(make.staff(Role.ADMINISTRATOR)))
    return row


@pytest.fixture
def fatal(holder: Organization) -> Incident:
    """Control of a model was lost, somebody died, and on that night all of it was learned."""
    row = incidents.report(
        make.by(desk(), NIGHT),
        title="Synthetic loss of control",
        duty_holder=holder.id,
        said=Classification(
            "Invented.",
            began_at=NIGHT - dt.timedelta(hours=2),
            harms=(Harm.DEATH,),
            deaths=1,
            model_involved=Involvement.ESTABLISHED,
            loss_of_control=True,
            imminent_risk=False,
            weights_accessed=False,
            cyber_breach=False,
            weights_exfiltrated=False,
        ),
    ).value
    for anchor in LEARNED:
        learn(row, anchor, NIGHT)
    return row


def learn(row: Incident, anchor: Anchor, at: dt.datetime) -> None:
    """A moment as it will have been stated by then: operations refuse what has not come."""
    AnchorMoment.objects.create(
        incident=row,
        anchor=anchor,
        happened_at=at,
        zone="UTC",
        precision=Precision.INSTANT,
        stated_by="user:one",
        stated_at=at,
    )


def assess(row: Incident, at: dt.datetime = NIGHT) -> dict[tuple[str, str], Obligation]:
    """The duties that are there, by rule and recipient."""
    duties.assess(make.by(desk(), at), incident=row.id)
    found = Obligation.objects.filter(incident=row).select_related("rule", "authority")
    return {(one.rule.slug, one.recipient): one for one in found}


def midnight(zone: str, year: int, month: int, day: int) -> dt.datetime:
    """The end of the day before, in the zone."""
    return dt.datetime(year, month, day, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def test_it_opens_all_four_regimes_each_with_its_own_clock_and_recipient(fatal: Incident) -> None:
    found = assess(fatal)
    dated = {key: row.target_due for key, row in found.items() if row.target_due is not None}
    assert dated == {
        ("cop-9.3-3", "eu-ai-office"): midnight("Europe/Brussels", 2027, 3, 16),
        ("ca-inc", "cal-oes"): midnight("America/Los_Angeles", 2027, 3, 21),
        ("ny-inc", "ny-dfs"): NIGHT + dt.timedelta(hours=72),
        ("il-inc", "il-iema-ohs"): NIGHT + dt.timedelta(hours=72),
        ("il-inc", "il-attorney-general"): NIGHT + dt.timedelta(hours=72),
    }
    assert ("eu-55.1c", "eu-ai-office") in found  # without undue delay, and so without a number


def test_each_goes_to_whoever_receives_in_its_own_world(fatal: Incident) -> None:
    found = assess(fatal)
    bodies = {row.recipient: row.authority for row in found.values()}
    assert set(bodies) == set(RECEIVE)
    assert None not in bodies.values()
    assert len({body.id for body in bodies.values() if body is not None}) == len(RECEIVE)


def test_where_the_table_of_2027_is_missing_the_target_stands_and_the_latest_does_not(
    fatal: Incident,
) -> None:
    row = assess(fatal)["cop-9.3-3", "eu-ai-office"]
    assert row.latest_due is None
    assert ObligationFlag.NO_TABLE in row.flags
    assert "2027" in row.basis


def test_nothing_is_left_to_ask(fatal: Incident) -> None:
    assess(fatal)
    left = ObligationQuestion.objects.filter(incident=fatal, answer="")
    assert {question.rule.slug for question in left} == set()


def test_that_nobody_died_after_all_voids_them_and_keeps_them_readable(fatal: Incident) -> None:
    assess(fatal)
    later = NIGHT + dt.timedelta(hours=3)
    corrected: dict[str, Any] = {
        "harms": (Harm.PROPERTY_SERIOUS,),
        "deaths": 0,
        "model_involved": Involvement.ESTABLISHED,
        "loss_of_control": True,
        "imminent_risk": False,
        "weights_accessed": False,
        "deception": False,
    }
    incidents.classify(
        make.by(desk(), later), incident=fatal.id, said=Classification("Invented.", **corrected)
    )
    found = assess(fatal, later)
    status = {key[0]: row.status for key, row in found.items()}
    for slug in ("cop-9.3-3", "ca-inc", "ny-inc", "il-inc"):
        assert status[slug] == ObligationStatus.VOID
    assert status["cop-9.3-4"] == ObligationStatus.OPEN
    assert "serious harm to property" in found["ca-inc", "cal-oes"].void_reason


def tell(row: Obligation, at: dt.datetime) -> Filing:
    """Write a notification, have it reviewed and signed by others, send it; the authority acknowledges it."""
    drafted = filings.draft(make.by(desk(), at), obligation=row.id).value
    said = {field: FieldSaid(unknown="Not established yet.") for field in find_missing(drafted)}
    filings.change(make.by(desk(), at), filing=drafted.id, fields=said)
    filings_review.review(make.by(desk(), at), filing=drafted.id)
    filings_review.sign(make.by(make.staff(Role.DECIDER), at), filing=drafted.id)
    making.send(drafted, at=at)
    return filings_answers.acknowledge(
        make.by(desk(), at), filing=drafted.id, number=f"No. {row.recipient}"
    ).value


def test_it_is_worked_through_to_acknowledged_final_reports(fatal: Incident) -> None:
    for row in assess(fatal).values():
        tell(row, NIGHT + dt.timedelta(hours=20))
    first = set(Obligation.objects.filter(incident=fatal, status="discharged"))
    assert {row.recipient for row in first} == set(RECEIVE)

    resolved = NIGHT + dt.timedelta(days=10)
    learn(fatal, Anchor.RESOLVED, resolved)
    Incident.objects.filter(pk=fatal.pk).update(resolved_at=resolved)
    found = assess(fatal, resolved + dt.timedelta(hours=1))
    final = found["cop-9.3-f", "eu-ai-office"]
    assert final.target_due == midnight("Europe/Brussels", 2027, 5, 15)
    told = tell(final, resolved + dt.timedelta(days=30))

    assert told.status == FilingStatus.ACKNOWLEDGED
    assert len(told.fields) > len(
        Filing.objects.get(obligation=found["cop-9.3-3", "eu-ai-office"]).fields
    )
    standing = Obligation.objects.filter(incident=fatal).exclude(status=ObligationStatus.VOID)
    assert {row.status for row in standing} == {ObligationStatus.DISCHARGED}
