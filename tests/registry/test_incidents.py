import dataclasses
import datetime as dt
from typing import Any

import pytest

from registry.actors import Actor
from registry.choices import (
    Anchor,
    Harm,
    Involvement,
    Precision,
    Role,
    SourceGrade,
    SubjectOrigin,
)
from registry.errors import DomainError, NotFound, Stale, WorldsApart
from registry.models import AnchorMoment, AuditEvent, Incident, Organization
from registry.operations import incidents, sources
from registry.operations.facts import CitationSaid, FactSaid, PeriodBackward
from registry.operations.incidents import (
    Classification,
    HarmsContradict,
    IncidentResolved,
    ModelNotNamed,
    NotAResolution,
    current_version,
)
from registry.operations.moments import MomentSaid, MomentToCome
from registry.policies import NotYours, RoleMissing
from tests import make
from tests.duties import desk

pytestmark = pytest.mark.django_db

SUMMARY = "An agent left its sandbox, and Ms. Example noticed."
AWARE = MomentSaid(Anchor.AWARE, make.MORNING, "Europe/Brussels", evidence="A call at nine.")
RESOLVED = MomentSaid(Anchor.RESOLVED, make.MORNING, "Europe/Brussels")


def report(by: Actor | None = None, holder: Organization | None = None, **more: Any) -> Incident:
    said = more.pop("said", None) or Classification(SUMMARY)
    return incidents.report(
        make.by(by or desk()),
        title="Escape",
        duty_holder=(holder or make.organization()).id,
        said=said,
        **more,
    ).value


def classify(row: Incident, by: Actor | None = None, **more: Any) -> Incident:
    return incidents.classify(
        make.by(by or desk()), incident=row.id, said=Classification(SUMMARY, **more)
    ).value


class TestReport:
    @pytest.mark.parametrize(
        "role", [Role.AUTHORITY_DESK, Role.CLEARED, Role.RESTRICTOR, Role.INTAKE]
    )
    def test_those_whom_it_reaches_first_may_report(self, role: Role) -> None:
        row = report(make.staff(role))
        assert row.origin == SubjectOrigin.OBSERVED

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.DECIDER, Role.AUDITOR])
    def test_others_may_not(self, role: Role) -> None:
        with pytest.raises(RoleMissing):
            report(make.staff(role))
        assert not Incident.objects.exists()

    def test_what_is_not_said_is_not_known(self) -> None:
        version = current_version(report())
        assert version.harms is None
        assert version.model_involved == Involvement.NOT_KNOWN
        assert all(getattr(version, name) is None for name in incidents.QUESTIONS)

    def test_no_words_go_into_the_record(self) -> None:
        row = report(moments=(AWARE,))
        events = AuditEvent.objects.filter(subject_id=row.id)
        assert {event.name for event in events} == {"incident.reported", "anchor_moment.stated"}
        said = " ".join(str(event.details) for event in events)
        for words in ("Escape", SUMMARY, AWARE.evidence):
            assert words not in said

    def test_a_source_tells_of_it(self) -> None:
        sources.register(
            make.by(make.staff(Role.INTAKE)),
            slug="paper",
            publisher="The Paper",
            title="What happened",
            grade=SourceGrade.SECONDARY,
        )
        fact = FactSaid(
            "An agent escaped.",
            Precision.MONTH,
            (CitationSaid("paper", SourceGrade.SECONDARY),),
        )
        row = report(make.staff(Role.INTAKE, Role.AUTHORITY_DESK), fact=fact)
        assert row.origin == SubjectOrigin.REPORTED
        assert row.fact is not None
        assert row.fact.statement == "An agent escaped."

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            ({"deaths": 1}, HarmsContradict),
            ({"deaths": 1, "harms": (Harm.BODILY_INJURY,)}, HarmsContradict),
            ({"deaths": 0, "harms": (Harm.DEATH,)}, HarmsContradict),
            ({"injuries": 2, "harms": ()}, HarmsContradict),
            (
                {"began_at": make.MORNING, "ended_at": make.MORNING - dt.timedelta(hours=1)},
                PeriodBackward,
            ),
        ],
    )
    def test_what_contradicts_itself_is_refused(
        self, said: dict[str, Any], refusal: type[DomainError]
    ) -> None:
        with pytest.raises(refusal):
            report(said=Classification(SUMMARY, **said))
        assert not Incident.objects.exists()

    def test_what_is_synthetic_never_meets_what_is_real(self) -> None:
        model = make.ai_model()
        with pytest.raises(WorldsApart):
            report(
                holder=make.organization(synthetic=True),
                said=Classification(SUMMARY, ai_models=(model.id,)),
            )

    def test_nobody_became_aware_of_it_tomorrow(self) -> None:
        tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        with pytest.raises(MomentToCome):
            report(moments=(dataclasses.replace(AWARE, happened_at=tomorrow),))
        assert not Incident.objects.exists()


