"""Comments: internal or shared, corrected by another, never overwritten."""

import pytest
from django.db import ProgrammingError, transaction
from rest_framework.test import APIClient

from access.choices import CommentVisibility
from access.models import AccessRequest, Comment
from access.operations import comments, recusals
from access.queries.comments import readable_by
from access.queries.conflicts import Recused
from notifications.queries.letters import write_letter
from registry.actors import Actor
from registry.api.authentication import Caller
from registry.choices import Role
from registry.errors import NotFound
from registry.models import AuditEvent
from tests import make

pytestmark = pytest.mark.django_db
INTERNAL, SHARED = CommentVisibility.INTERNAL, CommentVisibility.SHARED


def say(
    who: Actor, row: AccessRequest, text: str, visibility: CommentVisibility = SHARED
) -> Comment:
    return comments.comment(make.by(who), request=row.id, text=text, visibility=visibility).value


def read(who: Actor, row: AccessRequest) -> list[str]:
    return [said.text for said in readable_by(row.comments.all(), who)]


class TestComment:
    def test_the_organization_reads_what_is_shared_and_nothing_else(self) -> None:
        row, reviewer = make.in_review(), make.staff(Role.REVIEWER)
        say(reviewer, row, "Doubtful.", INTERNAL)
        say(reviewer, row, "Send the report, please.")
        assert read(make.client(row.organization), row) == ["Send the report, please."]
        assert read(reviewer, row) == ["Doubtful.", "Send the report, please."]

    def test_no_text_is_in_an_event_and_only_shared_ones_are_the_organizations(self) -> None:
        row, reviewer = make.in_review(), make.staff(Role.REVIEWER)
        say(reviewer, row, "Doubtful.", INTERNAL)
        say(reviewer, row, "Send the report, please.")
        internal, shared = AuditEvent.objects.filter(name__contains="comment").order_by("id")
        assert (internal.visibility, shared.visibility) == ("staff", "organization")
        assert "Doubtful" not in str(internal.details)
        assert "report" not in str(shared.details)
        letter = write_letter(shared, to=row.organization_id)
        assert "Send the report, please." in letter.text
        assert "Doubtful" not in write_letter(internal, to=None).text

    def test_an_organization_comments_on_its_own_and_always_openly(self) -> None:
        row, other = make.in_review(), make.in_review()
        own = make.client(row.organization)
        assert say(own, row, "Here it is.").from_organization
        with pytest.raises(comments.SharedByOrganization):
            say(own, row, "Hidden.", INTERNAL)
        with pytest.raises(NotFound):
            say(own, other, "Not mine.")

    def test_who_is_recused_says_nothing_more(self) -> None:
        row, reviewer = make.in_review(), make.staff(Role.REVIEWER)
        recusals.recuse(make.by(reviewer), request=row.id, reason="A friend.")
        with pytest.raises(Recused):
            say(reviewer, row, "Still.", INTERNAL)

    def test_is_never_overwritten(self) -> None:
        said = say(make.staff(Role.REVIEWER), make.in_review(), "So.")
        rows = Comment.objects.filter(pk=said.pk)
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows.update(text="Otherwise.")
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows.delete()


class TestCorrect:
    def test_keeps_what_was_said_and_who_may_read_it(self) -> None:
        row, reviewer = make.in_review(), make.staff(Role.REVIEWER)
        said = say(reviewer, row, "Ten people.", INTERNAL)
        better = comments.correct(make.by(reviewer), comment=said.id, text="Twelve people.").value
        assert (better.supersedes, better.visibility) == (said, INTERNAL)
        assert read(reviewer, row) == ["Ten people.", "Twelve people."]
        with pytest.raises(comments.CommentCorrected):
            comments.correct(make.by(reviewer), comment=said.id, text="Eleven.")

    def test_is_for_whoever_wrote_it(self) -> None:
        row = make.in_review()
        said = say(make.staff(Role.REVIEWER), row, "Ten people.")
        for who in (make.staff(Role.REVIEWER), make.client(row.organization)):
            with pytest.raises(comments.NotYourComment):
                comments.correct(make.by(who), comment=said.id, text="None.")

    def test_an_organization_does_not_learn_of_internal_ones(self) -> None:
        row = make.in_review()
        said = say(make.staff(Role.REVIEWER), row, "Doubtful.", INTERNAL)
        with pytest.raises(NotFound):
            comments.correct(make.by(make.client(row.organization)), comment=said.id, text="?")


class TestOverHttp:
    def test_a_partner_comments_corrects_and_reads_without_names(self) -> None:
        row, reviewer = make.in_review(), make.staff(Role.REVIEWER)
        say(reviewer, row, "Doubtful.", INTERNAL)
        own = make.client(row.organization, "requests:read", "requests:write")
        client = APIClient()
        client.force_authenticate(user=Caller(own))  # type: ignore[arg-type]  # our caller is no user
        url = f"/api/v1/access-requests/{row.id}/comments/"
        made = client.post(url, {"text": "We have ten engineers."})
        assert made.status_code == 201, made.content
        client.post(f"/api/v1/comments/{made.json()['id']}/correct/", {"text": "Twelve."})
        told = client.get(url).json()["results"]
        assert [(said["text"], said["written_by"]) for said in told] == [
            ("Twelve.", "organization")
        ]
        assert str(reviewer.id) not in str(told)
