"""Answers to a form: typed, kept, handed in, returned, compared, and read by those who may."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.choices import PrimaryPurpose, RequestStatus
from access.models import AccessRequest, OnBehalf, Submission
from access.operations import drafts, request_forms, request_steps, requests, successions
from access.operations.drafts import AnswersSettled
from access.operations.on_behalf import Asked, EvidenceMissing
from access.operations.submissions import AnswersIncomplete, AnswersUnwritable
from access.operations.successions import Progress
from access.queries.answers import find_problems, list_changes, list_submissions, show_answers
from notifications.queries.audiences import find_recipients
from notifications.queries.letters import write_letter
from registry.choices import Role
from registry.models import AuditEvent
from registry.operations import contacts
from registry.operations.editions import EditionOvertaken, OwnEdition
from tests import forms, make

pytestmark = pytest.mark.django_db

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
typed = st.recursive(
    st.booleans() | st.integers() | st.floats(-1e6, 1e6, width=32) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


def drafted(**answers: Any) -> AccessRequest:
    """A draft by the organization itself."""
    organization, tier = make.organization(), forms.tier()
    return requests.draft(
        make.by(make.client(organization)),
        organization=organization.id,
        tier=tier.id,
        purpose=PrimaryPurpose.USE,
        justification="To harden what we run.",
        answers=answers,
    ).value


def submitted() -> AccessRequest:
    row = drafted(**forms.ANSWERS)
    return requests.submit(make.by(make.client(row.organization)), request=row.id).value


def returned() -> AccessRequest:
    row = submitted()
    reviewer = make.staff(Role.REVIEWER)
    requests.take_up(make.by(reviewer), request=row.id)
    return requests.return_(make.by(reviewer), request=row.id, note="Say more.").value


def fresh(row: AccessRequest) -> AccessRequest:
    return AccessRequest.objects.get(pk=row.pk)


class TestForms:
    def test_two_people_put_one_in_force_and_what_is_drafted_keeps_its_own(self) -> None:
        row = drafted()
        assert row.form is not None
        next_one = request_forms.propose(
            make.by(make.same(row.form.proposed_by, Role.ADMINISTRATOR)),
            tier=row.tier_id,
            document=forms.DOCUMENT | {"title": "Another"},
        ).value
        with pytest.raises(OwnEdition):
            request_forms.enact(
                make.by(make.same(next_one.proposed_by, Role.ADMINISTRATOR)), form=next_one.id
            )
        request_forms.enact(make.by(make.staff(Role.ADMINISTRATOR)), form=next_one.id)
        assert fresh(row).form == row.form
        assert make.draft(None, row.tier).form == next_one

    def test_an_older_edition_is_not_put_in_force_over_a_newer(self) -> None:
        tier = make.tier()
        by = make.by(make.staff(Role.ADMINISTRATOR))
        old = request_forms.propose(by, tier=tier.id, document=forms.DOCUMENT).value
        forms.form(tier, title="Newer")
        with pytest.raises(EditionOvertaken):
            request_forms.enact(make.by(make.staff(Role.ADMINISTRATOR)), form=old.id)

    def test_what_is_confidential_to_a_stage_that_is_not_there_is_refused(self) -> None:
        fields = [forms.DOCUMENT["fields"][0] | {"confidential_to": ["security"]}]
        with pytest.raises(request_forms.FormStageUnknown):
            forms.form(make.tier(), fields=fields)


class TestSaving:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.dictionaries(st.sampled_from(["team", "use", "people", "else"]) | texts, typed),
            min_size=1,
            max_size=3,
        )
    )
    def test_a_draft_never_loses_what_was_typed(self, saves: list[dict[str, Any]]) -> None:
        row = drafted()
        partner = make.client(row.organization)
        expected: dict[str, Any] = {}
        for answers in saves:
            drafts.save(make.by(partner), request=row.id, answers=answers)
            expected |= answers
        kept = fresh(row).draft_answers.values if expected else {}
        assert kept == expected
        assert {key: type(value) for key, value in kept.items() if isinstance(value, bool)} == {
            key: bool for key, value in expected.items() if isinstance(value, bool)
        }

    def test_says_what_is_missing_and_out_of_range_and_refuses_nothing(self) -> None:
        row = drafted(people="many", colour="red")
        found = {(one.key, one.code) for one in find_problems(fresh(row))}
        assert found == {
            ("team", "missing"),
            ("use", "missing"),
            ("people", "wrong_type"),
            ("colour", "unknown_field"),
        }

    def test_null_takes_an_answer_back_and_the_event_holds_no_words(self) -> None:
        row = drafted(team="Blue")
        said = {"team": None, "use": "own", "a secret": 1}
        drafts.save(make.by(make.client(row.organization)), request=row.id, answers=said)
        assert fresh(row).draft_answers.values == {"use": "own", "a secret": 1}
        event = AuditEvent.objects.get(name="access_request.answers_saved")
        assert event.details == {"fields": ["team", "use"]}

    def test_what_no_database_holds_is_refused(self) -> None:
        row = drafted()
        for value in ("\0", "\ud800", {"\0": 1}, float("inf")):
            with pytest.raises(AnswersUnwritable):
                drafts.save(
                    make.by(make.client(row.organization)),
                    request=row.id,
                    answers={"team": value},
                )

    def test_what_was_handed_in_stays_until_it_is_returned(self) -> None:
        row = submitted()
        with pytest.raises(AnswersSettled):
            drafts.save(
                make.by(make.client(row.organization)), request=row.id, answers={"team": "Red"}
            )


class TestSubmitting:
    def test_refuses_with_all_that_is_wrong_at_once_and_keeps_nothing(self) -> None:
        row = drafted(use="vendor", people=0)
        partner = make.client(row.organization)
        events = AuditEvent.objects.count()
        with pytest.raises(AnswersIncomplete) as refused:
            requests.submit(make.by(partner), request=row.id)
        problems = refused.value.values["problems"]
        assert {(one["field"], one["code"]) for one in problems} == {
            ("team", "missing"),
            ("vendor", "missing"),
            ("people", "too_small"),
        }
        assert AuditEvent.objects.count() == events
        assert not Submission.objects.exists()

    def test_keeps_what_was_handed_in_as_it_was(self) -> None:
        row = drafted(**forms.ANSWERS, vendor="Not asked")
        partner = make.client(row.organization)
        file = forms.attach(row, partner)
        requests.submit(make.by(partner), request=row.id)
        said = Submission.objects.get()
        assert said.values == forms.ANSWERS
        assert said.files == [{"id": str(file.id), "field": "plan", "sha256": file.sha256}]


class TestReturning:
    def test_what_changed_is_told_for_each_submission(self) -> None:
        row = returned()
        partner = make.client(row.organization)
        drafts.save(make.by(partner), request=row.id, answers={"people": 5})
        requests.resubmit(
            make.by(partner),
            request=row.id,
            justification="At length.",
            answers={"incidents": "Two."},
        )
        again = fresh(row)
        earlier, later = list_submissions(again)
        changes = list_changes(again, earlier, later, actor=make.staff(Role.DECIDER))
        assert [(one.key, one.before, one.after) for one in changes] == [
            ("justification", "To harden what we run.", "At length."),
            ("people", 4, 5),
            ("incidents", "One in May.", "Two."),
        ]
        seen = list_changes(again, earlier, later, actor=make.staff(Role.REVIEWER))
        assert "incidents" not in {one.key for one in seen}
        shown = {one.key: one for one in show_answers(again, make.staff(Role.DECIDER))}
        assert (shown["people"].changed, shown["people"].before) == (True, "4")
        assert not shown["team"].changed

    def test_an_answer_taken_back_keeps_it_from_being_handed_in_again(self) -> None:
        row = returned()
        with pytest.raises(AnswersIncomplete):
            requests.resubmit(
                make.by(make.client(row.organization)), request=row.id, answers={"team": None}
            )
        assert fresh(row).status == RequestStatus.RETURNED


class TestConfidentiality:
    def test_only_who_may_act_in_a_named_stage_reads_it(self) -> None:
        row = fresh(submitted())
        readers = {
            Role.DECIDER: "One in May.",
            Role.REVIEWER: None,
            Role.INTAKE: None,
            Role.AUDITOR: None,
        }
        for role, expected in readers.items():
            shown = {one.key: one for one in show_answers(row, make.staff(role))}
            assert shown["incidents"].value == expected
            assert shown["incidents"].withheld is (expected is None)
            assert shown["team"].value == "Blue"
        own = {one.key: one.value for one in show_answers(row, make.client(row.organization))}
        assert own["incidents"] == "One in May."
        outside = {one.key: one.value for one in show_answers(row, None)}
        assert (outside["team"], outside["incidents"]) == ("Blue", None)

    def test_a_copy_by_intake_carries_none_of_what_it_may_not_read(self) -> None:
        row = submitted()
        intake = make.staff(Role.INTAKE)
        copied = drafts.copy(make.by(intake), request=row.id, asked=make.ASKED).value
        assert "incidents" not in fresh(copied).draft_answers.values


class TestCopying:
    def test_begins_with_the_words_and_answers_that_the_new_edition_asks_for(self) -> None:
        row = submitted()
        fields = [field for field in forms.DOCUMENT["fields"] if field["key"] != "people"]
        forms.form(row.tier, fields=fields)
        partner = make.client(row.organization)
        copied = fresh(drafts.copy(make.by(partner), request=row.id).value)
        assert (copied.status, copied.copied_from) == (RequestStatus.DRAFT, row)
        assert copied.justification == row.justification
        kept = {key: value for key, value in forms.ANSWERS.items() if key != "people"}
        assert copied.draft_answers.values == kept

    def test_a_renewal_carries_the_answers_asks_what_changed_and_marks_it(self) -> None:
        tier = make.tier(grant_days=60)
        grant = make.grant(None, tier)
        forms.form(tier)
        partner = make.client(grant.organization)
        report = Progress("Forty findings.", changes="A larger team.")
        with pytest.raises(request_steps.TextMissing):
            successions.request_renewal(
                make.by(partner), grant=grant.id, progress=Progress("Forty."), answers={}
            )
        with pytest.raises(AnswersIncomplete):
            successions.request_renewal(make.by(partner), grant=grant.id, progress=report)
        row = fresh(
            successions.request_renewal(
                make.by(partner), grant=grant.id, progress=report, answers=forms.ANSWERS
            ).value
        )
        assert row.copied_from == grant.request
        assert row.progress_report.changes == "A larger team."
        marked = [one for one in show_answers(row, partner) if one.changed]
        assert {one.key for one in marked} == {"team", "use", "people", "incidents"}


class TestOnBehalf:
    def test_who_asked_and_what_shows_it_are_recorded_and_the_organization_is_told(self) -> None:
        organization = make.organization()
        contacts.register(
            make.by(make.staff(Role.INTAKE)),
            organization=organization.id,
            email="ann@organization.invalid",
            name="Ann",
        )
        make.draft(organization, forms.tier(), asked=Asked("Ann", "Letter of 29 June"))
        said = OnBehalf.objects.get()
        assert (said.asked_by, said.evidence) == ("Ann", "Letter of 29 June")
        event = AuditEvent.objects.get(name="access_request.drafted_on_behalf")
        (recipient,) = find_recipients(event)
        letter = write_letter(event, to=recipient.organization)
        assert recipient.address == "ann@organization.invalid"
        assert "drafted for you" in letter.text
        assert "29 June" not in letter.text

    @pytest.mark.parametrize("asked", [None, Asked("Ann", " ")])
    def test_nobody_requests_for_who_did_not_ask(self, asked: Asked | None) -> None:
        with pytest.raises(EvidenceMissing):
            make.draft(asked=asked)


class TestThePage:
    def open_page(self, client: Client, row: AccessRequest, *roles: Role) -> str:
        from tests.journeys.conftest import person  # noqa: PLC0415 - brings a browser's fixtures

        client.force_login(person(*roles))
        answer = client.get(f"/admin/access/accessrequest/{row.id}/change/")
        assert answer.status_code == 200
        return answer.content.decode()

    def test_shows_answers_with_labels_and_marks_what_is_confidential(
        self, client: Client
    ) -> None:
        row = returned()
        requests.resubmit(
            make.by(make.client(row.organization)),
            request=row.id,
            answers={"use": "vendor", "vendor": "5/10 Ltd"},
        )
        page = self.open_page(client, row, Role.REVIEWER)
        assert "A vendor&#x27;s systems" in page
        assert "<mark>changed</mark>; before: Own systems" in page
        assert "5/10 Ltd" in page
        assert "withheld: you act in none of its stages" in page
        assert "One in May." not in page
        assert "returned for changes" in page
        assert "<td>Own systems</td>" in page
        assert "<td><mark>A vendor&#x27;s systems</mark></td>" in page
        assert "One in May." in self.open_page(client, row, Role.DECIDER)

    def test_intake_writes_answers_and_loses_nothing_that_is_not_offered(
        self, client: Client
    ) -> None:
        row = make.draft(None, forms.tier(), answers={"use": "both", "people": "many"})
        from tests.journeys.conftest import person  # noqa: PLC0415 - brings a browser's fixtures

        user = person(Role.INTAKE)
        AccessRequest.objects.filter(pk=row.pk).update(created_by=f"user:{user.pk}")
        client.force_login(user)
        address = f"/admin/access/accessrequest/{row.id}/steps/save/"
        page = client.get(address).content.decode()
        assert "both (not offered)" in page
        said = {
            "justification": "More.",
            "answer-team": "Blue",
            "answer-use": "both",
            "answer-people": "many",
        }
        assert client.post(address, said).status_code == 302
        kept = {"team": "Blue", "use": "both", "people": "many"}
        assert fresh(row).draft_answers.values == kept
