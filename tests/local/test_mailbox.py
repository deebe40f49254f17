"""The page that shows every local mail, fed by the local mail server."""

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from pytest_django import Settings

from config.local.mailroom import Mailroom
from config.local.ports import free_port
from tests.services import PROJECT


@pytest.fixture(autouse=True)
def port(settings: Settings, tmp_path: Path) -> Iterator[int]:
    """The Mailroom, on a port of its own, with an empty folder."""
    settings.MAILBOX = tmp_path / "mailbox"
    port = free_port()
    room = Controller(Mailroom(settings.MAILBOX), hostname="127.0.0.1", port=port)
    room.start()
    yield port
    room.stop()


def send(port: int, to: str, subject: str, text: str = "Plain.", html: str = "") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Concordat <from@concordat.invalid>", to, subject
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(mail)


def show(client: Client, path: str = "/mailbox/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


class TestListMails:
    def test_an_empty_mailbox_says_so(self, client: Client) -> None:
        assert "No mail has been sent yet." in show(client)

    def test_the_newest_comes_first(self, client: Client, port: int) -> None:
        for number in range(3):
            send(port, "a@concordat.invalid", f"Number {number}")
        page = show(client)
        assert page.index("Number 2") < page.index("Number 1") < page.index("Number 0")

    def test_finds_by_recipient_and_subject(self, client: Client, port: int) -> None:
        send(port, "anna@concordat.invalid", "Grüße")
        send(port, "ben@concordat.invalid", "Revoked")
        assert "Revoked" not in show(client, "/mailbox/?q=ANNA")
        assert "Grüße" in show(client, "/mailbox/?q=ANNA")
        assert "ben@concordat.invalid" in show(client, "/mailbox/?q=revok")
        assert "No mail matches “&lt;x&gt;”" in show(client, "/mailbox/?q=<x>")

    def test_fifty_fill_a_page(self, client: Client, port: int, settings: Settings) -> None:
        send(port, "a@concordat.invalid", "Original")
        (original,) = settings.MAILBOX.iterdir()
        for number in range(50):
            copy = original.read_text().replace("Original", f"Copy {number}.")
            (settings.MAILBOX / f"{9:020d}-{number:08x}.eml").write_text(copy)
        first, second = show(client), show(client, "/mailbox/?page=2")
        assert "51 mails" in first
        assert "Original" in first
        assert "Copy 0." not in first
        assert "Copy 0." in second


class TestShowMail:
    def test_text_as_text_and_html_in_a_closed_frame(
        self, client: Client, port: int, settings: Settings
    ) -> None:
        script = "<p>Hello</p><script>alert(1)</script>"
        send(port, "a@concordat.invalid", "<b>Subject</b>", text="<i>Plain</i>", html=script)
        (kept,) = settings.MAILBOX.glob("*.eml")
        page = show(client, f"/mailbox/{kept.stem}/")
        assert "&lt;i&gt;Plain&lt;/i&gt;" in page
        assert "&lt;b&gt;Subject&lt;/b&gt;" in page
        assert '<iframe title="The mail as HTML" sandbox srcdoc="&lt;p&gt;Hello' in page
        assert "<script>" not in page

    def test_a_mail_without_html_has_no_frame(
        self, client: Client, port: int, settings: Settings
    ) -> None:
        send(port, "a@concordat.invalid", "Plain")
        (kept,) = settings.MAILBOX.glob("*.eml")
        assert "<iframe" not in show(client, f"/mailbox/{kept.stem}/")

    @pytest.mark.parametrize(
        "name",
        [
            "secrets",
            "..%2F..%2Fsecrets",
            "%2e%2e",
            "00000000000000000000-00000000",
            "00000000000000000000-00000000%0A",
            "00000000000000000000-00000000%00",
        ],
    )
    def test_other_names_lead_nowhere(self, client: Client, settings: Settings, name: str) -> None:
        (settings.MAILBOX.parent / "secrets.eml").write_text("Subject: secret\n\nsecret")
        (settings.MAILBOX / "secrets.eml").write_text("Subject: secret\n\nsecret")
        assert client.get(f"/mailbox/{name}/").status_code == 404


class TestElsewhere:
    def test_outside_local_mode_there_is_no_such_page(self) -> None:
        blank = (PROJECT / ".ci" / "blank.env").read_text().splitlines()
        environment = dict(
            line.split("=", 1) for line in blank if line and not line.startswith("#")
        )
        program = (
            "import django; django.setup()\n"
            "from django.urls import Resolver404, resolve\n"
            "resolve('/healthz')\n"
            "for path in ('/mailbox/', '/mailbox/x/'):\n"
            "    try:\n"
            "        resolve(path)\n"
            "    except Resolver404:\n"
            "        print('none')\n"
        )
        asked = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            cwd=PROJECT,
            env=environment
            | {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (asked.stdout.split(), asked.returncode) == (["none", "none"], 0), asked.stderr
