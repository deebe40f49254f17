"""What a load balancer and a monitor ask."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from config.local.ports import free_port
from registry.models import AuditEvent, OutboxEntry
from tests import make

pytestmark = pytest.mark.django_db


def test_healthz_touches_no_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


class TestReadyz:
    def test_everything_answers(self, client: Client) -> None:
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {"database": "ok", "broker": "ok", "lag": "ok"}

    def test_a_broker_that_is_away_is_named(self, client: Client, settings: Settings) -> None:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["broker"]) == (503, "no answer")

    def test_a_record_that_falls_behind_is_named(self, client: Client) -> None:
        event = AuditEvent.objects.create(
            name="role.given",
            subject_type="user",
            subject_id=make.user().id,
            actor="system",
            visibility="staff",
            occurred_at=make.MORNING,
            recorded_at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1),
            request_id="test",
        )
        OutboxEntry.objects.create(event=event)
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["lag"].startswith("1 events for 36")


def test_pages_say_what_they_may_load(client: Client) -> None:
    assert "unsafe-eval" not in client.get("/healthz")["Content-Security-Policy"]
    assert "unsafe-eval" in client.get("/admin/login/")["Content-Security-Policy"]


def test_a_request_keeps_its_name(client: Client) -> None:
    named = client.get("/healthz", headers={"X-Request-ID": "given-by-caller"})
    assert named["X-Request-ID"] == "given-by-caller"
    made = client.get("/healthz", headers={"X-Request-ID": "no spaces <here>"})
    assert made["X-Request-ID"] != "no spaces <here>"
