"""The four gates, apart: what each comes to, what binding ones do to grants, and what silence does not."""

import datetime as dt
from typing import Any

import pytest
from django.utils.timezone import now

from access.choices import (
    AuthorizationKind,
    GateName,
    GateStanding,
    LegalForce,
    NeedKind,
    RevocationReason,
    Stance,
)
from access.models import AccessRequest, Consultation, Grant
from access.operations import authorizations, consultations, grants, positions, reviews
from access.operations.authorizations import Authorized
from access.operations.positions import About
from access.queries.decisions import Asked, evaluate
from access.queries.gates import gates_of_grant, gates_of_requests
from access.queries.invariants import binding_gates_are_written_as_they_stand
from access.stages.gates import Gate
from notifications.operations import notices
from notifications.operations.entries import Told
from notifications.operations.notices import Notified
from registry.actors import SYSTEM
from registry.choices import Role
from registry.models import Authority
from tests import make
from tests import positions as making

pytestmark = pytest.mark.django_db
EXPORT = {"export": {"when": "request.tier != 'none'", "binding": True}}


def gate(row: AccessRequest, name: GateName) -> Gate:
    found = gates_of_requests([row], make.staff(Role.DECIDER), at=now())[row.id]
    return next(one for one in found if one.name is name)


def granted(row: AccessRequest) -> Grant:
    reviews.approve(make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling())
    return Grant.objects.get(request=row)


def allows(grant: Grant) -> bool:
    asked = Asked(grant.organization.slug, grant.tier.ai_models.get().slug, "invoke")
    return evaluate(asked).answer.decision


def licensed(issuer: Any, row: AccessRequest, **more: Any) -> Any:
    return authorizations.attach(
        make.by(make.staff(Role.AUTHORITY_DESK)),
        authorized=Authorized(
            AuthorizationKind.EXPORT_LICENSE,
            issuer.id,
            "D-1",
            program=row.tier.program_id,
            **more,
        ),
    ).value


class TestGovernment:
    def test_silence_opens_nothing_and_a_later_objection_closes_what_is_granted(self) -> None:
        body = making.authority()
        slug = body.organization.slug
        row = making.request(gates={"government": {"asked": [slug], "binding": True}})
        assert gate(row, GateName.GOVERNMENT).standing is GateStanding.NOT_KNOWN
        asked = consultations.consult(
            make.by(make.staff(Role.AUTHORITY_DESK)),
            authority=body.id,
            about=About(program=row.tier.program_id),
            question="Do you object?",
            answer_by=now() + dt.timedelta(days=9),
        ).value
        assert gate(row, GateName.GOVERNMENT).standing is GateStanding.NOT_KNOWN
        grant = granted(row)
        assert not allows(grant)

        def answer(stance: Stance) -> None:
            positions.supersede(
                make.by(make.staff(Role.AUTHORITY_DESK)),
                position=asked.position_id,
                stated=making.stated(stance, LegalForce.ORDER),
            )

        answer(Stance.NO_OBJECTION)
        assert Consultation.objects.get().answered
        assert gate(row, GateName.GOVERNMENT).standing is GateStanding.OPEN
        assert allows(grant)
        answer(Stance.OBJECTS)
        assert gate(row, GateName.GOVERNMENT).standing is GateStanding.CLOSED
        assert not allows(grant)
        need = grant.needs.as_of(now()).get(kind=NeedKind.GATE)
        assert need.explanation == {"gate": "government"}  # the holder reads no position
        assert list(binding_gates_are_written_as_they_stand()) == []


class TestExport:
    def test_an_authorization_opens_it_until_its_end_and_its_withdrawal_closes_it(self) -> None:
        row = making.request(gates=EXPORT)
        grant = granted(row)
        assert gate(row, GateName.EXPORT).standing is GateStanding.CLOSED
        assert not allows(grant)
        end = now() + dt.timedelta(days=30)
        attached = licensed(making.authority(), row, ends_at=end)
        found = gate(row, GateName.EXPORT)
        assert (found.standing, found.until) == (GateStanding.OPEN, end)
        assert allows(grant)
        assert [need.standing for need in grant.needs.as_of(end)] == ["not_met"]
        authorizations.withdraw(
            make.by(make.staff(Role.AUTHORITY_DESK)),
            authorization=attached.id,
            reason="Revoked by the issuer.",
        )
        assert not allows(grant)
        endless = licensed(making.authority(), row)
        assert allows(grant)
        authorizations.withdraw(
            make.by(make.staff(Role.AUTHORITY_DESK)), authorization=endless.id, reason="Revoked."
        )
        assert not allows(grant)
        assert list(binding_gates_are_written_as_they_stand()) == []


