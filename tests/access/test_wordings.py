"""Words that may wait, a basis that goes nowhere, and a request to lift that can be taken back."""

import datetime as dt

import pytest
from django.conf import settings
from pytest_django import Settings

from access.models import Restriction, Tier
from access.operations import restrictions, wordings
from access.operations.request_steps import TextMissing
from access.operations.restrictions import LiftNotAsked, RestrictionOver, Wording
from access.operations.wordings import NeutralTextNotDue, WordedAlready
from access.queries.restrictions import tell
from access.queries.scopes import Scope
from access.tasks import word_neutrally
from notifications.models import Delivery
from notifications.operations import deliveries
from registry.actors import SYSTEM
from registry.choices import Role
from registry.models import AuditEvent, Contact
from registry.operations import contacts, ledger
from registry.policies import RoleMissing
from tests import make, stops
from tests.asking import ask

pytestmark = pytest.mark.django_db
LATER = Wording("Order re undersecretary", confidential=stops.SECRET)


@pytest.fixture
def tier() -> Tier:
    tier = make.tier()
    grant = make.grant(None, tier)
    contacts.register(
        make.by(make.staff(Role.INTAKE)),
        organization=grant.organization_id,
        name="Ada",
        email="ada@acme.invalid",
    )
    return tier


@pytest.fixture
def waiting(tier: Tier) -> Restriction:
    return stops.stop(Scope(programs=(tier.program_id,)), wording=LATER)


def mails(at: dt.datetime = make.MORNING) -> list[Delivery]:
    """What the contact was mailed about restrictions."""
    ledger.sequence_all()
    while deliveries.fan_out(at=at):
        pass
    found = Delivery.objects.filter(event_name__startswith="restriction.")
    return list(found.filter(address="ada@acme.invalid").order_by("created_at", "event_row"))


def neutral(row: Restriction, after: dt.timedelta) -> Restriction:
    at = row.imposed_at + after
    return wordings.word_neutrally(make.by(SYSTEM, at), restriction=row.id).value


class TestWord:
    def test_access_is_refused_at_once_and_the_mail_waits(
        self, tier: Tier, waiting: Restriction
    ) -> None:
        assert not any(ask(grant).decision for grant in tier.grants.all())
        assert mails() == []
        wordings.word(
            make.by(make.staff(Role.RESTRICTOR)),
            restriction=waiting.id,
            title="A pause",
            public="Access pauses by order.",
        )
        (mail,) = mails()
        assert "A pause" in mail.title
        assert "Access pauses by order." in mail.text

    def test_words_are_written_once_and_by_a_restrictor(self, waiting: Restriction) -> None:
        said = {"restriction": waiting.id, "title": "A pause", "public": "Access pauses."}
        with pytest.raises(RoleMissing):
            wordings.word(make.by(make.staff(Role.DECIDER)), **said)  # type: ignore[arg-type]
        restrictor = make.staff(Role.RESTRICTOR)
        with pytest.raises(TextMissing):
            wordings.word(make.by(restrictor), **(said | {"public": " "}))  # type: ignore[arg-type]
        wordings.word(make.by(restrictor), **said)  # type: ignore[arg-type]
        with pytest.raises(WordedAlready):
            wordings.word(make.by(restrictor), **said)  # type: ignore[arg-type]
        assert len(mails()) == 1

    def test_a_restriction_that_was_worded_is_mailed_as_it_is_imposed(self, tier: Tier) -> None:
        stops.stop(Scope(programs=(tier.program_id,)))
        (mail,) = mails()
        assert mail.event_name == "restriction.imposed"
        assert stops.WORDING.public in mail.text


