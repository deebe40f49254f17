"""What breaks between a commit and somebody's inbox: nothing is lost, and nobody who commits waits."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.utils.timezone import now
from pytest_django import Settings

from access.choices import RequestStatus
from access.operations import requests
from config import celery
from config.celery import app
from config.local.ports import free_port
from notifications.choices import DeliveryStatus
from notifications.models import Delivery
from notifications.operations import deliveries
from notifications.tasks import send_claimed
from registry.choices import Role
from registry.models import Organization, OutboxEntry
from registry.operations import contacts
from tests import make
from tests.notifications.mailserver import MailServer, serve

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = 5
"""The mails of a grant's way: drafted on behalf, submitted, taken up, approved, issued."""


@pytest.fixture
def mailserver(settings: Settings) -> Iterator[MailServer]:
    with serve() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture(autouse=True)
def _tasks() -> None:
    """The tasks by their names, as a worker knows them."""
    app.loader.import_default_modules()


@pytest.fixture
def broker() -> Iterator["redis.Redis"]:
    """The broker, emptied of what earlier tests knocked."""
    with redis.Redis.from_url(django_settings.CELERY_BROKER_URL) as client:
        client.flushall()
        celery._next_knock[0] = 0.0  # what was on its way has just been flushed
        yield client


@contextmanager
def worker(mail_port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A Celery worker of its own process, on the test's database."""
    database = connection.settings_dict
    address = (
        f"postgres://{quote(database['USER'])}:{quote(database['PASSWORD'], safe='')}"
        f"@{database['HOST']}:{database['PORT']}/{quote(database['NAME'])}"
    )
    environment = os.environ | {
        "DATABASE_URL": address,
        "MIGRATION_DATABASE_URL": address,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
    }
    command = [
        *(sys.executable, "-m", "celery", "--quiet", "--app", "config.celery", "worker"),
        *("--pool", "solo", "--without-mingle", "--without-gossip", "--without-heartbeat"),
    ]
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command, cwd=django_settings.ROOT, env=environment, stdout=lines, stderr=lines
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def told_organization() -> Organization:
    """An organization with one contact."""
    organization = make.organization()
    contacts.register(
        make.by(make.staff(Role.INTAKE)),
        organization=organization.id,
        name="Contact",
        email=f"contact@{organization.slug}.invalid",
    )
    return organization


def sweep() -> None:
    """What beat asks for every few seconds, in its order."""
    scheduled = [entry["task"] for entry in app.conf.beat_schedule.values()]
    for task in ("registry.sequence", "notifications.fan_out", "notifications.deliver_due"):
        assert task in scheduled
        app.tasks[task]()


def wait_until(true: Callable[[], bool], *, seconds: float = 30) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if true():
            return True
        time.sleep(0.05)
    return False


def all_sent() -> bool:
    found = Delivery.objects.values_list("status", flat=True)
    return len(found) == TOLD and set(found) == {DeliveryStatus.SENT}


def identifiers(mailserver: MailServer) -> Counter[str]:
    return Counter(mail["Message-ID"].strip("<>").partition("@")[0] for mail in mailserver.mails)


def deliveries_known() -> set[str]:
    return {str(pk) for pk in Delivery.objects.values_list("id", flat=True)}


class TestAWorkerThatDies:
    def test_killed_while_sending_and_its_broker_emptied(
        self, mailserver: MailServer, broker: "redis.Redis", tmp_path: Path
    ) -> None:
        mailserver.stand_still(after=1)
        make.grant(told_organization())
        log = tmp_path / "worker.log"
        with worker(mailserver.port, log) as process:
            assert mailserver.standing.wait(30), log.read_text()
            process.send_signal(signal.SIGKILL)
            process.wait()
        broker.flushall()
        mailserver.go_on()
        assert Counter(Delivery.objects.values_list("status", flat=True)) == {
            DeliveryStatus.SENT: 1,
            DeliveryStatus.CLAIMED: TOLD - 1,
        }
        assert send_claimed(at=now()) == 0
        assert send_claimed(at=now() + deliveries.LEASE) == TOLD - 1
        assert all_sent()
        received = identifiers(mailserver)
        assert set(received) == deliveries_known()
        assert sorted(received.values()) == [1] * (TOLD - 1) + [2]

    def test_the_next_worker_sends_what_the_last_had_claimed(
        self, mailserver: MailServer, broker: "redis.Redis", tmp_path: Path
    ) -> None:
        make.grant(told_organization())
        app.tasks["registry.sequence"]()
        app.tasks["notifications.fan_out"]()
        assert len(deliveries.claim(at=now())) == TOLD
        Delivery.objects.update(due_at=now())  # the lease has lapsed
        broker.flushall()
        app.send_task("notifications.deliver_due")
        log = tmp_path / "worker.log"
        with worker(mailserver.port, log):
            assert wait_until(all_sent), log.read_text()
        assert identifiers(mailserver) == Counter(deliveries_known())


class TestABrokerThatForgets:
    def test_emptied_between_the_commit_and_the_worker(
        self, mailserver: MailServer, broker: "redis.Redis"
    ) -> None:
        make.grant(told_organization())
        assert broker.llen("celery") > 0
        broker.flushall()
        sweep()
        assert all_sent()
        assert identifiers(mailserver) == Counter(deliveries_known())
        assert not OutboxEntry.objects.exists()

    def test_a_commit_is_told_without_waiting_for_the_sweep(
        self, mailserver: MailServer, broker: "redis.Redis", tmp_path: Path
    ) -> None:
        organization = told_organization()
        broker.flushall()
        celery._next_knock[0] = 0.0  # what was on its way has just been flushed
        log = tmp_path / "worker.log"
        with worker(mailserver.port, log):
            make.grant(organization)
            assert wait_until(all_sent), log.read_text()


class TestABrokerThatIsAway:
    @pytest.fixture(params=["refuses", "is silent"])
    def address(self, request: pytest.FixtureRequest) -> Iterator[str]:
        """Where nobody listens, or somebody who never says a word."""
        if request.param == "refuses":
            yield f"redis://127.0.0.1:{free_port()}/0"
            return
        with socket.create_server(("127.0.0.1", 0)) as silent:
            yield f"redis://127.0.0.1:{silent.getsockname()[1]}/0"

    def test_the_operation_stands_and_does_not_wait(
        self, address: str, mailserver: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request = make.submitted(told_organization()).id
        reviewer = make.staff(Role.REVIEWER)
        monkeypatch.setattr(app.conf, "broker_url", address)
        begun = time.monotonic()
        taken_up = requests.take_up(make.by(reviewer), request=request).value
        assert time.monotonic() - begun < 3
        assert taken_up.status == RequestStatus.IN_REVIEW
        sweep()
        assert len(mailserver.mails) == 3
