import datetime as dt
from typing import Any

import pytest

from registry.choices import Channel, Role, Trigger
from registry.errors import NotFound, Stale
from registry.models import AuditEvent, Authority, AuthorityChannel
from registry.operations import authority_channels
from registry.operations.authority_channels import ChannelUnspecific, ClassesNeedBasis
from registry.operations.contacts import AddressUnreadable
from registry.policies import RoleMissing
from tests import duties, make

pytestmark = pytest.mark.django_db
OFFICE = "office@authority.invalid"


@pytest.fixture
def authority() -> Authority:
    return duties.authority(None)


def state(row: Authority, role: Role = Role.AUTHORITY_DESK, **more: object) -> Authority:
    said = {
        "channel": Channel.EMAIL,
        "address": OFFICE,
        "classes": (Trigger.INCIDENT,),
        "basis": "Letter of 1 June",
    } | more
    by = make.by(make.staff(role))
    return authority_channels.state(by, authority=row.id, **said).value  # type: ignore[arg-type]


def mail_channel(row: Authority) -> AuthorityChannel:
    return row.channels.get(channel=Channel.EMAIL)


class TestState:
    def test_says_for_which_kinds_the_authority_takes_mail(self, authority: Authority) -> None:
        state(authority)
        known = mail_channel(authority)
        assert (known.address, known.classes) == (OFFICE, [Trigger.INCIDENT])
        event = AuditEvent.objects.latest("id")
        assert event.name == "authority.channel_stated"
        assert event.details["classes"] == ["incident"]
        assert OFFICE not in str(event.details)

    def test_stated_again_it_holds_for_these_kinds_and_no_others(
        self, authority: Authority
    ) -> None:
        state(authority)
        changed = state(authority, classes=(Trigger.FRAMEWORK,))
        assert mail_channel(authority).classes == [Trigger.FRAMEWORK]
        assert changed.version == authority.version + 2

    def test_takes_up_again_what_was_withdrawn(self, authority: Authority) -> None:
        state(authority)
        withdraw(authority)
        state(authority)
        assert mail_channel(authority).ended_at is None

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            ({"channel": Channel.UNKNOWN}, ChannelUnspecific),
            ({"address": " "}, ChannelUnspecific),
            ({"address": "office"}, AddressUnreadable),
            ({"basis": " "}, ClassesNeedBasis),
        ],
    )
    def test_refuses_what_is_no_channel(
        self, authority: Authority, said: dict[str, Any], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            state(authority, **said)
        assert not authority.channels.filter(channel=Channel.EMAIL).exists()

    def test_belongs_to_the_authority_desk(self, authority: Authority) -> None:
        with pytest.raises(RoleMissing):
            state(authority, role=Role.INTAKE)

    def test_compares_the_version_looked_at(self, authority: Authority) -> None:
        state(authority)
        with pytest.raises(Stale):
            authority_channels.state(
                make.by(duties.desk(), expected_version=1),
                authority=authority.id,
                channel=Channel.POST,
                address="1 Street",
            )


def withdraw(row: Authority) -> Authority:
    return authority_channels.withdraw(
        make.by(duties.desk(), make.MORNING + dt.timedelta(hours=1)),
        authority=row.id,
        channel=Channel.EMAIL,
        address=OFFICE,
    ).value


class TestWithdraw:
    def test_nothing_is_sent_there_any_more(self, authority: Authority) -> None:
        state(authority)
        withdraw(authority)
        assert mail_channel(authority).ended_at == make.MORNING + dt.timedelta(hours=1)
        assert AuditEvent.objects.latest("id").name == "authority.channel_withdrawn"

    def test_refuses_what_is_not_on_record_or_not_any_more(self, authority: Authority) -> None:
        with pytest.raises(NotFound):
            withdraw(authority)
        state(authority)
        withdraw(authority)
        with pytest.raises(NotFound):
            withdraw(authority)
