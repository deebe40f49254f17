import pytest

from registry.actors import Actor
from registry.choices import (
    ClientKind,
    JurisdictionKind,
    JurisdictionRole,
    OrganizationKind,
    Role,
    Standing,
)
from registry.errors import NotFound, Stale
from registry.models import AuditEvent, Organization
from registry.operations import jurisdictions, organizations
from registry.operations.identifiers import IdentifierUnreadable
from registry.operations.organizations import OrganizationProfile
from registry.policies import RoleMissing
from registry.queries.organizations import find
from tests import make

pytestmark = pytest.mark.django_db

PROFILE = OrganizationProfile(
    slug="acme",
    name="Acme",
    kind=OrganizationKind.COMPANY,
    legal_name="Acme Inc.",
    jurisdictions=(("us", JurisdictionRole.SEAT), ("fr", JurisdictionRole.SUBSIDIARY)),
    identifiers=("lei:5493001",),
)


@pytest.fixture(autouse=True)
def _places() -> None:
    for slug in ("us", "fr"):
        jurisdictions.register(
            make.by(make.staff(Role.INTAKE)), slug=slug, name=slug, kind=JurisdictionKind.STATE
        )


def register(profile: OrganizationProfile = PROFILE, **more: bool) -> Organization:
    return organizations.register(make.by(make.staff(Role.INTAKE)), profile=profile, **more).value


def change(row: Organization, **said: object) -> Organization:
    profile = {
        "slug": PROFILE.slug,
        "name": PROFILE.name,
        "kind": PROFILE.kind,
        "legal_name": PROFILE.legal_name,
        "jurisdictions": PROFILE.jurisdictions,
        "identifiers": PROFILE.identifiers,
    }
    return organizations.change(
        make.by(make.staff(Role.INTAKE)),
        organization=row.id,
        profile=OrganizationProfile(**(profile | said)),  # type: ignore[arg-type]
    ).value


def places(row: Organization) -> set[tuple[str, str]]:
    held = row.jurisdictions.current().filter(valid__upper_inf=True)
    return set(held.values_list("jurisdiction__slug", "role"))