class TestReportByPartner:
    def test_the_developer_of_the_model_bears_the_duties(self) -> None:
        model, partner = make.ai_model(), make.organization()
        client = make.client(partner)
        row = incidents.report_by_partner(
            make.by(client), title="Escape", said=Classification(SUMMARY, ai_models=(model.id,))
        ).value
        assert row.duty_holder == model.developer
        assert row.reported_by_organization == partner
        assert not row.moments.exists()
        assert list(Incident.objects.visible_to(client)) == [row]
        assert not Incident.objects.visible_to(make.client(make.organization())).exists()

    def test_a_model_is_named_and_of_one_developer(self) -> None:
        client = make.client(make.organization())
        for models in ((), (make.ai_model().id, make.ai_model().id)):
            with pytest.raises(ModelNotNamed):
                incidents.report_by_partner(
                    make.by(client), title="Escape", said=Classification("?", ai_models=models)
                )

    def test_staff_report_by_their_own_act(self) -> None:
        with pytest.raises(NotYours):
            incidents.report_by_partner(
                make.by(desk()),
                title="Escape",
                said=Classification("?", ai_models=(make.ai_model().id,)),
            )

    def test_a_synthetic_partner_tells_nothing_of_a_real_model(self) -> None:
        client = make.client(make.organization(synthetic=True))
        with pytest.raises(WorldsApart):
            incidents.report_by_partner(
                make.by(client),
                title="Escape",
                said=Classification("?", ai_models=(make.ai_model().id,)),
            )


class TestVisibleTo:
    def test_intake_sees_what_it_reported_itself(self) -> None:
        intake = make.staff(Role.INTAKE)
        row = report(intake)
        report()
        assert list(Incident.objects.visible_to(intake)) == [row]


class TestClassify:
    def test_the_old_version_stays_readable(self) -> None:
        row = report()
        classify(row, harms=(Harm.DEATH,), deaths=1)
        assert current_version(row).harms == [Harm.DEATH]
        assert row.versions.count() == 2
        old = row.versions.exclude(recorded__upper_inf=True).get()
        assert old.harms is None

    def test_the_event_names_what_changed(self) -> None:
        row = report()
        classify(row, harms=(), deception=False)
        event = AuditEvent.objects.get(name="incident.classified")
        assert event.details["changed"] == ["harms", "deception"]
        assert event.organizations == []

    @pytest.mark.parametrize("role", [Role.RESTRICTOR, Role.AUDITOR])
    def test_it_belongs_to_those_who_work_on_incidents(self, role: Role) -> None:
        row = report()
        with pytest.raises(RoleMissing):
            classify(row, make.staff(role), harms=())
        assert row.versions.count() == 1

    def test_a_stale_look_is_refused(self) -> None:
        row = report()
        classify(row, harms=())
        with pytest.raises(Stale):
            incidents.classify(
                make.by(desk(), expected_version=1),
                incident=row.id,
                said=Classification(SUMMARY),
            )


class TestContain:
    def test_it_changes_nothing_else(self) -> None:
        row = report(said=Classification(SUMMARY, harms=(Harm.CYBERSECURITY_BREACH,)))
        incidents.contain(make.by(desk()), incident=row.id, containment="Keys revoked.")
        version = current_version(row)
        assert version.containment == "Keys revoked."
        assert version.harms == [Harm.CYBERSECURITY_BREACH]

    def test_a_later_classification_keeps_it(self) -> None:
        row = report()
        incidents.contain(make.by(desk()), incident=row.id, containment="Keys revoked.")
        classify(row, harms=())
        assert current_version(row).containment == "Keys revoked."


class TestResolve:
    def test_it_states_the_moment(self) -> None:
        row = incidents.resolve(
            make.by(desk()), incident=report().id, resolution="Patched.", resolved=RESOLVED
        ).value
        assert row.resolved_at == make.MORNING
        assert AnchorMoment.objects.get().anchor == Anchor.RESOLVED
        assert current_version(row).resolution == "Patched."

    def test_once(self) -> None:
        row = report()
        words = {"resolution": "Patched.", "resolved": RESOLVED}
        incidents.resolve(make.by(desk()), incident=row.id, **words)  # type: ignore[arg-type]
        with pytest.raises(IncidentResolved):
            incidents.resolve(make.by(desk()), incident=row.id, **words)  # type: ignore[arg-type]

    def test_by_a_moment_of_that_kind(self) -> None:
        row = report()
        with pytest.raises(NotAResolution):
            incidents.resolve(make.by(desk()), incident=row.id, resolution="?", resolved=AWARE)
        assert not AnchorMoment.objects.exists()

    def test_whoever_cannot_see_it_cannot_resolve_it(self) -> None:
        row = report()
        with pytest.raises(RoleMissing):
            incidents.resolve(
                make.by(make.staff(Role.INTAKE)),
                incident=row.id,
                resolution="?",
                resolved=RESOLVED,
            )
        with pytest.raises(NotFound):
            incidents.resolve(
                make.by(desk()),
                incident=make.organization().id,
                resolution="?",
                resolved=RESOLVED,
            )
