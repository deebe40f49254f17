"""The sector of an organization: on whose word, from when on, and asked for by conditions."""

import pytest
from django.utils.timezone import now
from rest_framework.test import APIClient

from access.queries.request_facts import describe
from registry.api.authentication import Caller
from registry.choices import Role, Sector
from registry.models import AuditEvent, OrganizationSector
from registry.operations import import_organizations, sectors
from registry.operations.import_runs import ImportRefused
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db


class TestClassify:
    def test_is_a_fact_with_a_source_that_gives_way_to_another(self) -> None:
        request = make.submitted()
        organization = request.organization
        before = now()
        intake = make.by(make.staff(Role.INTAKE))
        assert "sector" not in describe(request, at=before)
        for sector in (Sector.BANKING, Sector.BANKING, Sector.HEALTH):
            sectors.classify(
                intake, organization=organization.id, sector=sector, source="Its own statement"
            )
        first, second = OrganizationSector.objects.current().order_by("valid")
        assert (first.sector, first.valid.upper) == (Sector.BANKING, second.valid.lower)
        assert describe(request, at=now())["sector"] == "health"
        assert first.valid.lower is not None
        assert describe(request, at=first.valid.lower)["sector"] == "banking"
        assert "sector" not in describe(request, at=before)
        names = AuditEvent.objects.filter(name="organization.classified")
        assert [event.details["sector"] for event in names.order_by("id")] == ["banking", "health"]

    def test_needs_a_source_and_the_role(self) -> None:
        organization = make.organization()

        def classify(role: Role, source: str) -> None:
            sectors.classify(
                make.by(make.staff(role)),
                organization=organization.id,
                sector=Sector.ENERGY,
                source=source,
            )

        with pytest.raises(sectors.SectorSourceMissing):
            classify(Role.INTAKE, " ")
        with pytest.raises(RoleMissing):
            classify(Role.REVIEWER, "A register")

    def test_the_api_tells_it_or_that_nobody_has_said_it(self) -> None:
        organization = make.organization()
        partner = APIClient()
        actor = make.client(organization, "registry:read")
        partner.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
        address = f"/api/v1/organizations/{organization.slug}/"
        assert partner.get(address).json()["sector"] is None
        sectors.classify(
            make.by(make.staff(Role.INTAKE)),
            organization=organization.id,
            sector=Sector.SPACE,
            source="A register",
        )
        told = partner.get(address).json()["sector"]
        assert (told["sector"], told["source"]) == ("space", "A register")


def test_comes_with_a_file_of_organizations_and_is_never_half_said() -> None:
    def take_in(*rows: str) -> tuple[int, int, int]:
        content = "\n".join(("slug,name,kind,sector,sector_source", *rows)).encode()
        run = import_organizations.import_(
            make.by(make.staff(Role.INTAKE)), file_name="partners.csv", content=content
        ).value
        return run.created, run.changed, run.unchanged

    assert take_in("acme,Acme,company,banking,A register", "bond,Bond,company,,") == (2, 0, 0)
    assert take_in("acme,Acme,company,banking,A register") == (0, 0, 1)
    assert take_in("acme,Acme,company,health,A register", "bond,Bond,company,,") == (0, 1, 1)
    (known,) = OrganizationSector.objects.current().filter(valid__upper_inf=True)
    assert (known.organization.slug, known.sector) == ("acme", "health")
    for half in ("acme,Acme,company,health,", "acme,Acme,company,,A register"):
        with pytest.raises(ImportRefused):
            take_in(half)
