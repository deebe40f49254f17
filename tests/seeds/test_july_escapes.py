"""The evaluation escapes of July 2026, as reported, under the rules that are shipped."""

import pytest
from django.utils.timezone import now

from notifications.admin.duty_sections import say_would_be_due
from notifications.choices import QuestionCause, VerdictKind
from notifications.models import Delivery, Obligation, ObligationAlert, ObligationQuestion
from notifications.operations import deliveries, duty_watch
from notifications.queries.duties import Assessed, examine
from notifications.queries.verdict_words import explain_rule
from registry.choices import Regime, Role, SourceGrade, SubjectOrigin
from registry.models import DutyHolderStatus, Incident, Mandate
from registry.operations import ledger
from seeds.shipped import enact_shipped, propose_shipped
from tests import make
from tests.notifications.test_obligations import desk_person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("before_loading", "_rules_in_force"),
]

STATES = {Regime.CALIFORNIA, Regime.NEW_YORK, Regime.ILLINOIS}


@pytest.fixture
def _rules_in_force() -> None:
    """Two people put the shipped rules in force, and whatever is on record is followed."""
    propose_shipped(make.by(make.staff(Role.ADMINISTRATOR), now()))
    outcomes = enact_shipped(make.by(make.staff(Role.ADMINISTRATOR), now()))
    assert all(outcome.refusal is None for outcome in outcomes)
    while ledger.sequence_all() + duty_watch.follow(at=now()):
        pass


@pytest.fixture(params=["openai", "anthropic", "anthropic", "anthropic"])
def escape(request: pytest.FixtureRequest) -> Incident:
    """One of the four incidents that sources tell of."""
    rows = Incident.objects.filter(duty_holder__slug=request.param).order_by("title")
    index = request.param_index - 1 if request.param == "anthropic" else 0  # type: ignore[attr-defined]
    return rows[index]


def verdicts(row: Incident) -> dict[str, Assessed]:
    return {rule.edition.slug: rule for rule in examine(row, at=now()).assessed}


def test_they_open_a_question_under_the_codes_9_3_2_with_five_days_if_confirmed(
    escape: Incident,
) -> None:
    question = ObligationQuestion.objects.get(incident=escape, rule__slug="cop-9.3-2")
    assert question.cause == QuestionCause.REPORTED
    assert question.would_be_due is None  # when anybody became aware no source says
    assert say_would_be_due(question) == "5 days, once it is confirmed"


def test_they_open_nothing_under_the_other_paragraphs_of_9_3(escape: Incident) -> None:
    found = verdicts(escape)
    for slug in ("cop-9.3-1", "cop-9.3-3", "cop-9.3-4"):
        assert found[slug].judgment.kind == VerdictKind.NOT
        said = explain_rule(found[slug].document, found[slug].judgment)
        assert "harms: serious cybersecurity breach" in said.lower()


def test_they_open_nothing_under_california_new_york_or_illinois_each_with_its_reason(
    escape: Incident,
) -> None:
    found = [rule for rule in verdicts(escape).values() if rule.document.regime in STATES]
    assert {rule.document.regime for rule in found} == STATES
    for rule in found:
        assert rule.judgment.kind == VerdictKind.NOT
        said = explain_rule(rule.document, rule.judgment)
        if rule.document.regime == Regime.CALIFORNIA:
            assert "What is known does not fall under it" in said
            assert "inside an evaluation designed to elicit it: yes" in said
        else:
            assert "It applies from 2027-01-01" in said or rule.judgment.reason == "condition_no"
    asked = ObligationQuestion.objects.filter(
        incident=escape, rule__document__regime__in=[str(regime) for regime in STATES]
    )
    assert not asked.exists()


def test_they_open_no_duty_send_no_mail_and_announce_no_clock() -> None:
    desk_person()  # who would be told
    while deliveries.fan_out(at=now()):
        pass
    assert not Obligation.objects.exists()
    assert not ObligationAlert.objects.exists()
    assert not Delivery.objects.filter(event_name__startswith="obligation").exists()


def test_what_no_source_says_is_not_known(escape: Incident) -> None:
    version = escape.versions.current().get()
    assert escape.origin == SubjectOrigin.REPORTED
    assert not escape.moments.exists()
    silent = ("deaths", "injuries", "imminent_risk", "deception", "loss_of_control", "began_at")
    assert {getattr(version, name) for name in silent} == {None}
    assert escape.fact is not None
    assert {cited.grade for cited in escape.fact.citations.all()} == {SourceGrade.SECONDARY}


def test_whether_they_are_bound_is_said_only_where_a_source_says_it() -> None:
    (status,) = DutyHolderStatus.objects.current()
    assert (status.organization.slug, status.kind, status.holds) == (
        "anthropic",
        "code_signatory",
        True,
    )


def test_each_key_has_the_authority_that_receives() -> None:
    assert {row.key: row.authority.organization.slug for row in Mandate.objects.all()} == {
        key: key
        for key in ("eu-ai-office", "cal-oes", "ny-dfs", "il-iema-ohs", "il-attorney-general")
    }