class TestNeutralText:
    def test_goes_once_when_the_time_has_passed_and_not_before(self, waiting: Restriction) -> None:
        after = settings.STOP_WORDING_AFTER
        with pytest.raises(NeutralTextNotDue):
            neutral(waiting, after - dt.timedelta(seconds=1))
        assert wordings.find_unworded(at=waiting.imposed_at) == []
        assert wordings.find_unworded(at=waiting.imposed_at + after) == [waiting.id]
        neutral(waiting, after)
        with pytest.raises(NeutralTextNotDue):
            neutral(waiting, after + dt.timedelta(hours=1))
        (mail,) = mails()
        assert "for the time being" in mail.text
        assert LATER.title not in mail.title + mail.text + mail.html

    def test_words_that_come_after_it_are_mailed_too_once(self, waiting: Restriction) -> None:
        neutral(waiting, settings.STOP_WORDING_AFTER)
        wordings.word(
            make.by(make.staff(Role.RESTRICTOR)),
            restriction=waiting.id,
            title="A pause",
            public="Access pauses.",
        )
        events = [mail.event_name for mail in mails()]
        assert events == ["restriction.worded_neutrally", "restriction.worded"]

    def test_is_nobodys_to_send(self, waiting: Restriction) -> None:
        late = make.by(make.staff(*Role), waiting.imposed_at + dt.timedelta(days=1))
        with pytest.raises(NeutralTextNotDue):
            wordings.word_neutrally(late, restriction=waiting.id)

    def test_a_lifted_restriction_has_none(self, waiting: Restriction) -> None:
        stops.lift(waiting)
        assert wordings.find_unworded(at=waiting.imposed_at + dt.timedelta(days=1)) == []
        with pytest.raises(RestrictionOver):
            wordings.word(
                make.by(make.staff(Role.RESTRICTOR)),
                restriction=waiting.id,
                title="A pause",
                public="Too late.",
            )

    def test_the_task_sends_what_is_due(self, tier: Tier, settings: Settings) -> None:
        settings.STOP_WORDING_AFTER = dt.timedelta(0)
        row = stops.stop(Scope(programs=(tier.program_id,)), wording=LATER)
        word_neutrally()
        word_neutrally()
        row.refresh_from_db()
        assert row.neutral_at is not None
        assert len(mails()) == 1


class TestTheConfidentialBasis:
    def test_is_in_no_event_no_mail_and_not_in_what_partners_read(
        self, tier: Tier, waiting: Restriction
    ) -> None:
        stops.stop(Scope(programs=(tier.program_id,)))
        neutral(waiting, settings.STOP_WORDING_AFTER)
        stops.lift(waiting)
        mails()
        assert Delivery.objects.exists()
        for mail in Delivery.objects.all():
            assert stops.SECRET not in mail.title + mail.text + mail.html
            if mail.organization_id is not None:
                assert "undersecretary" not in mail.title + mail.text + mail.html
        for event in AuditEvent.objects.all():
            assert "undersecretary" not in str(event.details)
        assert "undersecretary" not in str(tell(waiting))
        assert tell(waiting).basis is None

    def test_is_read_by_cleared_staff_and_that_is_recorded(self, waiting: Restriction) -> None:
        with pytest.raises(RoleMissing):
            wordings.read_basis(make.by(make.staff(Role.RESTRICTOR)), restriction=waiting.id)
        cleared = make.staff(Role.CLEARED)
        read = wordings.read_basis(make.by(cleared), restriction=waiting.id).value
        assert read.confidential_basis == stops.SECRET
        event = AuditEvent.objects.get(name="restriction.basis_read")
        assert (event.actor, event.organizations) == (cleared.key, [])


class TestWithdrawLift:
    def test_a_mistaken_request_is_undone_and_two_people_are_needed_again(
        self, tier: Tier, waiting: Restriction
    ) -> None:
        first, second = make.staff(Role.RESTRICTOR), make.staff(Role.RESTRICTOR)
        with pytest.raises(LiftNotAsked):
            restrictions.withdraw_lift(make.by(first), restriction=waiting.id)
        restrictions.lift(make.by(first), restriction=waiting.id)
        restrictions.withdraw_lift(make.by(first), restriction=waiting.id)
        asked = restrictions.lift(make.by(second), restriction=waiting.id).value
        assert asked.lifted_at is None
        assert not any(ask(grant).decision for grant in tier.grants.all())
        assert Contact.objects.count() == 1
