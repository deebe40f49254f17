"""What a draft holds from the start, each with where it came from."""

import datetime as dt
from typing import Any

import pytest
import yaml
from django.conf import settings

from notifications.models import Filing, Obligation
from notifications.operations import filings, filings_dispatch, filings_review
from notifications.operations.filings import FieldSaid
from notifications.queries.filings import find_missing
from notifications.queries.filings_prefill import write_flop
from registry.actors import SYSTEM
from registry.choices import Anchor, Harm, Involvement, Precision, SubjectOrigin, Trigger
from registry.commands import read_clock
from registry.models import AnchorMoment, Incident, Occurrence
from registry.versions import correct
from tests import duties, make
from tests import filings as making
from tests.notifications.test_filings_dispatch import PORTAL

pytestmark = pytest.mark.django_db
RULES = {
    rule["slug"]: rule
    for regime in ("gpai-code", "eu-ai-act", "california")
    for rule in yaml.safe_load((settings.ROOT / f"seeds/rules/{regime}.yaml").read_text())
    if "slug" in rule
}


def know(about: Incident, **more: Any) -> None:
    """What is known of the incident from now on."""
    said: dict[str, Any] = {
        "summary": "An agent left its sandbox.",
        "began_at": make.MORNING - dt.timedelta(days=1),
        "harms": [Harm.DEATH],
        "deaths": 1,
        "model_involved": Involvement.SUSPECTED,
        "containment": "All keys were revoked.",
        "internal_use": False,
    } | more
    version = about.versions.current().get()
    correct(version, recorded=read_clock(make.by(SYSTEM)).recorded, **said)


def duty(slug: str, **more: Any) -> Obligation:
    rule = duties.rule(slug, **{key: RULES[slug][key] for key in ("fields", "trigger")})
    return duties.obligation(
        rule=rule, authority=duties.authority(f"key-{slug.replace('.', '-')}"), **more
    )


def said(row: Filing, name: str) -> str:
    text = row.fields[name]["value"]
    assert isinstance(text, str)
    return text


class TestOfAnIncident:
    def test_the_first_report_under_the_code_has_seven_points_and_who_submits_it(self) -> None:
        about = duties.incident()
        model = make.ai_model()
        know(about, ai_models=[model.id])
        row = making.draft(duty("cop-9.3-3", incident=about))

        assert "30 June 2026, 11:00 (Europe/Brussels)" in said(row, "dates")
        assert "Not ended" in said(row, "dates")
        assert said(row, "harm") == "Death\n1 death"
        assert said(row, "chain_of_events") == "An agent left its sandbox."
        assert said(row, "model") == model.name
        assert "suspected with reasonable likelihood" in said(row, "involvement")
        assert said(row, "response") == "All keys were revoked."
        assert about.duty_holder.name in said(row, "submitter")
        assert find_missing(row) == ["recommendations"]
        assert "the incident, as known since" in row.fields["harm"]["from"]

    def test_what_is_not_known_stays_missing(self) -> None:
        about = duties.incident()
        know(
            about,
            began_at=None,
            harms=None,
            model_involved=Involvement.NOT_KNOWN,
            containment="",
        )
        row = making.draft(duty("cop-9.3-3", incident=about))
        assert set(row.fields) == {"chain_of_events", "submitter"}

    def test_a_value_left_as_it_was_given_keeps_saying_where_it_came_from(self) -> None:
        about = duties.incident()
        know(about)
        row = making.draft(duty("cop-9.3-3", incident=about))
        changed = filings.change(
            make.by(making.desk()),
            filing=row.id,
            fields={
                "harm": FieldSaid(value="Death\r\n1 death "),
                "response": FieldSaid(value="All keys were revoked at noon."),
            },
        ).value
        assert changed.fields["harm"] == row.fields["harm"]
        assert changed.fields["response"] == {"value": "All keys were revoked at noon."}

    def test_where_it_came_from_is_not_told_to_the_authority(self) -> None:
        about = duties.incident()
        know(about)
        row = making.draft(duty("cop-9.3-3", incident=about))
        filings.change(
            make.by(making.desk()),
            filing=row.id,
            fields={name: FieldSaid(unknown="Not known yet.") for name in find_missing(row)},
        )
        reviewed = filings_review.review(make.by(making.desk()), filing=row.id).value
        assert reviewed.document is not None
        assert all("from" not in field for field in reviewed.document["fields"])

    def test_a_states_report_says_when_what_and_whether_in_the_house(self) -> None:
        about = duties.incident()
        know(about)
        row = making.draft(duty("ca-inc", incident=about))
        assert said(row, "date").startswith("30 June 2026")
        assert said(row, "statement") == "An agent left its sandbox."
        assert said(row, "internal_use") == "No"
        assert find_missing(row) == ["reasons"]


