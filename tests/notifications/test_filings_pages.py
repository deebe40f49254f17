"""Notifications on the staff's pages: from a button on the duty's page to the files behind the stages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notifications.choices import FilingStatus
from notifications.models import Filing, Obligation
from registry.choices import Channel, Role
from registry.models import User
from registry.operations import users
from tests import filings as making
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/admin/notifications/filing"


def sign_in(*roles: Role) -> Client:
    user, client = make.user(), Client()
    for role in roles:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def desk() -> Client:
    return sign_in(Role.AUTHORITY_DESK)


def show(client: Client, row: Filing) -> str:
    return client.get(f"{PAGE}/{row.id}/change/").content.decode()


class TestThePage:
    def test_a_duty_begins_its_notification_with_a_button(self, desk: Client) -> None:
        duty = making.duty()
        answer = desk.post(
            f"/admin/notifications/obligation/{duty.id}/steps/draft/", {"version": duty.version}
        )
        assert answer.status_code == 302
        row = Filing.objects.get(obligation=duty)
        page = desk.get(f"/admin/notifications/obligation/{duty.id}/change/").content.decode()
        assert f"{PAGE}/{row.id}/change/" in page

    def test_lists_what_is_missing_by_its_label(self, desk: Client) -> None:
        page = show(desk, making.draft())
        assert "Start and end dates; Resulting harm; Chain of events" in page
        assert page.count("MISSING") == 3

    def test_its_form_has_the_fields_of_the_rule(self, desk: Client) -> None:
        row = making.draft()
        path = f"{PAGE}/{row.id}/steps/change/"
        assert "Resulting harm" in desk.get(path).content.decode()
        desk.post(
            path,
            {
                "value-moment": "1 July",
                "unknown-victims": "Not told.",
                "value-events": "",
                "version": row.version,
            },
        )
        row.refresh_from_db()
        assert row.fields == {"moment": {"value": "1 July"}, "victims": {"unknown": "Not told."}}

    def test_offers_only_what_this_person_may_do_now(self, desk: Client) -> None:
        row = making.reviewed()
        assert "steps/sign/" in show(desk, row)
        assert "steps/sign/" in show(sign_in(Role.DECIDER), row)
        auditor = show(sign_in(Role.AUDITOR), row)
        assert "/steps/" not in auditor
        assert "steps/dispatch/" not in show(desk, row)

    def test_is_sent_with_a_file_that_can_be_had_again(self, desk: Client) -> None:
        row = making.signed()
        channel = row.authority.channels.get(channel=Channel.PORTAL)  # type: ignore[union-attr]
        desk.post(
            f"{PAGE}/{row.id}/steps/dispatch/",
            {
                "channel": channel.pk,
                "reference": "Ticket 7",
                "proof": SimpleUploadedFile("r.txt", b"receipt"),
                "version": row.version,
            },
        )
        row.refresh_from_db()
        assert row.status == FilingStatus.DISPATCHED
        stage = row.stages.latest("id")
        answer = desk.get(f"{PAGE}/{row.id}/proofs/{stage.pk}/")
        assert answer.content == b"receipt"
        assert answer["Content-Disposition"] == 'attachment; filename="r.txt"'
        assert answer["X-Content-Type-Options"] == "nosniff"

    def test_a_bounce_is_an_alarm_on_its_page_and_at_home(self, desk: Client) -> None:
        row = making.bounced()
        assert "Not delivered." in show(desk, row)
        assert "No such office." in desk.get("/admin/").content.decode()
        assert "No such office." not in sign_in(Role.INTAKE).get("/admin/").content.decode()

    @pytest.mark.parametrize("file", ["pdf", "json"])
    def test_files_are_for_those_who_may_read_it(self, desk: Client, file: str) -> None:
        row = making.reviewed()
        path = f"{PAGE}/{row.id}/{file}/"
        assert desk.get(path).status_code == 200
        assert sign_in(Role.INTAKE).get(path).status_code == 403
        assert Client().get(path).status_code == 302

    def test_a_draft_without_a_recipient_is_printed_as_such(self, desk: Client) -> None:
        duty = making.duty()
        Obligation.objects.update(authority=None, recipient="nobody")
        row = making.draft(duty)
        assert desk.get(f"{PAGE}/{row.id}/pdf/").content.startswith(b"%PDF")
