import datetime as dt
from decimal import Decimal

import pytest

from registry.choices import RelationKind, Role
from registry.errors import NotFound
from registry.models import AuditEvent, Organization, Relation
from registry.operations import relations
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db

SINCE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def register(
    row: Organization,
    to: Organization,
    kind: RelationKind = RelationKind.OWNS,
    *,
    role: Role = Role.INTAKE,
    **more: object,
) -> Organization:
    return relations.register(
        make.by(make.staff(role)),
        subject=row.id,
        kind=kind,
        to=to.id,
        **more,  # type: ignore[arg-type]
    ).value


def end(row: Organization, to: Organization, role: Role = Role.INTAKE) -> Organization:
    return relations.end(
        make.by(make.staff(role)), subject=row.id, kind=RelationKind.OWNS, to=to.id
    ).value


class TestRegister:
    def test_holds_since_the_moment_said(self) -> None:
        owner, owned = make.organization(), make.organization()
        register(owner, owned, share=Decimal("51.5"), since=SINCE)
        edge = Relation.objects.get()
        assert (edge.subject, edge.object, edge.share) == (owner, owned, Decimal("51.5"))
        assert edge.valid.lower == SINCE

    def test_is_for_staff_to_read(self) -> None:
        register(make.organization(), make.organization(), share=Decimal(100))
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.visibility) == ("relation.registered", "staff")
        assert event.details["share"] == "100"

    def test_refuses_a_relation_to_itself(self) -> None:
        row = make.organization()
        with pytest.raises(relations.RelationToItself):
            register(row, row)

    @pytest.mark.parametrize("share", [Decimal(0), Decimal(-1), Decimal("100.01")])
    def test_refuses_a_share_that_cannot_be(self, share: Decimal) -> None:
        with pytest.raises(relations.ShareUnreadable):
            register(make.organization(), make.organization(), share=share)

    def test_only_ownership_has_a_share(self) -> None:
        with pytest.raises(relations.ShareUnreadable):
            register(
                make.organization(), make.organization(), RelationKind.HOSTS, share=Decimal(1)
            )

    def test_refuses_the_same_edge_at_the_same_time(self) -> None:
        owner, owned = make.organization(), make.organization()
        register(owner, owned, since=SINCE)
        with pytest.raises(relations.RelationKnown):
            register(owner, owned)

    def test_another_kind_or_the_other_direction_is_another_edge(self) -> None:
        first, second = make.organization(), make.organization()
        register(first, second)
        register(second, first)
        register(first, second, RelationKind.HOSTS)
        assert Relation.objects.current().count() == 3

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            register(make.organization(), make.organization(), role=Role.RESTRICTOR)


class TestEnd:
    def test_holds_no_longer_and_did_before(self) -> None:
        owner, owned = make.organization(), make.organization()
        register(owner, owned, since=SINCE)
        end(owner, owned)
        edge = Relation.objects.current().get()
        assert edge.valid.lower == SINCE
        assert edge.valid.upper is not None
        assert Relation.objects.as_of(SINCE).exists()

    def test_an_ended_edge_can_begin_again(self) -> None:
        owner, owned = make.organization(), make.organization()
        register(owner, owned, since=SINCE)
        end(owner, owned)
        register(owner, owned, since=Relation.objects.current().get().valid.upper)
        assert Relation.objects.current().filter(valid__upper_inf=True).count() == 1

    def test_refuses_an_edge_that_is_not_there(self) -> None:
        owner, owned = make.organization(), make.organization()
        register(owned, owner)
        with pytest.raises(NotFound):
            end(owner, owned)

    def test_needs_intake(self) -> None:
        owner, owned = make.organization(), make.organization()
        register(owner, owned)
        with pytest.raises(RoleMissing):
            end(owner, owned, Role.DECIDER)
