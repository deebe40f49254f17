"""Vendors behind vendors: whoever rests on one, at whatever remove, is found in one flat table."""

import datetime as dt
import importlib
import random

import pytest
from django.db import connection
from django.utils.timezone import now

from registry.choices import RelationKind, Role
from registry.models import Organization, Reliance
from registry.operations import relations
from registry.queries.invariants import who_rests_on_whom_follows_from_the_relations
from tests import make

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOSTS, WORKS_FOR = RelationKind.HOSTS, RelationKind.SUB_PROCESSOR_OF


def relate(
    vendor: Organization,
    to: Organization,
    kind: RelationKind = HOSTS,
    *,
    since: dt.datetime | None = None,
) -> None:
    intake = make.by(make.staff(Role.INTAKE))
    relations.register(intake, subject=vendor.id, kind=kind, to=to.id, since=since)


def end(vendor: Organization, to: Organization, kind: RelationKind = HOSTS) -> None:
    relations.end(make.by(make.staff(Role.INTAKE)), subject=vendor.id, kind=kind, to=to.id)


def vendors_of(organization: Organization, at: dt.datetime | None = None) -> set[Organization]:
    rows = Reliance.objects.as_of(at or now()).filter(organization=organization)
    return {row.vendor for row in rows.select_related("vendor")}


def four() -> list[Organization]:
    return [make.organization() for _ in range(4)]


class TestChains:
    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    def test_reach_to_the_last_vendor_in_whatever_order_they_are_registered(
        self, order: tuple[int, ...]
    ) -> None:
        holder, host, cloud, power = rows = four()
        for place in order:
            relate(rows[place + 1], rows[place], WORKS_FOR if place else HOSTS)
        assert vendors_of(holder) == {host, cloud, power}
        assert vendors_of(cloud) == {power}
        end(cloud, host, WORKS_FOR)
        assert vendors_of(holder) == {host}
        assert list(who_rests_on_whom_follows_from_the_relations()) == []

    def test_going_round_in_a_circle_end(self) -> None:
        first, second, third, _other = four()
        for vendor, to in ((first, second), (second, third), (third, first)):
            relate(vendor, to)
        assert vendors_of(first) == {second, third}
        end(second, third)
        assert vendors_of(first) == {third}
        assert vendors_of(third) == set()

    def test_hold_while_each_link_does(self) -> None:
        holder, host, cloud, _other = four()
        relate(host, holder, since=now() - 3 * DAY)
        relate(cloud, host, since=now() + DAY)
        assert vendors_of(holder) == {host}
        assert vendors_of(holder, now() + 2 * DAY) == {host, cloud}
        assert vendors_of(holder, now() - 4 * DAY) == set()

    def test_two_ways_to_one_vendor_are_one(self) -> None:
        holder, host, cloud, other = four()
        for vendor, to in ((host, holder), (other, holder), (cloud, host), (cloud, other)):
            relate(vendor, to)
        assert Reliance.objects.current().filter(organization=holder, vendor=cloud).count() == 1
        end(cloud, host)
        assert cloud in vendors_of(holder)

    def test_what_stays_as_it_was_is_not_written_again(self) -> None:
        holder, host, cloud, _other = four()
        relate(host, holder)
        kept = Reliance.objects.get()
        relate(cloud, host)
        assert kept in Reliance.objects.current()
        assert Reliance.objects.count() == 3

    def test_owners_are_no_vendors(self) -> None:
        holder, owner, *_others = four()
        relate(owner, holder, RelationKind.OWNS)
        assert vendors_of(holder) == set()

    def test_follow_from_the_relations_whatever_is_done(self) -> None:
        rows, choose = [make.organization() for _ in range(6)], random.Random(4)
        held: set[tuple[int, int]] = set()
        for _ in range(30):
            owner, held_by = choose.sample(range(6), 2)
            pair = (owner, held_by)
            if pair in held:
                end(rows[pair[0]], rows[pair[1]])
            else:
                relate(rows[pair[0]], rows[pair[1]], since=now())
            held ^= {pair}
            assert list(who_rests_on_whom_follows_from_the_relations()) == []

    def test_what_is_kept_and_does_not_follow_is_a_breach(self) -> None:
        holder, host, *_others = four()
        relate(host, holder)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DELETE FROM registry_reliance")
            cursor.execute("SET LOCAL session_replication_role = origin")
        (breach,) = who_rests_on_whom_follows_from_the_relations()
        assert breach.subject == f"organization:{holder.id}"


def test_the_migration_finds_what_was_there() -> None:
    holder, host, cloud, _other = four()
    relate(host, holder)
    relate(cloud, host)
    migration = importlib.import_module("registry.migrations.0011_reliances")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM registry_reliance")
        cursor.execute(migration.CHAINS)
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert vendors_of(holder) == {host, cloud}
    assert list(who_rests_on_whom_follows_from_the_relations()) == []
