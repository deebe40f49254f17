"""Every status, role and step, through HTTP: who may do what, and when. Written by hand, not computed."""

from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from access.api.request_steps import STEPS
from access.choices import RequestStatus
from access.models import AccessRequest
from registry.actors import Actor, ActorKind
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from tests import make

pytestmark = pytest.mark.django_db

GRID = """
step         who                     from                           to
submit       intake,partner          draft                          submitted
take_up      intake,reviewer         submitted                      in_review
return       intake,reviewer         in_review                      returned
resubmit     intake,partner          returned                       submitted
ask          intake,reviewer         in_review                      question_open
answer       intake,partner          question_open                  in_review
hold         intake,reviewer         submitted,in_review            on_hold
resume       intake,reviewer         on_hold                        in_review
assess       reviewer                in_review,disputed             -
escalate     reviewer,countersigner  in_review,awaiting_countersignature  disputed
resolve      decider                 disputed                       in_review
approve      decider                 in_review,disputed             approved
countersign  countersigner           awaiting_countersignature      approved
decline      decider                 in_review,disputed             declined
withdraw     intake,partner          open                           withdrawn
reconsider   decider                 declined                       in_review
supersede    decider                 approved,declined              declined
"""
OPEN = {
    *("submitted", "in_review", "returned", "question_open", "on_hold", "disputed"),
    "awaiting_countersignature",
}
MOVE_NOTHING = {
    *("save", "detach", "redact"),
    *("claim", "hand_over", "assign", "release", "recuse", "override"),
    *("ask_reconsideration", "uphold"),
}
"""Acts on a request that leave its status alone; the tests of each say who may take it, and when."""
ROLES = (*Role, "partner", "stranger")
SCOPES = frozenset({"requests:read", "requests:write", "review:write"})
RULING = {"reason": "criteria_met", "applicant_text": "Read this."}
BODIES: dict[str, dict[str, Any]] = {
    "return": {"note": "Say more."},
    "resubmit": {"justification": "More."},
    "ask": {"question": "Why?"},
    "answer": {"answer": "So."},
    "hold": {"note": "Later."},
    "assess": {"finding": "supports", "reasons": "Sound."},
    "escalate": {"reason": "Unclear."},
    "resolve": {"reasons": "Clear.", "overrules": False},
    "approve": RULING,
    "decline": RULING,
    "reconsider": {"reason": "New facts."},
    "supersede": RULING | {"internal_text": "Seen anew."},
}


def read_grid() -> dict[str, tuple[set[str], set[str], str]]:
    lines = [line.split() for line in GRID.strip().splitlines()[1:]]
    return {
        step: (set(who.split(",")), OPEN if when == "open" else set(when.split(",")), to)
        for step, who, when, to in lines
    }


def as_client(role: str, row: AccessRequest) -> APIClient:
    """A program of the operator in one role, or one of the organization that asked, or of another."""
    partner = {"partner": row.organization_id, "stranger": make.organization().id}
    actor = Actor(
        ActorKind.CLIENT,
        make.user().id,
        roles=frozenset() if role in partner else frozenset({Role(role)}),
        scopes=SCOPES,
        organization_id=partner.get(role),
        client_kind=ClientKind.PARTNER if role in partner else ClientKind.STAFF,
    )
    client = APIClient()
    client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user
    return client


def expect(role: str, step: str, status: str) -> int:
    who, when, _to = read_grid()[step]
    if role == "stranger":
        return 404  # not even that there is one
    if role not in who:
        return 403
    return 200 if status in when else 409


@pytest.mark.parametrize("status", RequestStatus)
def test_every_role_and_step(status: RequestStatus) -> None:
    make.policy(assessments=0)  # what must come before a decision is another test's business
    row = make.request_in(status)
    before = AccessRequest.objects.values().get(pk=row.pk)
    wrong = []
    for role in ROLES:
        client = as_client(role, row)
        for step, (_who, _when, to) in read_grid().items():
            mark = transaction.savepoint()
            url = f"/api/v1/access-requests/{row.id}/{step}/"
            answer = client.post(url, BODIES.get(step, {}), format="json")
            after = AccessRequest.objects.values().get(pk=row.pk)
            expected = expect(role, step, status)
            reached = status.value if to == "-" else to
            held = after == before if expected != 200 else after["status"] == reached
            if (answer.status_code, held) != (expected, True):
                wrong.append((role, step, answer.status_code, expected, answer.data))
            transaction.savepoint_rollback(mark)
    assert wrong == []


def test_the_grid_names_every_step_that_the_api_takes() -> None:

    assert set(read_grid()) | MOVE_NOTHING == set(STEPS)
    statuses = {status for _who, when, _to in read_grid().values() for status in when}
    assert statuses == set(RequestStatus) - {"withdrawn"}
