"""The deny list: two people's act, that warns those who decide or refuses the request itself."""

from dataclasses import replace
from typing import Any

import pytest
from rest_framework.test import APIClient

from access.choices import DenyEffect, RequestStatus
from access.models import AccessRequest, DenyEntry, Tier
from access.operations import deny_list, requests, reviews
from access.operations.deny_list import (
    DenyEntryInForce,
    DenyEntryKnown,
    DenyEntryWithdrawn,
    DenyListed,
    OwnDenyEntry,
    ReasonNeeded,
)
from access.queries.denials import denials_of
from registry.actors import Actor
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.errors import WorldsApart
from registry.models import AIModel, AuditEvent, Organization
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db


def propose(of: Organization, effect: DenyEffect, model: AIModel | None = None) -> DenyEntry:
    return deny_list.propose(
        make.by(make.staff(Role.RESTRICTOR)),
        organization=of.id,
        ai_model=None if model is None else model.id,
        effect=effect,
        reason="Its owner is not known.",
    ).value


def enact(entry: DenyEntry) -> DenyEntry:
    return deny_list.enact(make.by(make.staff(Role.RESTRICTOR)), entry=entry.id).value


def submit(row: AccessRequest) -> AccessRequest:
    return requests.submit(make.by(make.staff(Role.INTAKE)), request=row.id).value


class TestPropose:
    def test_bars_nothing_until_another_puts_it_in_force(self) -> None:
        row = make.draft()
        entry = propose(row.organization, DenyEffect.REFUSE)
        submit(row)
        with pytest.raises(OwnDenyEntry):
            deny_list.enact(make.by(make.same(entry.proposed_by, Role.RESTRICTOR)), entry=entry.id)
        enact(entry)
        with pytest.raises(DenyEntryInForce):
            enact(entry)

    def test_what_cannot_be_meant_is_refused(self) -> None:
        organization = make.organization(synthetic=True)
        with pytest.raises(WorldsApart):
            propose(organization, DenyEffect.WARN, make.ai_model())
        with pytest.raises(ReasonNeeded):
            deny_list.propose(
                make.by(make.staff(Role.RESTRICTOR)),
                organization=organization.id,
                effect=DenyEffect.WARN,
                reason=" ",
            )
        with pytest.raises(RoleMissing):
            deny_list.propose(
                make.by(make.staff(Role.INTAKE)),
                organization=organization.id,
                effect=DenyEffect.WARN,
                reason="?",
            )
        propose(organization, DenyEffect.WARN)
        with pytest.raises(DenyEntryKnown):
            propose(organization, DenyEffect.WARN)

    def test_its_reason_stays_out_of_the_record(self) -> None:
        enact(propose(make.organization(), DenyEffect.WARN))
        events = AuditEvent.objects.filter(name__startswith="deny_entry.")
        assert events.count() == 2
        for event in events:
            assert "owner" not in str(event.details)
            assert event.organizations == []


class TestRefuse:
    def test_the_submission_is_refused_and_says_nothing_of_why(self) -> None:
        row = make.draft()
        enact(propose(row.organization, DenyEffect.REFUSE, row.tier.ai_models.get()))
        with pytest.raises(DenyListed) as refused:
            submit(row)
        assert "owner" not in str(refused.value)
        assert refused.value.values == {}
        row.refresh_from_db()
        assert row.status == RequestStatus.DRAFT

    def test_another_model_and_another_organization_are_not_barred(self, tier: Tier) -> None:
        row, other = make.draft(None, tier), make.draft(None, tier)
        enact(propose(row.organization, DenyEffect.REFUSE, make.ai_model()))
        enact(propose(make.organization(), DenyEffect.REFUSE))
        assert submit(row).status == submit(other).status == RequestStatus.SUBMITTED

    def test_what_was_submitted_before_cannot_be_approved(self) -> None:
        row = make.assessed()
        enact(propose(row.organization, DenyEffect.REFUSE))
        with pytest.raises(DenyListed):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
            )

    def test_neither_can_an_approval_be_countersigned(self) -> None:
        row = make.awaiting_countersignature()
        enact(propose(row.organization, DenyEffect.REFUSE))
        with pytest.raises(DenyListed):
            reviews.countersign(make.by(make.staff(Role.COUNTERSIGNER)), request=row.id)

    def test_once_withdrawn_it_bars_nothing(self) -> None:
        row = make.draft()
        entry = enact(propose(row.organization, DenyEffect.REFUSE))
        restrictor = make.staff(Role.RESTRICTOR)
        deny_list.withdraw(make.by(restrictor), entry=entry.id, reason="Answered.")
        assert submit(row).status == RequestStatus.SUBMITTED
        with pytest.raises(DenyEntryWithdrawn):
            deny_list.withdraw(make.by(restrictor), entry=entry.id, reason="Again.")

    @pytest.fixture
    def tier(self) -> Tier:
        return make.tier()


class TestWarn:
    def test_the_request_goes_on_and_those_who_decide_are_warned(self) -> None:
        row = make.draft()
        entry = enact(propose(row.organization, DenyEffect.WARN))
        submit(row)
        event = AuditEvent.objects.get(name="access_request.submitted")
        assert event.details["deny_entries"] == [str(entry.id)]
        assert list(denials_of(row.organization_id, row.tier)) == [entry]


def call(by: Actor, method: str, path: str = "", body: object = None) -> tuple[int, Any]:
    """The status and the body, without a socket."""
    client = APIClient()
    client.force_authenticate(user=Caller(by))  # type: ignore[arg-type]  # our caller is no user
    url = f"/api/v1/deny-entries/{path}"
    answer = client.get(url) if method == "GET" else client.post(url, body, format="json")
    return answer.status_code, answer.json()


def tooling() -> Actor:
    scope, kind = "restrictions:write", ClientKind.STAFF
    found = make.client(make.developer(), scope, kind=kind)
    return replace(found, roles=frozenset({Role.RESTRICTOR}))


class TestApi:
    def test_one_proposes_another_enacts_any_withdraws(self) -> None:
        one, other = tooling(), tooling()
        model = make.ai_model()
        said = {
            "organization": make.organization("listed").slug,
            "model": model.slug,
            "effect": "refuse",
            "reason": "Its owner is not known.",
        }
        status, entry = call(one, "POST", body=said)
        assert (status, entry["enacted_at"]) == (201, None)
        assert {name: entry[name] for name in said} == said
        assert call(one, "POST", f"{entry['id']}/enact/")[1]["code"] == "own_deny_entry"
        assert call(other, "POST", f"{entry['id']}/enact/")[1]["enacted_at"]
        assert [row["reason"] for row in call(one, "GET")[1]["results"]] == [said["reason"]]
        reason = {"reason": "It was shown."}
        assert call(one, "POST", f"{entry['id']}/withdraw/", reason)[1]["withdrawn_at"]
        unknown = call(one, "POST", body=said | {"model": "unheard-of"})
        assert (unknown[0], unknown[1]["code"]) == (404, "not_found")

    def test_is_nothing_for_partners(self) -> None:
        partner = make.client(make.organization(), "grants:read")
        propose(make.organization(), DenyEffect.WARN)
        assert [call(partner, method)[0] for method in ("GET", "POST")] == [403, 403]
