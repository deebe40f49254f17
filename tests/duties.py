"""What tests of duties need to exist: rules in force, incidents, authorities with a mandate, open obligations.

Rows are laid down as the operations would leave them, so that a test of one operation rests on no other.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from notifications.models import Obligation
from registry.actors import SYSTEM, Actor
from registry.choices import Anchor, Channel, JurisdictionKind, Role, SubjectOrigin
from registry.commands import read_clock
from registry.models import (
    Authority,
    Incident,
    IncidentVersion,
    Jurisdiction,
    Mandate,
    ObligationRule,
    Organization,
)
from registry.operations import authorities
from registry.operations.authorities import Competent
from registry.operations.jurisdictions import register as register_jurisdiction
from registry.versions import open_version, span
from tests import make

DAY = dt.timedelta(days=1)


def desk() -> Actor:
    """A new member of the authority desk."""
    return make.staff(Role.AUTHORITY_DESK)


def rule(slug: str = "test-rule", **more: Any) -> ObligationRule:
    """An edition in force, of the shape that `registry.rules` reads."""
    document = {
        "slug": slug,
        "regime": "gpai-code",
        "title": "A duty of the tests",
        "citation": "Test Act, Article 1",
        "bindingness": "law",
        "binds": {"who": "whoever is tested", "operator": True, "condition": "true"},
        "trigger": "incident",
        "condition": "true",
        "anchors": ["aware"],
        "period": {"quantity": 5, "unit": "days", "direction": "after"},
        "counting": {
            "regulation_1182": False,
            "interpretation": False,
            "calendar": None,
            "zone": "Europe/Brussels",
        },
        "recipients": ["test-office"],
        "source": "The tests",
        "grade": "P",
        "verified_on": "2026-07-01",
    } | more
    return ObligationRule.objects.create(
        slug=slug,
        number=ObligationRule.objects.filter(slug=slug).count() + 1,
        document=document,
        sha256="0" * 64,
        proposed_by="user:one",
        proposed_at=make.MORNING,
        enacted_by="user:two",
        enacted_at=make.MORNING,
        changed_at=make.MORNING,
    )


def authority(
    key: str | None = "test-office", *, synthetic: bool = False, channel: Channel = Channel.PORTAL
) -> Authority:
    """An authority; with a key, the one that receives what rules address to it."""
    place = Jurisdiction.objects.filter(slug="eu").first()
    if place is None:
        place = register_jurisdiction(
            make.by(make.staff(Role.INTAKE)),
            slug="eu",
            name="European Union",
            kind=JurisdictionKind.UNION,
            member_of={},
        ).value
    row = authorities.register(
        make.by(desk()),
        organization=make.organization(synthetic=synthetic).id,
        competences=(Competent(place.slug, "Tests"),),
        channels=((channel, "https://portal.invalid/"),),
    ).value
    if key is not None:
        Mandate.objects.create(
            key=key,
            authority=row,
            synthetic=synthetic,
            basis="The tests",
            registered_by="user:one",
            registered_at=make.MORNING,
            changed_at=make.MORNING,
        )
    return row


def incident(holder: Organization | None = None, **more: Any) -> Incident:
    """An incident that its duty-holder knows at first hand."""
    holder = holder or make.organization()
    said: dict[str, Any] = {
        "title": "An incident",
        "duty_holder": holder,
        "origin": SubjectOrigin.OBSERVED,
        "reported_by": "user:one",
        "reported_at": make.MORNING,
        "changed_at": make.MORNING,
        "synthetic": holder.synthetic,
    } | more
    row = Incident.objects.create(**said)
    with transaction.atomic():
        open_version(
            IncidentVersion(
                incident=row, summary="It happened.", classified_by="user:one", valid=span(None)
            ),
            recorded=read_clock(make.by(SYSTEM)).recorded,
        )
    return row


def obligation(**more: Any) -> Obligation:
    """An open obligation of five days from this morning."""
    edition = more.pop("rule", None) or rule(f"test-rule-{ObligationRule.objects.count()}")
    about = more.pop("incident", None) or incident()
    said: dict[str, Any] = {
        "rule": edition,
        "incident": about,
        "duty_holder": about.duty_holder,
        "recipient": "test-office",
        "anchor": Anchor.AWARE,
        "anchor_at": make.MORNING,
        "zone": "Europe/Brussels",
        "target_due": make.MORNING + 5 * DAY,
        "latest_due": make.MORNING + 7 * DAY,
        "opened_by": "user:one",
        "opened_at": make.MORNING,
        "changed_at": make.MORNING,
    } | more
    return Obligation.objects.create(**said)
