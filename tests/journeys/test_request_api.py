"""A request with a form over the API: read what is asked, draft, attach, see what is missing, hand it in, change it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from access.models import Tier
from access.operations import requests, reviews
from registry.actors import Actor
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import Organization
from tests import forms, make

pytestmark = pytest.mark.django_db
OWN = ("registry:read", "requests:read", "requests:write")


def program(actor: Actor) -> APIClient:
    client = APIClient()
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client


@pytest.fixture
def organization() -> Organization:
    return make.organization()


@pytest.fixture
def partner(organization: Organization) -> APIClient:
    return program(make.client(organization, *OWN))


@pytest.fixture
def tier() -> Tier:
    return forms.tier()


def post(client: APIClient, path: str, body: Any = None, status: int = 200) -> Any:
    answer = client.post(path, body or {}, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def draft(client: APIClient, tier: Tier, **more: Any) -> str:
    body = {"program": tier.program.slug, "tier": tier.slug, "purpose": "use"} | more
    return f"/api/v1/access-requests/{post(client, '/api/v1/access-requests/', body, 201)['id']}/"


def test_from_the_form_to_a_changed_request(
    partner: APIClient, tier: Tier, settings: Settings, tmp_path: Path
) -> None:
    settings.STORAGE = tmp_path
    asked = partner.get(f"/api/v1/programs/{tier.program.slug}/tiers/{tier.slug}/form/").json()
    assert [field["key"] for field in asked["document"]["fields"]][:2] == ["team", "use"]
    jsonschema.validate(forms.ANSWERS, asked["json_schema"])

    path = draft(partner, tier, answers={"people": 0})
    row = partner.get(path).json()
    assert (row["status"], row["whose_turn"]) == ("draft", "organization")
    assert row["next_steps"] == ["submit", "save", "attach", "detach", "copy"]
    assert {(one["field"], one["code"]) for one in row["problems"]} == {
        ("justification", "missing"),
        ("team", "missing"),
        ("use", "missing"),
        ("people", "too_small"),
    }
    assert row["answers"] == {"people": 0}

    refused = post(partner, f"{path}submit/", status=400)
    assert refused["code"] == "answers_incomplete"
    assert len(refused["values"]["problems"]) == 4

    saved = post(
        partner, f"{path}save/", {"answers": forms.ANSWERS, "justification": "We defend."}
    )
    assert (saved["problems"], saved["form"]["edition"]) == ([], 1)
    assert partner.get(saved["form"]["url"]).json()["sha256"] == asked["sha256"]
    upload = {"file": SimpleUploadedFile("plan.pdf", forms.PDF), "field": "plan"}
    attached = partner.post(f"{path}attach/", upload, format="multipart")
    assert (attached.status_code, attached.json()["scan_state"]) == (201, "not_scanned")
    got = partner.get(attached.json()["url"])
    assert (got.content, got["Content-Type"]) == (forms.PDF, "application/pdf")
    assert post(partner, f"{path}submit/")["whose_turn"] == "operator"

    reviewer = make.staff(Role.REVIEWER)
    pk = path.split("/")[-2]
    requests.take_up(make.by(reviewer), request=pk)  # type: ignore[arg-type]  # as a program writes it
    requests.return_(make.by(reviewer), request=pk, note="How many?")  # type: ignore[arg-type]
    row = partner.get(path).json()
    assert (row["clock"]["running"], row["clock"]["pauses"][0]["kind"]) == (False, "returned")
    assert row["clock"]["paused_since"]
    post(partner, f"{path}resubmit/", {"answers": {"people": 9}})
    first, second = partner.get(f"{path}submissions/").json()["results"]
    assert first["changes"] == []
    assert second["changes"] == [{"field": "people", "name": "People", "before": 4, "after": 9}]


def test_staff_tooling_reads_what_its_stages_may_and_acts_on_evidence(
    partner: APIClient, tier: Tier, organization: Organization
) -> None:
    path = draft(partner, tier, answers=forms.ANSWERS, justification="We defend.")
    post(partner, f"{path}submit/")
    staff = make.client(make.organization(), *OWN, kind=ClientKind.STAFF)
    tooling = {
        role: program(replace(staff, roles=frozenset({role})))
        for role in (Role.REVIEWER, Role.DECIDER, Role.INTAKE)
    }
    assert "incidents" not in tooling[Role.REVIEWER].get(path).json()["answers"]
    assert tooling[Role.DECIDER].get(path).json()["answers"]["incidents"] == "One in May."
    stranger = program(make.client(make.organization(), *OWN))
    for address in (path, f"{path}submissions/"):
        assert stranger.get(address).status_code == 404
    body: dict[str, Any] = {
        "organization": organization.slug,
        "program": tier.program.slug,
        "tier": tier.slug,
        "purpose": "evaluation",
    }
    refused = post(tooling[Role.INTAKE], "/api/v1/access-requests/", body, 400)
    assert refused["code"] == "on_behalf_evidence_missing"
    body |= {"asked": {"by": "Ann", "evidence": "Letter of 29 June"}}
    made = post(tooling[Role.INTAKE], "/api/v1/access-requests/", body, 201)
    seen = partner.get(f"/api/v1/access-requests/{made['id']}/").json()
    assert seen["on_behalf"]["asked_by"] == "Ann"


def test_a_partner_is_told_of_its_own_earlier_requests_and_of_nobody_elses(
    partner: APIClient, tier: Tier
) -> None:
    path = draft(partner, tier, answers=forms.ANSWERS, justification="We defend.")
    post(partner, f"{path}submit/")
    pk = path.split("/")[-2]
    reviewer, decider = make.staff(Role.REVIEWER), make.staff(Role.DECIDER)
    requests.take_up(make.by(reviewer), request=pk)  # type: ignore[arg-type]
    reviews.assess(make.by(reviewer), request=pk, finding="supports", reasons="Sound.")  # type: ignore[arg-type]
    reviews.decline(make.by(decider), request=pk, ruling=make.ruling())  # type: ignore[arg-type]
    make.submitted(None, make.tier(tier.program))
    copied = post(partner, f"{path}copy/", status=201)
    assert copied["copied_from"] == pk
    assert copied["answers"] == forms.ANSWERS
    (known,) = copied["related"]
    assert (known["kind"], known["tie"], known["id"]) == ("declined", "itself", pk)


def test_a_draft_is_discarded_once_and_what_was_handed_in_never(
    partner: APIClient, tier: Tier
) -> None:
    address = draft(partner, tier, answers=forms.ANSWERS)
    assert (
        program(make.client(make.organization(), *OWN)).post(f"{address}discard/").status_code
        == 404
    )
    answer = partner.post(f"{address}discard/", headers={"Idempotency-Key": "once"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (
        partner.post(f"{address}discard/", headers={"Idempotency-Key": "once"}).status_code == 204
    )
    assert partner.get(address).status_code == 404
    address = draft(partner, tier, answers=forms.ANSWERS, justification="We defend.")
    post(partner, f"{address}submit/")
    refused = post(partner, f"{address}discard/", status=409)
    assert refused["code"] == "not_a_draft"


def test_a_form_is_proposed_by_one_and_put_in_force_by_another(tier: Tier) -> None:
    staff = [
        make.client(make.organization(), "review:write", "registry:read", kind=ClientKind.STAFF)
        for _ in range(2)
    ]
    ada, abel = (program(replace(actor, roles=frozenset({Role.ADMINISTRATOR}))) for actor in staff)
    said = {"program": tier.program.slug, "tier": tier.slug}
    wrong = post(ada, "/api/v1/request-forms/", said | {"yaml": "title: ["}, status=400)
    assert wrong["code"] == "form_unreadable"
    document = {"title": "Anew", "fields": [{"key": "team", "type": "text", "label": "Who?"}]}
    made = post(ada, "/api/v1/request-forms/", said | {"document": document}, status=201)
    address = f"/api/v1/request-forms/{made['id']}/"
    assert made["enacted_at"] is None
    refused = post(ada, f"{address}enact/", status=403)
    assert refused["code"] == "own_edition"
    assert post(abel, f"{address}enact/")["enacted_at"] is not None
    shown = abel.get(f"/api/v1/programs/{tier.program.slug}/tiers/{tier.slug}/form/")
    assert shown.json()["edition"] == made["number"]
    outside = program(make.client(make.organization(), *OWN))
    assert outside.get(address).status_code == 403