class TestRegister:
    def test_is_in_good_standing_with_all_that_the_profile_says(self) -> None:
        row = register()
        version = row.versions.get()
        assert (version.name, version.legal_name, version.kind, version.standing) == (
            "Acme",
            "Acme Inc.",
            "company",
            "active",
        )
        assert places(row) == {("us", "seat"), ("fr", "subsidiary")}
        assert row.identifiers.get().value == "5493001"

    def test_is_recorded_for_the_organization(self) -> None:
        row = register()
        event = AuditEvent.objects.get(name="organization.registered")
        assert (event.subject_id, event.organizations, event.visibility) == (
            row.id,
            [row.id],
            "organization",
        )
        assert "Acme" not in str(event.details)

    def test_an_undisclosed_one_is_named_to_the_cleared_and_to_itself(self) -> None:
        row = register(undisclosed=True)
        assert row.name == "Undisclosed organization (acme)"
        assert row.versions.get().name == "Acme"
        assert not row.may_be_named_to(make.staff(Role.INTAKE))
        assert row.may_be_named_to(make.staff(Role.CLEARED))
        assert row.may_be_named_to(make.client(row))
        assert not row.may_be_named_to(make.client(make.organization()))

    @pytest.mark.parametrize(
        ("profile", "refusal"),
        [
            (OrganizationProfile("Acme", "A", PROFILE.kind), organizations.SlugUnreadable),
            (OrganizationProfile("a cme", "A", PROFILE.kind), organizations.SlugUnreadable),
            (OrganizationProfile("", "A", PROFILE.kind), organizations.SlugUnreadable),
            (
                OrganizationProfile(
                    "bond", "B", PROFILE.kind, jurisdictions=(("xx", JurisdictionRole.SEAT),)
                ),
                NotFound,
            ),
            (
                OrganizationProfile("bond", "B", PROFILE.kind, identifiers=("lei",)),
                IdentifierUnreadable,
            ),
        ],
        ids=["upper case", "space", "empty", "jurisdiction", "identifier"],
    )
    def test_refuses_what_cannot_be_meant(
        self, profile: OrganizationProfile, refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            register(profile)
        assert not Organization.objects.exists()

    def test_a_slug_is_used_once(self) -> None:
        register()
        with pytest.raises(organizations.OrganizationKnown):
            register()
        assert Organization.objects.count() == 1

    @pytest.mark.parametrize("role", [Role.DECIDER, Role.ADMINISTRATOR, Role.AUDITOR])
    def test_needs_intake(self, role: Role) -> None:
        with pytest.raises(RoleMissing):
            organizations.register(make.by(make.staff(role)), profile=PROFILE)


class TestChange:
    def test_says_something_else_from_now_on(self) -> None:
        row = register()
        before = row.versions.get().recorded.lower
        assert before is not None
        row = change(row, name="Bond")
        assert (row.name, row.version) == ("Bond", 2)
        assert [version.name for version in row.versions.current().order_by("valid")] == [
            "Acme",
            "Bond",
        ]
        assert row.versions.as_of(before, before).get().name == "Acme"

    def test_ends_the_places_no_longer_named_and_adds_the_new(self) -> None:
        row = register()
        change(row, jurisdictions=(("fr", JurisdictionRole.SEAT),))
        assert places(row) == {("fr", "seat")}
        assert row.jurisdictions.current().filter(valid__upper_inf=False).count() == 2

    def test_adds_identifiers_and_takes_none_away(self) -> None:
        row = register()
        change(row, identifiers=("aws:123",))
        assert set(row.identifiers.current().values_list("value", flat=True)) == {"5493001", "123"}

    def test_the_same_again_changes_and_records_nothing(self) -> None:
        row = register()
        events = AuditEvent.objects.count()
        assert change(row).version == 1
        assert row.versions.count() == 1
        assert AuditEvent.objects.count() == events

    def test_an_undisclosed_name_stays_undisclosed(self) -> None:
        row = change(register(undisclosed=True), name="Bond")
        assert row.name == "Undisclosed organization (acme)"

    def test_refuses_who_worked_from_an_older_version(self) -> None:
        row = change(register(), name="Bond")
        with pytest.raises(Stale):
            organizations.change(
                make.by(make.staff(Role.INTAKE), expected_version=1),
                organization=row.id,
                profile=PROFILE,
            )

    def test_needs_intake(self) -> None:
        row = register()
        with pytest.raises(RoleMissing):
            organizations.change(
                make.by(make.staff(Role.RESTRICTOR)), organization=row.id, profile=PROFILE
            )


def stand(row: Organization) -> str:
    version = row.versions.current().get(valid__upper_inf=True)
    return Standing(version.standing)


class TestStanding:
    def test_is_suspended_reinstated_and_withdrawn(self) -> None:
        row, restrictor = register(), make.staff(Role.RESTRICTOR)
        organizations.suspend(make.by(restrictor), organization=row.id, reason="Look.")
        assert stand(row) == "suspended"
        organizations.reinstate(make.by(restrictor), organization=row.id, reason="Looked.")
        assert stand(row) == "active"
        organizations.withdraw(make.by(restrictor), organization=row.id, reason="Left.")
        assert stand(row) == "withdrawn"

    @pytest.mark.parametrize("reached", [[], ["withdraw"]])
    def test_only_a_suspension_is_reinstated(self, reached: list[str]) -> None:
        row, restrictor = register(), make.staff(Role.RESTRICTOR)
        for step in reached:
            getattr(organizations, step)(make.by(restrictor), organization=row.id, reason="So.")
        with pytest.raises(organizations.StandingUnchanged):
            organizations.reinstate(make.by(restrictor), organization=row.id, reason="Now.")

    @pytest.mark.parametrize("step", ["suspend", "withdraw"])
    def test_a_withdrawal_is_for_good(self, step: str) -> None:
        row, restrictor = register(), make.staff(Role.RESTRICTOR)
        organizations.withdraw(make.by(restrictor), organization=row.id, reason="Left.")
        with pytest.raises(organizations.StandingUnchanged):
            getattr(organizations, step)(make.by(restrictor), organization=row.id, reason="Again.")

    @pytest.mark.parametrize("step", ["suspend", "reinstate", "withdraw"])
    def test_needs_a_restrictor(self, step: str) -> None:
        row = register()
        with pytest.raises(RoleMissing):
            getattr(organizations, step)(
                make.by(make.staff(Role.INTAKE)), organization=row.id, reason="So."
            )

    def test_the_reason_is_kept_outside_the_ledger(self) -> None:
        row = register()
        organizations.suspend(
            make.by(make.staff(Role.RESTRICTOR)), organization=row.id, reason="A leak."
        )
        event = AuditEvent.objects.get(name="organization.suspended")
        assert set(event.details["reason"]) == {"private", "hmac"}


class TestFind:
    @pytest.mark.parametrize("name", ["acme", "lei:5493001", "uuid"])
    def test_by_slug_identifier_or_uuid(self, name: str) -> None:
        row = register()
        said = str(row.id) if name == "uuid" else name
        assert find(said, actor=make.staff()) == row

    def test_a_client_knows_of_its_own_organization_only(self) -> None:
        row = register()
        assert find("acme", actor=make.client(row)) == row
        with pytest.raises(NotFound):
            find("acme", actor=make.client(make.organization()))

    def test_an_identifier_that_names_two_names_none(self) -> None:
        register()
        make.organization(identifiers=("lei:5493001",))
        with pytest.raises(NotFound):
            find("lei:5493001", actor=make.staff())

    @pytest.mark.parametrize("name", ["", "nobody", "lei:0", ":"])
    def test_what_is_not_there_is_not_found(self, name: str) -> None:
        with pytest.raises(NotFound):
            find(name, actor=make.staff())

    def test_a_staff_client_sees_all(self) -> None:
        row = register()
        tool: Actor = make.client(make.organization(), kind=ClientKind.STAFF)
        assert find("acme", actor=tool) == row
