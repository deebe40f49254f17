import pytest
from django.contrib.auth.hashers import check_password

from registry.choices import ClientKind, Role
from registry.errors import NotFound
from registry.models import AuditEvent, Client, Organization
from registry.operations import clients
from registry.operations.identifiers import IdentifierUnreadable
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db

SECRET = "a secret that is shown once"


def register(
    of: Organization | None = None, role: Role = Role.ADMINISTRATOR, **more: object
) -> Client:
    said = {
        "name": "Tool",
        "kind": ClientKind.PARTNER,
        "scopes": ("grants:read", "access:evaluate"),
        "secret": SECRET,
    } | more
    return clients.register(
        make.by(make.staff(role)),
        organization=(of or make.organization()).id,
        **said,  # type: ignore[arg-type]
    ).value


def withdraw(row: Client, role: Role = Role.ADMINISTRATOR) -> Client:
    return clients.withdraw(make.by(make.staff(role)), client=row.id).value


def serve(row: Client, *surfaces: str, role: Role = Role.ADMINISTRATOR) -> Client:
    return clients.serve(make.by(make.staff(role)), client=row.id, surfaces=surfaces).value


class TestMakeSecret:
    def test_is_long_and_never_the_same(self) -> None:
        made = {clients.make_secret() for _ in range(20)}
        assert len(made) == 20
        assert all(len(secret) >= 43 for secret in made)


class TestRegister:
    def test_speaks_for_its_organization_with_the_scopes_given(self) -> None:
        row = make.organization()
        actor = register(row).as_actor(frozenset({"grants:read", "events:read"}))
        assert actor.organization_id == row.id
        assert actor.scopes == {"grants:read"}
        assert (actor.roles, actor.is_staff) == (frozenset(), False)

    def test_keeps_only_a_hash_of_the_secret(self) -> None:
        kept = Client.objects.get(pk=register().id).client_secret
        assert SECRET not in kept
        assert check_password(SECRET, kept)

    def test_the_secret_is_nowhere_in_the_ledger(self) -> None:
        row = register()
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.organizations) == ("client.registered", [row.organization_id])
        assert event.details == {
            "kind": "partner",
            "scopes": ["access:evaluate", "grants:read"],
            "roles": [],
            "surfaces": [],
        }

    @pytest.mark.parametrize(
        ("kind", "scope"),
        [
            (ClientKind.PARTNER, "everything"),
            (ClientKind.PARTNER, "access:evaluate_any"),
            (ClientKind.PARTNER, "review:write"),
            (ClientKind.GATEWAY, "restrictions:write"),
            (ClientKind.AUTHORITY, "access:evaluate_any"),
        ],
    )
    def test_refuses_a_scope_that_is_not_for_this_kind(self, kind: ClientKind, scope: str) -> None:
        with pytest.raises(clients.ScopeUnknown):
            register(kind=kind, scopes=("registry:read", scope))
        assert not Client.objects.exists()

    @pytest.mark.parametrize(
        ("kind", "scope"),
        [
            (ClientKind.GATEWAY, "access:evaluate"),
            (ClientKind.STAFF, "review:write"),
            (ClientKind.STAFF, "restrictions:write"),
        ],
    )
    def test_gives_a_kind_what_is_for_it(self, kind: ClientKind, scope: str) -> None:
        assert register(kind=kind, scopes=(scope,)).scopes == [scope]

    def test_only_a_developers_own_gateway_may_ask_about_anyone(self) -> None:
        scopes = ("access:evaluate_any",)
        with pytest.raises(clients.ScopeForOwnGateways):
            register(kind=ClientKind.GATEWAY, scopes=scopes)
        own = register(make.developer(), kind=ClientKind.GATEWAY, scopes=scopes)
        assert own.scopes == list(scopes)

    def test_only_a_gateway_serves_surfaces(self) -> None:
        with pytest.raises(clients.SurfacesForGatewaysOnly):
            register(surfaces=("aws:*",))
        row = register(kind=ClientKind.GATEWAY, surfaces=("aws:*", "gcp:7"))
        actor = row.as_actor(frozenset())
        assert [actor.serves(s) for s in ("aws:1", "gcp:7", "gcp:8", "aws")] == [
            *(True, True),
            *(False, False),
        ]

    def test_only_a_staff_client_holds_roles(self) -> None:
        roles = (Role.INTAKE,)
        staff = register(kind=ClientKind.STAFF, scopes=("review:write",), roles=roles)
        actor = staff.as_actor(frozenset())
        assert actor.roles == frozenset(roles)
        assert actor.is_staff
        with pytest.raises(clients.RolesForStaffOnly):
            register(roles=roles)

    def test_needs_an_administrator(self) -> None:
        with pytest.raises(RoleMissing):
            register(role=Role.INTAKE)


class TestServe:
    def test_serves_exactly_what_is_named_and_says_so(self) -> None:
        row = register(kind=ClientKind.GATEWAY, surfaces=("aws:1",))
        done = serve(row, "gcp:*")
        assert (done.surfaces, done.version) == (["gcp:*"], row.version + 1)
        event = AuditEvent.objects.latest("id")
        assert event.name == "client.surfaces_changed"
        assert event.details == {"surfaces": ["gcp:*"], "previous": ["aws:1"]}

    def test_without_any_it_serves_none(self) -> None:
        assert serve(register(kind=ClientKind.GATEWAY, surfaces=("aws:1",))).surfaces == []

    def test_refuses_what_is_no_identifier(self) -> None:
        row = register(kind=ClientKind.GATEWAY)
        with pytest.raises(IdentifierUnreadable):
            serve(row, "everything")

    def test_refuses_a_partner_and_whoever_is_no_administrator(self) -> None:
        with pytest.raises(clients.SurfacesForGatewaysOnly):
            serve(register(), "aws:1")
        with pytest.raises(RoleMissing):
            serve(register(kind=ClientKind.GATEWAY), "aws:1", role=Role.INTAKE)


class TestWithdraw:
    def test_gets_no_token_any_more(self) -> None:
        row = register()
        assert row.is_usable(None)
        withdrawn = withdraw(row)
        assert not withdrawn.is_usable(None)
        assert withdrawn.withdrawn_at == make.MORNING
        assert AuditEvent.objects.latest("id").name == "client.withdrawn"

    def test_is_withdrawn_once(self) -> None:
        row = register()
        withdraw(row)
        with pytest.raises(NotFound):
            withdraw(row)

    def test_needs_an_administrator(self) -> None:
        row = register()
        with pytest.raises(RoleMissing):
            withdraw(row, Role.DECIDER)