class TestApart:
    def test_the_four_are_told_apart_and_to_staff_only(self) -> None:
        row = make.assessed()
        found = gates_of_requests([row], make.staff(Role.REVIEWER), at=now())[row.id]
        assert [(one.name, one.standing) for one in found] == [
            (GateName.VETTING, GateStanding.NOT_KNOWN),
            (GateName.GOVERNMENT, GateStanding.NOT_NEEDED),
            (GateName.EXPORT, GateStanding.NOT_NEEDED),
            (GateName.AUTHORITY, GateStanding.NOT_NEEDED),
        ]
        assert gates_of_requests([row], make.client(row.organization), at=now()) == {}
        grant = granted(row)
        assert gates_of_grant(grant, make.client(row.organization), at=now()) == ()
        first = gates_of_grant(grant, make.staff(Role.REVIEWER), at=now())[0]
        assert first.standing is GateStanding.OPEN

    def test_the_authority_gate_opens_with_that_bodys_own_access(self) -> None:
        body = making.authority()
        bodies = [{"authority": body.organization.slug, "tie": "access"}]
        row = making.request(gates={"authority": {"bodies": bodies, "binding": False}})
        assert gate(row, GateName.AUTHORITY).standing is GateStanding.CLOSED
        make.grant(body.organization, make.tier(None, *row.tier.ai_models.all()))
        assert gate(row, GateName.AUTHORITY).standing is GateStanding.OPEN


def tied(tie: str) -> tuple[Authority, AccessRequest]:
    """A body, and a request whose grant waits until that body has access or was notified."""
    body = making.authority()
    bodies = [{"authority": body.organization.slug, "tie": tie}]
    return body, making.request(gates={"authority": {"bodies": bodies, "binding": True}})


class TestAuthorityThatBinds:
    def test_a_grant_is_closed_until_the_body_has_access_and_again_when_it_has_none(self) -> None:
        body, row = tied("access")
        grant = granted(row)
        assert not allows(grant)
        assert grant.needs.as_of(now()).get().explanation == {"gate": "authority"}
        end = now() + dt.timedelta(days=9)
        own = make.grant(
            body.organization, make.tier(None, *row.tier.ai_models.all()), ends_at=end
        )
        assert allows(grant)
        assert [need.standing for need in grant.needs.as_of(end)] == ["not_met"]
        shown = next(
            one
            for one in gates_of_grant(grant, make.staff(Role.REVIEWER), at=now())
            if one.name is GateName.AUTHORITY
        )
        assert (shown.standing, shown.until, shown.binding) == (GateStanding.OPEN, end, True)
        for suspends in (True, False):
            act = grants.suspend if suspends else grants.reinstate
            act(make.by(make.staff(Role.RESTRICTOR)), grant=own.id, reason="Looked at.")
            assert allows(grant) is not suspends
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=own.id, reason=RevocationReason.MISUSE
        )
        assert not allows(grant)
        assert list(binding_gates_are_written_as_they_stand()) == []

    def test_access_that_begins_later_opens_it_then(self) -> None:
        body, row = tied("access")
        grant = granted(row)
        start = now() + dt.timedelta(days=3)
        make.grant(body.organization, make.tier(None, *row.tier.ai_models.all()), starts_at=start)
        assert not allows(grant)
        assert [need.standing for need in grant.needs.as_of(start)] == ["met"]
        assert list(binding_gates_are_written_as_they_stand()) == []

    def test_no_body_waits_for_itself(self) -> None:
        body, row = tied("access")
        own = make.assessed(body.organization, row.tier)
        assert gate(own, GateName.AUTHORITY).standing is GateStanding.NOT_NEEDED
        grant = granted(row)
        assert allows(granted(own))
        assert allows(grant)

    def test_a_notice_opens_it_for_good(self) -> None:
        body, row = tied("notified")
        grant = granted(row)
        assert not allows(grant)
        model = row.tier.ai_models.get()
        notices.record(
            make.by(make.staff(Role.AUTHORITY_DESK)),
            notified=Notified(authority=body.id, notifier=model.developer_id, ai_model=model.id),
            told=Told(title="Notice", words="Told.", happened_at=make.MORNING),
        )
        assert allows(grant)
        assert list(binding_gates_are_written_as_they_stand()) == []


class TestConsult:
    def test_no_answer_in_time_is_told_once_and_stays_awaited(self) -> None:
        row = make.assessed()
        due = now() + dt.timedelta(days=1)
        asked = consultations.consult(
            make.by(make.staff(Role.AUTHORITY_DESK)),
            authority=making.authority().id,
            about=About(request=row.id),
            question="Do you object?",
            answer_by=due,
        ).value
        assert consultations.find_overdue(at=now()) == []
        assert consultations.find_overdue(at=due) == [asked.id]
        consultations.tell_overdue(make.by(SYSTEM, due), consultation=asked.id)
        assert consultations.find_overdue(at=due) == []
        with pytest.raises(consultations.NotOverdue):
            consultations.tell_overdue(make.by(SYSTEM, due), consultation=asked.id)
        said = asked.position.versions.current().get(valid__upper_inf=True)
        assert said.stance == Stance.AWAITING
