"""Drafts that are discarded: gone with their words and files, and nothing that anybody else said with them."""

import datetime as dt
from pathlib import Path

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from access.models import AccessRequest, Attachment, DraftAnswers, OnBehalf
from access.operations import drafts
from access.operations.on_behalf import Asked
from notifications.operations.filings_proofs import sweep_files
from notifications.queries.audiences import find_recipients
from registry import files
from registry.choices import Role
from registry.errors import NotFound
from registry.models import AuditEvent, PrivateValue
from registry.policies import NotYours
from tests import forms, lines, make
from tests.people import person_of

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=2)


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE = tmp_path


def drafted() -> AccessRequest:
    return make.draft(
        None, forms.tier(), answers=forms.ANSWERS, asked=Asked("Ann", "Letter of 29 June")
    )


class TestDiscard:
    def test_takes_words_files_and_evidence_along_and_leaves_the_event(self) -> None:
        row = drafted()
        partner = make.client(row.organization)
        digest = forms.attach(row, partner).sha256
        copied = drafts.copy(make.by(partner), request=row.id).value
        answer = drafts.discard(make.by(partner), request=row.id).value
        assert answer == row.organization
        assert [*AccessRequest.objects.all()] == [copied]
        assert not Attachment.objects.exists()
        assert not OnBehalf.objects.exists()
        assert not DraftAnswers.objects.exclude(request=copied).exists()
        copied.refresh_from_db()
        assert copied.copied_from is None
        event = AuditEvent.objects.get(name="access_request.discarded")
        assert (event.subject_id, event.organizations) == (row.id, [row.organization_id])
        assert PrivateValue.objects.exclude(value=None).count() == 1  # the copy's
        assert files.read(digest)
        sweep_files(at=now() + LATER)
        with pytest.raises(FileNotFoundError):
            files.read(digest)

    def test_is_told_of_no_more_where_it_was_not_told_of_yet(self) -> None:
        row = drafted()
        drafts.discard(make.by(make.staff(Role.INTAKE)), request=row.id)
        event = AuditEvent.objects.get(name="access_request.drafted_on_behalf")
        assert find_recipients(event) == []

    def test_what_was_handed_in_stays(self) -> None:
        row = make.submitted()
        with pytest.raises(drafts.NotADraft):
            drafts.discard(make.by(make.client(row.organization)), request=row.id)
        with pytest.raises(ProgrammingError, match="only_drafts"), transaction.atomic():
            AccessRequest.objects.filter(pk=row.pk)._raw_delete("default")

    def test_so_does_a_line_of_an_expansion(self) -> None:
        line = drafted()
        lines.add(lines.envelope(line.tier), line)
        with pytest.raises(drafts.DraftInUse):
            drafts.discard(make.by(make.client(line.organization)), request=line.id)
        assert DraftAnswers.objects.filter(request=line).exists()

    def test_only_its_organization_and_intake_may(self) -> None:
        row = drafted()
        with pytest.raises(NotFound):
            drafts.discard(make.by(make.client(make.organization())), request=row.id)
        with pytest.raises(NotYours):
            drafts.discard(make.by(make.staff(Role.REVIEWER)), request=row.id)

    def test_the_page_goes_on_at_the_list(self, client: Client) -> None:
        row = drafted()
        client.force_login(person_of(lines.staff(Role.INTAKE)))
        page = client.get(f"/admin/access/accessrequest/{row.id}/change/").content.decode()
        address = f"/admin/access/accessrequest/{row.id}/steps/discard/"
        assert address in page
        answer = client.post(address, {"version": AccessRequest.objects.get().version})
        assert (answer.status_code, answer["Location"]) == (302, "/admin/access/accessrequest/")
        assert not AccessRequest.objects.exists()