class TestOfWhatFollows:
    def test_the_final_report_begins_with_what_the_first_one_said(self) -> None:
        about = duties.incident()
        know(about)
        first = making.draft(duty("cop-9.3-3", incident=about))
        filings.change(
            make.by(making.desk()),
            filing=first.id,
            fields={
                "chain_of_events": FieldSaid(value="At nine an agent left its sandbox."),
                "recommendations": FieldSaid(value="Warn the others."),
                "model": FieldSaid(unknown="Two models ran."),
            },
        )
        filings_review.review(make.by(making.desk()), filing=first.id)
        filings_review.sign(make.by(making.desk()), filing=first.id)
        filings_dispatch.dispatch(make.by(making.desk()), filing=first.id, way=PORTAL)
        final = making.draft(duty("cop-9.3-f", incident=about, follows=first.obligation))

        assert said(final, "chain_of_events") == "At nine an agent left its sandbox."
        assert str(first.id) in final.fields["chain_of_events"]["from"]
        assert said(final, "recommendations") == "Warn the others."
        assert final.fields["model"] == {"unknown": "Two models ran."}
        assert "the incident" in final.fields["harm"]["from"]
        assert find_missing(final) == ["root_cause", "patterns"]


class TestOfCompute:
    def test_is_told_in_two_significant_figures_with_its_method(self) -> None:
        occurrence = Occurrence.objects.create(
            kind=Trigger.TRAINING_COMPUTE,
            title="The threshold is met",
            duty_holder=make.organization(),
            details={"flop": "2.3e25", "method": "From hardware hours.", "foreseen": False},
            origin=SubjectOrigin.OBSERVED,
            reported_by="user:one",
            reported_at=make.MORNING,
            changed_at=make.MORNING,
        )
        AnchorMoment.objects.create(
            occurrence=occurrence,
            anchor=Anchor.MET,
            happened_at=make.MORNING,
            zone="Europe/Brussels",
            precision=Precision.DAY,
            stated_by="user:one",
            stated_at=make.MORNING,
        )
        rule = duties.rule(
            "eu-52.1", fields=RULES["eu-52.1"]["fields"], trigger="training_compute"
        )
        row = making.draft(
            Obligation.objects.create(
                rule=rule,
                occurrence=occurrence,
                duty_holder=occurrence.duty_holder,
                recipient="test-office",
                authority=duties.authority(),
                anchor=Anchor.MET,
                anchor_at=make.MORNING,
                zone="Europe/Brussels",
                opened_by="user:one",
                opened_at=make.MORNING,
                changed_at=make.MORNING,
            )
        )
        assert said(row, "compute_estimate") == "2.3 × 10^25 FLOP"
        assert said(row, "compute_approach") == "From hardware hours."
        assert "1 July 2026" in said(row, "requirement")

    @pytest.mark.parametrize(
        ("flop", "told"),
        [("2.3e25", "2.3 × 10^25"), (1e26, "1.0 × 10^26"), ("9.96e24", "1.0 × 10^25")],
    )
    def test_two_figures(self, flop: str | float, told: str) -> None:
        assert write_flop(flop) == told


class TestRetention:
    def sent(
        self,
        since: str | None = None,
        years: int = 5,
        citation: str = "",
        about: Incident | None = None,
    ) -> Filing:
        kept = since and {"years": years, "from": since, "citation": citation}
        rule = duties.rule("kept", fields=making.FIELDS, retention=kept)
        return making.dispatched(
            duties.obligation(
                rule=rule,
                incident=about or duties.incident(),
                authority=duties.authority("kept-office"),
            )
        )

    def test_is_counted_from_the_filing_in_years(self) -> None:
        row = self.sent("filed", 5, "Code, Measure 9.4")
        assert row.retain_until == dt.date(2031, 7, 1)
        assert row.retention_basis == "Code, Measure 9.4: 5 years from 2026-07-01"

    def test_says_so_where_the_moment_it_counts_from_is_not_on_record(self) -> None:
        row = self.sent("placed_on_market", 10, "Code, 10.1")
        assert row.retain_until is None
        assert "not on record" in row.retention_basis

    def test_is_counted_from_the_placing_on_the_market_of_the_models_concerned(self) -> None:
        about, model = duties.incident(), make.ai_model()
        know(about, ai_models=[model.id])
        placing = Occurrence.objects.create(
            kind=Trigger.MARKET_PLACEMENT,
            title="Placed",
            duty_holder=about.duty_holder,
            ai_model=model,
            origin=SubjectOrigin.OBSERVED,
            reported_by="user:one",
            reported_at=make.MORNING,
            changed_at=make.MORNING,
        )
        AnchorMoment.objects.create(
            occurrence=placing,
            anchor=Anchor.PLACED,
            happened_at=dt.datetime(2024, 2, 29, 12, tzinfo=dt.UTC),
            zone="Europe/Brussels",
            precision=Precision.DAY,
            stated_by="user:one",
            stated_at=make.MORNING,
        )
        row = self.sent("placed_on_market", 10, "Code, 10.1", about)
        assert row.retain_until == dt.date(2034, 3, 1)

    def test_no_rule_no_date(self) -> None:
        row = self.sent()
        assert (row.retain_until, row.retention_basis) == (None, "")
