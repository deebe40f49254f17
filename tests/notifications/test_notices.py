"""What was notified to whom: filings and notices in one list."""

import datetime as dt
from typing import Any

import pytest
from django.utils.timezone import now

from access.choices import Marking
from notifications.choices import FilingStatus, NoticeReply
from notifications.models import Filing, Obligation
from notifications.operations import notices
from notifications.operations.notices import DutyOfOthers, NoticeVague, Notified
from notifications.queries.notices import ModelNotified, Wanted, list_notified, place_of
from registry.actors import Actor
from registry.choices import Anchor, Channel, Role, SubjectOrigin, Trigger
from registry.errors import NotFound, WorldsApart
from registry.models import Occurrence
from registry.policies import RoleMissing
from tests import duties, make, talks
from tests.duties import desk

pytestmark = pytest.mark.django_db
MORNING, DAY = make.MORNING, talks.DAY


def obligation() -> Obligation:
    """A duty to notify a model of the developer's."""
    model = make.ai_model()
    occurrence = Occurrence.objects.create(
        kind=Trigger.TRAINING_COMPUTE,
        title="The threshold is met",
        duty_holder=model.developer,
        ai_model=model,
        origin=SubjectOrigin.OBSERVED,
        reported_by="user:one",
        reported_at=MORNING,
        changed_at=MORNING,
    )
    return Obligation.objects.create(
        rule=duties.rule(trigger="training_compute"),
        occurrence=occurrence,
        duty_holder=model.developer,
        recipient="test-office",
        anchor=Anchor.MET,
        anchor_at=MORNING,
        zone="UTC",
        opened_by="user:one",
        opened_at=MORNING,
        changed_at=MORNING,
    )


def filing(**more: object) -> Filing:
    """A filing that was sent, two days later, and acknowledged on the third."""
    said: dict[str, object] = {
        "obligation": obligation(),
        "authority": duties.authority(None),
        "status": FilingStatus.ACKNOWLEDGED,
        "sha256": "0" * 64,
        "document": {},
        "pdf_sha256": "0" * 64,
        "prepared_by": "user:one",
        "prepared_at": MORNING,
        "reviewed_by": "user:two",
        "reviewed_at": MORNING,
        "signed_by": "user:three",
        "signed_at": MORNING,
        "channel": Channel.PORTAL,
        "dispatched_by": "user:three",
        "dispatched_at": MORNING + 2 * DAY,
        "dispatch_proof": "Number 7",
        "acknowledged_at": MORNING + 3 * DAY,
        "acknowledgement": "AO-7",
        "changed_at": MORNING,
    }
    return Filing.objects.create(**(said | more))


def listed(actor: Actor | None = None, **wanted: Any) -> list[ModelNotified]:
    return list_notified(actor or desk(), Wanted(**wanted), limit=50)


class TestRecord:
    def test_what_no_source_states_is_not_stated(self) -> None:
        talks.notice(
            talks.cited(),
            notifier=None,
            notifier_words="other developers",
            ai_model=None,
            model_words="their latest models",
        )
        (row,) = listed()
        assert (row.rule, row.told_at, row.replies) == ("", None, ())
        assert (row.notifier_words, row.model_words) == ("other developers", "their latest models")
        assert row.origin is SubjectOrigin.REPORTED
        assert row.fact is not None

    def test_names_who_and_what_or_tells_of_them_in_words(self) -> None:
        for vague in (
            {"notifier": None},
            {"notifier_words": "somebody too"},
            {"ai_model": None},
            {"model_words": "another"},
        ):
            with pytest.raises(NoticeVague):
                talks.notice(**vague)

    def test_meets_a_duty_of_its_own_notifier_only(self) -> None:
        duty = obligation()
        row = talks.notice(notifier=duty.duty_holder_id, obligation=duty.id)
        assert row.obligation == duty
        assert listed()[0].rule == "Test Act, Article 1"
        with pytest.raises(DutyOfOthers):
            talks.notice(obligation=duty.id)
        with pytest.raises(DutyOfOthers):
            talks.notice(talks.cited(), notifier=duty.duty_holder_id, obligation=duty.id)

    def test_a_duty_that_is_not_there_cannot_be_named(self) -> None:
        with pytest.raises(NotFound):
            talks.notice(obligation=make.organization().id)

    def test_belongs_to_the_desk_and_to_one_world(self) -> None:
        with pytest.raises(WorldsApart):
            talks.notice(notifier=make.organization(synthetic=True).id)
        with pytest.raises(RoleMissing):
            notices.record(
                make.by(make.staff(Role.DECIDER)),
                notified=Notified(
                    authority=duties.authority(None).id, notifier_words="x", model_words="y"
                ),
                told=talks.told(),
            )


class TestAnswer:
    def test_stands_beside_the_notice(self) -> None:
        row = talks.notice()
        notices.answer(
            make.by(desk()),
            notice=row.id,
            reply=NoticeReply.ASKED,
            told=talks.told(words="For more."),
        )
        (found,) = listed()
        assert [(reply.kind, reply.words) for reply in found.replies] == [
            ("asked for more", "For more.")
        ]


class TestListNotified:
    def test_filings_that_were_sent_stand_among_the_notices(self) -> None:
        sent, early, late = (
            filing(),
            talks.notice(),
            talks.notice(talks.told(happened_at=MORNING + 5 * DAY)),
        )
        filing(
            dispatched_at=None,
            dispatch_proof="",
            acknowledged_at=None,
            status=FilingStatus.SIGNED,
        )
        rows = listed()
        assert [row.id for row in rows] == [late.id, sent.id, early.id]
        assert rows[1].replies[0].words == "AO-7"
        assert rows[1].rule == "Test Act, Article 1"

    def test_pages_meet_without_gap_or_repeat(self) -> None:
        same = talks.told(happened_at=MORNING + 2 * DAY)  # the moment of the filings, too
        made = {filing().id, filing().id, *(talks.notice(same).id for _ in range(3))}
        reader, seen, after = desk(), list[object](), None
        while rows := list_notified(reader, Wanted(), limit=2, after=after):
            seen += [row.id for row in rows]
            after = place_of(rows[-1])
        assert len(seen) == len(made)
        assert set(seen) == made

    def test_one_model_and_one_authority(self) -> None:
        row, sent = talks.notice(), filing()
        talks.notice()
        assert row.ai_model is not None
        assert sent.authority is not None
        assert [found.id for found in listed(model=row.ai_model.slug)] == [row.id]
        to = sent.authority.organization.slug
        assert [found.id for found in listed(authority=to)] == [sent.id]

    def test_as_it_was_and_as_it_was_known(self) -> None:
        filing()
        talks.notice()
        before = now()
        talks.notice(talks.told(happened_at=MORNING - DAY))

        def count(**moments: dt.datetime) -> int:
            return len(listed(None, **moments))

        assert count() == 3
        assert count(known_at=before) == 2
        assert count(as_of=MORNING) == 2
        assert listed(as_of=MORNING + 2 * DAY)[0].replies == ()

    def test_a_filing_is_for_who_may_read_filings_and_a_partner_reads_none(self) -> None:
        sent = filing()
        talks.notice(talks.told(marking=Marking.CONFIDENTIAL))
        talks.notice()
        assert len(listed(make.staff(Role.CLEARED))) == 3
        assert len(listed(make.staff(Role.AUDITOR))) == 2
        assert len(listed(make.staff(Role.REVIEWER))) == 1
        assert listed(make.client(sent.obligation.duty_holder)) == []
