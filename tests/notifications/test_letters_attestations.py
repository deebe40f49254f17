"""Mails about attestations: to whom, and what of the review is told."""

import pytest

from notifications.queries.audiences import AUDIENCES
from notifications.queries.letters import write_letter
from registry.choices import AttestationFinding, Role
from registry.models import AuditEvent
from registry.operations import attestations
from tests import eligible, make

pytestmark = pytest.mark.django_db


def test_a_refusal_is_told_to_the_holder_with_its_reason() -> None:
    row = eligible.handed_in(make.organization(), eligible.scheme())
    attestations.review(
        make.by(make.staff(Role.REVIEWER)),
        attestation=row.id,
        finding=AttestationFinding.REFUSED,
        note="The last page is missing.",
    )
    event = AuditEvent.objects.get(name="attestation.refused")
    assert AUDIENCES[event.name].contacts
    assert "The last page is missing." in write_letter(event, to=row.organization_id).text
