import datetime as dt

import pytest

from registry.choices import JurisdictionKind, Role
from registry.errors import NotFound
from registry.models import AuditEvent, Jurisdiction, JurisdictionMembership
from registry.operations import jurisdictions
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db

JOINED = dt.datetime(1958, 1, 1, tzinfo=dt.UTC)


def register(slug: str = "fr", role: Role = Role.INTAKE, **more: object) -> Jurisdiction:
    said = {"name": slug.upper(), "kind": JurisdictionKind.STATE} | more
    return jurisdictions.register(
        make.by(make.staff(role)),
        slug=slug,
        **said,  # type: ignore[arg-type]
    ).value


class TestRegister:
    def test_belongs_to_its_unions_since_it_joined(self) -> None:
        union = register("eu", kind=JurisdictionKind.UNION)
        state = register("fr", member_of={"eu": JOINED})
        membership = JurisdictionMembership.objects.get()
        assert (membership.member, membership.whole) == (state, union)
        assert (membership.valid.lower, membership.valid.upper) == (JOINED, None)

    def test_anyone_may_read_of_it(self) -> None:
        register("eu", kind=JurisdictionKind.UNION)
        register("fr", member_of={"eu": None})
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.visibility) == ("jurisdiction.registered", "public")
        assert event.details == {"slug": "fr", "member_of": ["eu"]}

    def test_a_slug_is_used_once(self) -> None:
        register()
        with pytest.raises(jurisdictions.JurisdictionKnown):
            register()

    def test_refuses_a_union_that_is_not_there(self) -> None:
        with pytest.raises(NotFound):
            register(member_of={"eu": None})
        assert not Jurisdiction.objects.exists()

    def test_needs_intake_or_an_administrator(self) -> None:
        register("us", Role.ADMINISTRATOR)
        with pytest.raises(RoleMissing):
            register("fr", Role.DECIDER)
