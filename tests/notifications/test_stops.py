import pytest

from access.choices import RestrictionKind
from access.models import Restriction
from access.operations.restrictions import RestrictionCoversNothing, Wording
from access.queries.scopes import Scope
from notifications.models import IncidentStop, Obligation
from notifications.operations import stops
from registry.choices import Role
from registry.errors import WorldsApart
from registry.models import AuditEvent, Incident
from registry.policies import RoleMissing
from tests import make
from tests.asking import ask
from tests.duties import rule
from tests.notifications.test_duties import incident

pytestmark = pytest.mark.django_db

WORDING = Wording("Stop", "Access is stopped while an incident is looked into.")


def stop(row: Incident, scope: Scope, *roles: Role) -> None:
    stops.stop_access(
        make.by(make.staff(*(roles or (Role.RESTRICTOR,)))),
        incident=row.id,
        kind=RestrictionKind.STOP,
        wording=WORDING,
        scope=scope,
    )


class TestStopAccess:
    def test_one_act_restricts_access_and_opens_the_duties(self) -> None:
        rule()
        grant = make.grant()
        assert ask(grant).decision
        row = incident()
        stop(row, Scope(ai_models=(grant.tier.ai_models.get().id,)))
        assert not ask(grant).decision
        assert Obligation.objects.get().incident == row
        link = IncidentStop.objects.get()
        assert (link.incident, link.restriction) == (row, Restriction.objects.get())
        assert AuditEvent.objects.filter(
            name="incident.access_stopped", subject_id=row.id
        ).exists()

    def test_both_or_neither(self) -> None:
        rule()
        row = incident()
        with pytest.raises(RestrictionCoversNothing):
            stop(row, Scope())
        assert not Restriction.objects.exists()
        assert not Obligation.objects.exists()

    def test_it_belongs_to_those_who_may_stop(self) -> None:
        row = incident()
        with pytest.raises(RoleMissing):
            stop(row, Scope(ai_models=(make.ai_model().id,)), Role.AUTHORITY_DESK)

    def test_an_invented_incident_stops_nobody_real(self) -> None:
        row = incident(holder=make.organization(synthetic=True))
        for scope in (
            Scope(organizations=(make.organization().id,)),
            Scope(person_class="everyone"),
        ):
            with pytest.raises(WorldsApart):
                stop(row, scope)

    def test_nor_a_real_one_somebody_invented(self) -> None:
        scope = Scope(organizations=(make.organization(synthetic=True).id,))
        with pytest.raises(WorldsApart):
            stop(incident(), scope)
