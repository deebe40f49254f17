"""Asking an authority by mail: where its record takes such mails, without content; else it is the desk's task."""

import pytest

from access.models import AccessRequest, Consultation
from access.operations import stage_consultations
from notifications.models import Delivery
from notifications.operations import deliveries
from registry.actors import SYSTEM
from registry.choices import Channel, Role, Trigger
from registry.operations import authority_channels
from tests import make, stages
from tests import positions as making
from tests.notifications.test_deliveries import NOW, person, tell

pytestmark = pytest.mark.django_db
ADDRESS = "desk@authority.invalid"


def ask(*, takes: bool) -> tuple[AccessRequest, Consultation, list[Delivery]]:
    """A stage that asks a body whose record takes such mails or does not, and the mails that came of it."""
    body = making.authority()
    authority_channels.state(
        make.by(make.staff(Role.AUTHORITY_DESK)),
        authority=body.id,
        channel=Channel.EMAIL,
        address=ADDRESS,
        classes=(Trigger.OTHER,) if takes else (),
        basis="Its letter of 1 June" if takes else "",
    )
    row = stages.in_review(stages.consulting(body.organization.slug))
    stage_consultations.ask(make.by(SYSTEM), request=row.id)
    told = [one for one in tell() if one.event_name == "consultation.asked_by_stage"]
    return row, Consultation.objects.get(), told


def test_is_mailed_without_saying_who_asks_and_is_handed_over_once_a_server_took_it() -> None:
    desk = person(Role.AUTHORITY_DESK)
    row, question, told = ask(takes=True)
    mails = {one.address: one for one in told}
    assert set(mails) == {ADDRESS, desk.email}
    outside = mails[ADDRESS]
    assert str(question.id) in outside.text
    for content in (row.organization.name, question.question, "/admin/"):
        assert content not in outside.text
    deliveries.settle_sent(outside.id, at=NOW)
    question.refresh_from_db()
    assert (question.channel, question.handed_over_by) == ("email", "system")


def test_is_the_desks_where_the_record_takes_no_such_mail_or_no_server_does() -> None:
    desk = person(Role.AUTHORITY_DESK)
    _row, question, told = ask(takes=False)
    assert [one.address for one in told] == [desk.email]
    assert "hand the question over, and say how" in told[0].text
    assert list(Consultation.objects.to_hand_over()) == [question]


def test_is_the_desks_again_when_no_server_takes_the_mail() -> None:
    desk = person(Role.AUTHORITY_DESK)
    _row, question, told = ask(takes=True)
    assert list(Consultation.objects.to_hand_over()) == []
    outside = next(one for one in told if one.address == ADDRESS)
    deliveries.settle_failed(outside.id, problem="refused", at=NOW, final=True)
    assert list(Consultation.objects.to_hand_over()) == [question]
    (last,) = [one for one in tell() if one.event_name == "consultation.mail_failed"]
    assert last.address == desk.email
