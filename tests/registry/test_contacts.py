import pytest

from registry.choices import Role
from registry.errors import NotFound
from registry.models import AuditEvent, Contact, Organization
from registry.operations import contacts
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db


def register(
    row: Organization, email: str = "ada@acme.invalid", role: Role = Role.INTAKE
) -> Contact:
    return contacts.register(
        make.by(make.staff(role)), organization=row.id, name="Ada", email=email
    ).value


class TestRegister:
    def test_is_told_from_now_on(self) -> None:
        row = make.organization()
        contact = register(row)
        assert (contact.organization, contact.verified_at, contact.ended_at) == (row, None, None)

    def test_the_address_is_kept_outside_the_ledger(self) -> None:
        row = make.organization()
        register(row)
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.organizations) == ("contact.registered", [row.id])
        assert set(event.details["email"]) == {"private", "hmac"}

    def test_an_address_is_registered_once_for_an_organization(self) -> None:
        row = make.organization()
        register(row)
        with pytest.raises(contacts.ContactKnown):
            register(row)
        register(make.organization())
        assert Contact.objects.count() == 2

    @pytest.mark.parametrize("email", ["", "ada", "ada@", "@acme.invalid", "a b@acme.invalid"])
    def test_refuses_what_is_no_address(self, email: str) -> None:
        with pytest.raises(contacts.AddressUnreadable):
            register(make.organization(), email)

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            register(make.organization(), role=Role.AUDITOR)


class TestWithdraw:
    def test_is_told_nothing_more_and_may_be_registered_again(self) -> None:
        row = make.organization()
        contact = register(row)
        contacts.withdraw(make.by(make.staff(Role.INTAKE)), contact=contact.id)
        contact.refresh_from_db()
        assert contact.ended_at == make.MORNING
        assert register(row).id != contact.id

    def test_is_withdrawn_once(self) -> None:
        contact = register(make.organization())
        contacts.withdraw(make.by(make.staff(Role.INTAKE)), contact=contact.id)
        with pytest.raises(NotFound):
            contacts.withdraw(make.by(make.staff(Role.INTAKE)), contact=contact.id)

    def test_needs_intake(self) -> None:
        contact = register(make.organization())
        with pytest.raises(RoleMissing):
            contacts.withdraw(make.by(make.staff(Role.DECIDER)), contact=contact.id)


class TestVerify:
    def test_an_address_that_has_answered_is_the_organizations(self) -> None:
        contact, intake = register(make.organization()), make.staff(Role.INTAKE)
        assert contacts.verify(make.by(intake), contact=contact.id).value.verified_at is not None
        with pytest.raises(contacts.AlreadyVerified):
            contacts.verify(make.by(intake), contact=contact.id)

    def test_needs_the_role_intake(self) -> None:
        contact = register(make.organization())
        with pytest.raises(RoleMissing):
            contacts.verify(make.by(make.staff(Role.DECIDER)), contact=contact.id)
