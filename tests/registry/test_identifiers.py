import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.choices import Role
from registry.errors import NotFound
from registry.models import AuditEvent, Organization
from registry.operations import identifiers
from registry.operations.identifiers import IdentifierUnreadable, read_identifier
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db


def register(row: Organization, identifier: str = "aws:123", role: Role = Role.INTAKE) -> None:
    identifiers.register(make.by(make.staff(role)), organization=row.id, identifier=identifier)


def withdraw(row: Organization, identifier: str = "aws:123", role: Role = Role.INTAKE) -> None:
    identifiers.withdraw(make.by(make.staff(role)), organization=row.id, identifier=identifier)


def held(row: Organization) -> set[tuple[str, str]]:
    current = row.identifiers.current().filter(valid__upper_inf=True)
    return set(current.values_list("scheme", "value"))


class TestReadIdentifier:
    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("aws:123456789012", ("aws", "123456789012")),
            (" lei:5493 ", ("lei", "5493")),
            ("anthropic-api-org:a:b", ("anthropic-api-org", "a:b")),
        ],
    )
    def test_parts_scheme_and_value_at_the_first_colon(
        self, text: str, read: tuple[str, str]
    ) -> None:
        assert read_identifier(text) == read

    @pytest.mark.parametrize(
        "text", ["", "aws", "aws:", ":1", "AWS:1", "a:1", "aws:1 2", "1aws:1", "a b:1"]
    )
    def test_refuses_any_other_form(self, text: str) -> None:
        with pytest.raises(IdentifierUnreadable):
            read_identifier(text)

    @given(st.text(max_size=300))
    def test_reads_or_refuses_and_never_fails(self, text: str) -> None:
        try:
            scheme, value = read_identifier(text)
        except IdentifierUnreadable:
            return
        assert f"{scheme}:{value}" == text.strip()


class TestRegister:
    def test_the_organization_is_known_by_it_from_now_on(self) -> None:
        row = make.organization()
        register(row)
        assert held(row) == {("aws", "123")}
        found = row.identifiers.get()
        assert found.valid.lower == found.recorded.lower
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.details) == (
            "identifier.registered",
            {"identifier": "aws:123"},
        )

    def test_refuses_what_it_is_known_by_already(self) -> None:
        row = make.organization()
        register(row)
        with pytest.raises(identifiers.IdentifierKnown):
            register(row)

    def test_two_organizations_may_claim_the_same(self) -> None:
        first, second = make.organization(), make.organization()
        register(first)
        register(second)
        assert held(first) == held(second)

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            register(make.organization(), role=Role.DECIDER)


class TestWithdraw:
    def test_names_it_no_longer_and_did_before(self) -> None:
        row = make.organization()
        register(row)
        named = row.identifiers.get()
        withdraw(row)
        assert held(row) == set()
        (ended,) = row.identifiers.current()
        assert ended.valid.lower == named.valid.lower
        assert ended.valid.upper is not None

    def test_can_be_registered_again(self) -> None:
        row = make.organization()
        register(row)
        withdraw(row)
        register(row)
        assert held(row) == {("aws", "123")}

    def test_refuses_what_it_is_not_known_by(self) -> None:
        row = make.organization()
        register(make.organization())
        with pytest.raises(NotFound):
            withdraw(row)

    def test_needs_intake(self) -> None:
        row = make.organization()
        register(row)
        with pytest.raises(RoleMissing):
            withdraw(row, role=Role.ADMINISTRATOR)
