"""Dialogues between two bodies."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.utils.timezone import now

from access.choices import Attribution, LegalForce, Marking, Stance
from access.models import Position
from access.operations import positions
from access.operations.positions import About, Stated
from access.queries.decisions import Asked, evaluate
from notifications.choices import DialogueKind
from notifications.models import Delivery, Dialogue, DialogueRecord
from notifications.operations import deliveries, dialogues
from notifications.operations.entries import EntryAhead, RestsOnBoth, Told, WordsMissing
from notifications.queries.dialogues import list_dialogues
from registry.choices import Role, SubjectOrigin
from registry.errors import NotFound, WorldsApart
from registry.models import AuditEvent, ReportedEvent
from registry.operations import facts, ledger
from registry.policies import RoleMissing
from tests import make, talks
from tests.duties import authority, desk

pytestmark = pytest.mark.django_db


def record(row: Dialogue, said: Told | None = None, **more: object) -> DialogueRecord:
    said = said or talks.told()
    by = make.staff(Role.INTAKE) if said.is_reported else desk()
    dialogues.record(
        make.by(by),
        dialogue=row.id,
        kind=DialogueKind.MEETING,
        told=said,
        **more,  # type: ignore[arg-type]
    )
    return row.records.order_by("-recorded_at")[0]


def position(marking: Marking = Marking.OPEN) -> Position:
    return positions.take_position(
        make.by(desk()),
        authority=authority(None).id,
        about=About(ai_model=make.ai_model().id),
        stated=Stated(
            stance=Stance.OBJECTS,
            statement="No.",
            attribution=Attribution.OFFICIAL_DOCUMENT,
            legal_force=LegalForce.POLITICAL,
        ),
        marking=marking,
    ).value


class TestOpen:
    def test_two_authorities_may_talk_with_each_other(self) -> None:
        one, other = authority(None).organization, authority(None).organization
        row = talks.dialogue(one=other.id, other=one.id)
        assert {row.one_id, row.other_id} == {one.id, other.id}

    def test_nobody_talks_with_themselves(self) -> None:
        body = make.organization()
        with pytest.raises(dialogues.DialogueWithItself):
            talks.dialogue(one=body.id, other=body.id)

    def test_whichever_is_named_first_it_is_one_dialogue(self) -> None:
        row = talks.dialogue()
        with pytest.raises(dialogues.DialogueKnown):
            talks.dialogue(one=row.other_id, other=row.one_id)

    def test_the_real_and_the_synthetic_never_talk(self) -> None:
        with pytest.raises(WorldsApart):
            talks.dialogue(other=make.organization(synthetic=True).id)

    def test_belongs_to_the_authority_desk(self) -> None:
        one, other = make.organization(), make.organization()
        with pytest.raises(RoleMissing):
            dialogues.open_(
                make.by(make.staff(Role.DECIDER)), title="Talks", one=one.id, other=other.id
            )


class TestRecord:
    def test_links_models_and_positions_and_keeps_the_words_out_of_the_record(self) -> None:
        row, model, held = talks.dialogue(), make.ai_model(), position()
        said = record(row, ai_models=(model.id,), positions=(held.id,))
        assert (said.ai_models, said.positions) == ([model.id], [held.id])
        assert said.origin == SubjectOrigin.OBSERVED
        event = AuditEvent.objects.get(name="dialogue.recorded")
        assert event.visibility == "cleared"
        assert "What was said" not in str(event.details)

    def test_rests_on_a_fact_reported_before(self) -> None:
        first = record(talks.dialogue(), talks.cited())
        assert first.fact is not None
        second = record(talks.dialogue(), talks.told(fact=first.fact_id))
        assert second.fact == first.fact
        assert ReportedEvent.objects.filter(fact=first.fact).count() == 1

    def test_what_a_source_reports_stands_on_the_timeline_and_is_open(self) -> None:
        said = record(talks.dialogue(), talks.cited(marking=Marking.CONFIDENTIAL))
        assert said.marking == Marking.OPEN
        event = ReportedEvent.objects.get(fact=said.fact)
        assert event.title == said.title
        assert (event.valid.lower, event.valid.upper) == (make.MORNING, make.MORNING + talks.DAY)

    def test_changes_nothing_by_itself(self) -> None:
        grant = make.grant()
        model = grant.tier.ai_models.get()
        asked = Asked(grant.organization.slug, model.slug, "invoke")
        body = authority(None).organization
        row = talks.dialogue(one=body.id, other=grant.organization_id)
        record(row, ai_models=(model.id,))
        ledger.sequence_all()
        before = Delivery.objects.count()
        while deliveries.fan_out(at=now()):
            pass
        told = Delivery.objects.exclude(event_name__startswith="grant").exclude(
            event_name__startswith="access_request"
        )
        assert (before, told.count()) == (0, 0)
        assert evaluate(asked).answer.decision

    def test_is_written_once(self) -> None:
        said = record(talks.dialogue())
        for change in (
            lambda: DialogueRecord.objects.filter(pk=said.pk).update(words="Other."),
            lambda: DialogueRecord.objects.filter(pk=said.pk).delete(),
        ):
            with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
                change()

    def test_tells_what_was_and_not_what_will_be(self) -> None:
        with pytest.raises(EntryAhead):
            record(talks.dialogue(), talks.told(happened_at=now() + talks.DAY))

    def test_needs_words_and_one_basis(self) -> None:
        with pytest.raises(WordsMissing):
            talks.told(words=" ")
        with pytest.raises(RestsOnBoth):
            talks.cited(fact=make.organization().id)

    def test_the_desk_does_not_report_and_intake_does_not_know(self) -> None:
        row = talks.dialogue()
        for by, said in (
            (make.staff(Role.INTAKE), talks.told()),
            (desk(), talks.cited()),
        ):
            with pytest.raises(RoleMissing):
                dialogues.record(make.by(by), dialogue=row.id, kind=DialogueKind.OTHER, told=said)

    def test_no_source_reports_what_is_synthetic(self) -> None:
        row = talks.dialogue(
            one=make.organization(synthetic=True).id, other=make.organization(synthetic=True).id
        )
        with pytest.raises(WorldsApart):
            record(row, talks.cited())

    def test_a_position_that_one_may_not_read_cannot_be_linked(self) -> None:
        hidden, row = position(Marking.CONFIDENTIAL), talks.dialogue()
        with pytest.raises(NotFound):
            record(row, talks.cited(), positions=(hidden.id,))
        assert record(row, positions=(hidden.id,)).positions == [hidden.id]


class TestVisibleTo:
    def test_a_confidential_dialogue_is_for_cleared_roles_and_the_desk(self) -> None:
        row = talks.dialogue(marking=Marking.CONFIDENTIAL)
        record(row)
        assert not list_dialogues(make.staff(Role.DECIDER)).exists()
        for role in (Role.CLEARED, Role.AUTHORITY_DESK):
            assert list_dialogues(make.staff(role)).get() == row

    def test_a_confidential_entry_is_left_out_of_an_open_dialogue(self) -> None:
        row = talks.dialogue()
        record(row, talks.told(marking=Marking.CONFIDENTIAL))
        record(row)
        assert len(list_dialogues(make.staff(Role.DECIDER)).get().records.all()) == 1
        assert len(list_dialogues(make.staff(Role.CLEARED)).get().records.all()) == 2

    def test_a_partner_and_who_holds_no_role_see_none(self) -> None:
        row = talks.dialogue()
        body = row.one
        assert not list_dialogues(make.client(body)).exists()
        assert not list_dialogues(make.staff()).exists()


class TestThePast:
    def test_as_it_was_and_as_it_was_known(self) -> None:
        reader = make.staff(Role.AUDITOR)
        row = talks.dialogue()
        first = record(row)
        between = now()
        record(row, talks.told(happened_at=make.MORNING - talks.DAY))

        def told(**moments: dt.datetime) -> int:
            found = list_dialogues(reader, **moments).first()
            return 0 if found is None else len(found.records.all())

        assert told() == 2
        assert told(known_at=between) == 1
        assert told(as_of=make.MORNING - talks.DAY) == 1
        assert told(as_of=make.MORNING - talks.DAY, known_at=between) == 0
        assert told(known_at=first.recorded_at - talks.DAY) == 0

    def test_what_a_later_fact_replaced_is_told_no_more_and_stays_readable(self) -> None:
        reader = make.staff(Role.AUDITOR)
        row = talks.dialogue()
        first, later = record(row, talks.cited()), record(row, talks.cited())
        before = now()
        assert first.fact_id is not None
        assert later.fact_id is not None
        facts.supersede(
            make.by(make.staff(Role.INTAKE)), fact=first.fact_id, by=later.fact_id, reason="Wrong."
        )
        assert [said.id for said in list_dialogues(reader).get().records.all()] == [later.id]
        assert len(list_dialogues(reader, known_at=before).get().records.all()) == 2
