"""What the research tier requires, who meets it by a recognition, and what waits for its review."""

import datetime as dt
from hashlib import sha256
from uuid import UUID

from access.models import TierRequirements
from access.operations import eligibility
from registry.choices import AttestationFinding, RecognitionBasis
from registry.models import Scheme
from registry.operations import attestations, schemes
from registry.operations.attestations import Said
from registry.operations.schemes import Recognized
from seeds.shipped_schemes import register_shipped
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import RESEARCH, Part
from seeds.worlds.demo.setting import find_terms, find_tier

_DAY = dt.timedelta(days=1)
_REQUIRED = {
    "requirements": [
        {
            "code": "iso-27001",
            "title": "Information security certified",
            "kind": "attestation",
            "scheme": "iso-27001",
        },
        {
            "code": "sign-in",
            "title": "Phishing-resistant sign-in attested",
            "kind": "attestation",
            "scheme": "phishing-resistant-sign-in",
            "advisory": True,
        },
        {"code": "screening", "title": "Screening cleared", "kind": "screening"},
        {"code": "terms", "title": "Terms accepted", "kind": "terms"},
    ]
}


def explain(world: World) -> None:
    """Last of all: what was asked for before keeps what it was asked under."""
    register_shipped(world.command("administrator"))
    _recognize(world)
    _attest(world)
    tier = find_tier(RESEARCH)
    if not TierRequirements.objects.filter(tier=tier).exists():
        proposed = eligibility.propose(
            world.command("administrator"), tier=tier.id, document=_REQUIRED
        ).value
        eligibility.enact(world.command("administrator2"), requirements=proposed.id)


def _recognize(world: World) -> None:
    """The operator itself takes the one for the other; no treaty does."""
    proposed = world.act(
        "administrator",
        "recognition",
        schemes.propose_recognition,
        recognized=Recognized(
            scheme=_find("soc-2"),
            satisfies=_find("iso-27001", "2022"),
            basis=RecognitionBasis.OWN_DECISION,
            citation="Invented decision 7 of the operator",
        ),
    )
    world.act("administrator2", "recognition", schemes.enact_recognition, recognition=proposed.id)


def _attest(world: World) -> None:
    """One holder's report is accepted; what another says of itself waits."""
    day = find_terms().published_at.date()
    report = world.act(
        "intake",
        "attestation:report",
        attestations.hand_in,
        organization=find_organization(Part.EXEMPTED.slug),
        said=Said(
            scheme=_find("soc-2"),
            issuer="Invented Accountants",
            starts_on=day - 200 * _DAY,
            ends_on=day - 20 * _DAY,
            evidence_name="Invented report",
            evidence_sha256=sha256(b"invented report").hexdigest(),
        ),
    )
    world.act(
        "reviewer",
        "attestation:report:review",
        attestations.review,
        attestation=report.id,
        finding=AttestationFinding.ACCEPTED,
    )
    world.act(
        "intake",
        "attestation:sign-in",
        attestations.hand_in,
        organization=find_organization(Part.IMPORTED.slug),
        said=Said(
            scheme=_find("phishing-resistant-sign-in"),
            issuer="The organization itself",
            starts_on=day,
            evidence_name="Invented statement",
            evidence_sha256=sha256(b"invented statement").hexdigest(),
        ),
    )


def _find(slug: str, edition: str | None = None) -> UUID:
    found = Scheme.objects.filter(slug=slug)
    return found.get(edition=edition).id if edition is not None else found.get().id
