"""What the worker does for access."""

import datetime as dt

import pytest

from access.choices import GrantEndKind
from access.events import Event
from access.models import GrantEnd
from access.tasks import expire_due
from registry.models import AuditEvent
from tests import make

pytestmark = pytest.mark.django_db


class TestExpireDue:
    def test_a_grant_past_its_end_gets_its_end_written(self) -> None:
        grant = make.imported_grant(days_ago=30, ended_days_ago=10)
        expire_due()
        end = GrantEnd.objects.get(grant=grant)
        assert end.kind == GrantEndKind.EXPIRED
        assert end.ended_at == make.end_of(grant.items.get())
        assert dt.datetime.now(dt.UTC) - end.ended_at > dt.timedelta(days=9)

    def test_what_has_time_left_or_no_end_is_left_alone(self) -> None:
        make.imported_grant(days_ago=30, ended_days_ago=-10)
        make.imported_grant(days_ago=30)
        expire_due()
        assert not GrantEnd.objects.exists()

    def test_a_second_run_finds_nothing(self) -> None:
        make.imported_grant(days_ago=30, ended_days_ago=10)
        expire_due()
        expire_due()
        assert AuditEvent.objects.filter(name=Event.GRANT_EXPIRED).count() == 1
        assert GrantEnd.objects.count() == 1
