"""Reconsideration of a refusal: asked for once and in time, due by its own clock, ruled on by others."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from rest_framework.test import APIClient

from access.choices import ExpansionStatus, RequestStatus
from access.events import Event
from access.models import AccessRequest, Reconsideration
from access.operations import (
    attachments,
    expansions,
    reconsiderations,
    requests,
    reviews,
    supersessions,
)
from access.operations.on_behalf import Asked, EvidenceMissing
from access.policies import OwnDecision
from access.queries.reconsiderations import find_overdue
from access.workflow import StepNotOpen
from notifications.queries.audiences import find_recipients
from notifications.queries.letters import write_letter
from registry.actors import SYSTEM, Actor
from registry.api.authentication import Caller
from registry.choices import ClientKind, FileKind, Role
from registry.errors import NotFound
from registry.models import AuditEvent
from registry.operations.stored_files import Upload
from registry.policies import RoleMissing
from tests import make, stages

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TERMS = {"working_days": 5, "calendar": "us", "by": ["decider"], "within_days": 30}


def policy(**terms: Any) -> dict[str, Any]:
    return stages.document(
        stages.stage("assessment"),
        stages.stage("decision", "decision", after=["assessment"]),
        reconsideration=TERMS | terms,
    )


def declined(said: dict[str, Any] | None = None) -> tuple[AccessRequest, Actor]:
    """A request that was declined under the policy, and by whom."""
    row, decider = stages.in_review(said or policy()), make.staff(Role.DECIDER)
    stages.find(row, "assessment")
    reviews.decline(make.by(decider), request=row.id, ruling=make.ruling())
    row.refresh_from_db()
    return row, decider


def ask(row: AccessRequest, *, at: dt.datetime = make.MORNING, by: Actor | None = None) -> None:
    partner = by or make.client(row.organization, "requests:write")
    reconsiderations.ask_reconsideration(
        make.by(partner, at), request=row.id, reasons="The data center has moved."
    )


class TestAsking:
    def test_the_organization_is_told_by_when_and_those_who_rule_too(self) -> None:
        row, _decider = declined()
        event = AuditEvent.objects.get(name=Event.REQUEST_DECLINED)
        told = write_letter(event, to=row.organization_id).text
        assert "ask once for a reconsideration of this decision, until 31 July 2026" in told
        ask(row)
        row.refresh_from_db()
        assert row.status == RequestStatus.DECLINED
        event = AuditEvent.objects.get(name=Event.RECONSIDERATION_ASKED)
        letter = write_letter(event, to=row.organization_id).text
        assert (
            "10 July 2026, 04:00 UTC" in letter
        )  # five working days, the Fourth of July observed
        assert "data center" not in letter

    def test_once_a_decision(self) -> None:
        row, _decider = declined()
        ask(row)
        with pytest.raises(reconsiderations.ReconsiderationAsked, match="2026-07-01"):
            ask(row, at=make.MORNING + DAY)

    def test_a_late_one_is_refused_with_the_date(self) -> None:
        row, _decider = declined()
        with pytest.raises(reconsiderations.ReconsiderationTooLate, match="2026-07-31T09:00"):
            ask(row, at=make.MORNING + 30 * DAY)
        ask(row, at=make.MORNING + 30 * DAY - dt.timedelta(seconds=1))

    def test_what_is_not_offered_or_not_declined_or_asked_for_anew_is_refused(self) -> None:
        other = make.declined()
        with pytest.raises(reconsiderations.ReconsiderationNotOffered):
            ask(other)
        with pytest.raises(StepNotOpen):
            ask(make.in_review())
        row, _decider = declined()
        make.submitted(row.organization, row.tier)
        with pytest.raises(requests.RequestAlreadyOpen):
            ask(row)

    def test_another_organization_sees_nothing_and_intake_needs_evidence(self) -> None:
        row, _decider = declined()
        with pytest.raises(NotFound):
            ask(row, by=make.client(make.organization(), "requests:write"))
        with pytest.raises(EvidenceMissing):
            ask(row, by=make.staff(Role.INTAKE))
        with pytest.raises(RoleMissing):
            ask(row, by=make.staff(Role.DECIDER))
        reconsiderations.ask_reconsideration(
            make.by(make.staff(Role.INTAKE)),
            request=row.id,
            reasons="By telephone.",
            asked=Asked(by="The director", evidence="A call on 1 July"),
        )
        assert Reconsideration.objects.get().asked_of == "The director"

    def test_files_are_added_while_it_waits(self, settings: Any, tmp_path: Any) -> None:
        settings.MEDIA_ROOT = tmp_path
        row, _decider = declined()
        partner = make.client(row.organization, "requests:write")
        file = Upload("plan.txt", b"It has moved.")
        with pytest.raises(attachments.AttachmentNotTaken):
            attachments.attach(make.by(partner), request=row.id, upload=file)
        ask(row)
        found = attachments.attach(make.by(partner), request=row.id, upload=file).value
        assert found.kind == FileKind.TEXT


class TestRuling:
    def test_by_others_than_those_who_decided(self) -> None:
        row, decider = declined()
        with pytest.raises(reconsiderations.NoReconsideration):
            reconsiderations.uphold(make.by(decider), request=row.id, applicant_text="No.")
        ask(row)
        acts: tuple[Callable[[], object], ...] = (
            lambda: reconsiderations.uphold(
                make.by(decider), request=row.id, applicant_text="No."
            ),
            lambda: reconsiderations.reconsider(make.by(decider), request=row.id, reason="Yes."),
        )
        for act in acts:
            with pytest.raises(OwnDecision):
                act()
        with pytest.raises(ProgrammingError, match="who decided"), transaction.atomic():
            row.reconsiderations.update(
                outcome="upheld", ruled_by=decider.key, ruled_at=make.MORNING
            )

    def test_upheld_the_decision_stands_and_the_organization_is_told_why(self) -> None:
        row, _decider = declined()
        ask(row)
        reconsiderations.uphold(
            make.by(make.staff(Role.DECIDER)), request=row.id, applicant_text="It has not moved."
        )
        row.refresh_from_db()
        assert (row.status, row.decisions.count()) == (RequestStatus.DECLINED, 1)
        event = AuditEvent.objects.get(name=Event.RECONSIDERATION_UPHELD)
        assert "It has not moved." in write_letter(event, to=row.organization_id).text
        with pytest.raises(reconsiderations.ReconsiderationAsked):
            ask(row)

    def test_reopened_a_new_decision_supersedes_and_may_be_reconsidered_itself(self) -> None:
        row, decider = declined()
        ask(row)
        other = make.staff(Role.DECIDER)
        reconsiderations.reconsider(make.by(other), request=row.id, reason="It has moved.")
        assert Reconsideration.objects.get().outcome == "reopened"
        reviews.decline(make.by(other), request=row.id, ruling=make.ruling())
        first, second = row.decisions.order_by("number")
        assert second.supersedes == first
        assert (first.decided_by, first.outcome) == (decider.key, "declined")
        ask(row)

    def test_a_superseded_refusal_leaves_it_pending_on_its_own_decision(self) -> None:
        row, _decider = declined()
        ask(row)
        supersessions.supersede(
            make.by(make.staff(Role.DECIDER)),
            request=row.id,
            ruling=make.ruling(internal_text="Better words."),
        )
        with pytest.raises(reconsiderations.ReconsiderationAsked):
            ask(row)
        reconsiderations.uphold(
            make.by(make.staff(Role.DECIDER)), request=row.id, applicant_text="It stands."
        )


class TestItsClock:
    def test_a_crossing_is_told_once_and_decides_nothing(self) -> None:
        row, _decider = declined()
        ask(row)
        assert find_overdue(at=make.MORNING + 7 * DAY) == []
        late = make.MORNING + 60 * DAY
        (found,) = find_overdue(at=late)
        reconsiderations.announce_overdue(make.by(SYSTEM, late), reconsideration=found)
        assert find_overdue(at=late + DAY) == []
        with pytest.raises(reconsiderations.NoReconsideration):
            reconsiderations.announce_overdue(make.by(SYSTEM, late), reconsideration=found)
        event = AuditEvent.objects.get(name=Event.RECONSIDERATION_OVERDUE)
        person = make.user()
        person.role_holdings.create(role=Role.DECIDER, given_by="x", given_at=make.MORNING)
        assert [to.address for to in find_recipients(event)] == [person.email]
        assert "nothing is decided by silence" in write_letter(event, to=None).text
        row.refresh_from_db()
        assert row.status == RequestStatus.DECLINED

    def test_only_the_clock_announces(self) -> None:
        row, _decider = declined()
        ask(row)
        with pytest.raises(reconsiderations.ReconsiderationOfTheClock):
            reconsiderations.announce_overdue(
                make.by(make.staff(Role.DECIDER)), reconsideration=row.reconsiderations.get().id
            )


class TestInAnExpansion:
    def test_a_closed_envelope_is_open_again_over_a_line_that_is(self) -> None:
        row, _decider = declined()
        intake = make.staff(Role.INTAKE)
        envelope = expansions.propose(
            make.by(intake),
            slug="wave",
            name="Wave",
            program=row.tier.program_id,
            tier=row.tier_id,
            rationale="Many.",
        ).value
        expansions.add_line(make.by(intake), expansion=envelope.id, request=row.id)
        expansions.close(make.by(intake), expansion=envelope.id)
        reconsiderations.reconsider(
            make.by(make.staff(Role.DECIDER)), request=row.id, reason="New facts."
        )
        envelope.refresh_from_db()
        assert (envelope.status, envelope.closed_at) == (ExpansionStatus.OPEN, None)
        event = AuditEvent.objects.get(name=Event.EXPANSION_REOPENED)
        assert "open again" in write_letter(event, to=None).text


class TestOverTheApi:
    def test_a_partner_asks_and_reads_what_came_of_it(self) -> None:
        row, _decider = declined()
        api, desk = APIClient(), APIClient()
        partner = make.client(row.organization, "requests:read", "requests:write")
        api.force_authenticate(user=Caller(partner))  # type: ignore[arg-type]  # our caller is no user
        url = f"/api/v1/access-requests/{row.id}/"
        assert api.get(url).json()["reconsideration"]["asked_at"] is None
        row.decisions.update(decided_at=dt.datetime.now(dt.UTC))
        assert api.get(url).json()["reconsideration"]["may_ask"] is True
        answer = api.post(f"{url}ask_reconsideration/", {"reasons": "New."}, format="json")
        assert answer.status_code == 200, answer.json()
        assert answer.json()["reconsideration"]["outcome"] is None
        again = api.post(f"{url}ask_reconsideration/", {"reasons": "New."}, format="json")
        assert (again.status_code, again.json()["code"]) == (409, "reconsideration_asked")
        assert api.post(f"{url}uphold/", {"applicant_text": "No."}).status_code == 403
        staff = make.client(make.organization(), "review:write", kind=ClientKind.STAFF)
        tool = replace(staff, roles=frozenset({Role.DECIDER}))
        desk.force_authenticate(user=Caller(tool))  # type: ignore[arg-type]
        assert desk.post(f"{url}uphold/", {"applicant_text": "It stands."}).status_code == 200
        read = api.get(url).json()["reconsideration"]
        assert (read["outcome"], read["text"]) == ("upheld", "It stands.")
