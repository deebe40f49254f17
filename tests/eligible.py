"""What tests of attestations, recognitions and requirements need to exist."""

import datetime as dt
from typing import Any

from access.models import Tier, TierRequirements
from access.operations import eligibility
from registry.choices import AttestationFinding, RecognitionBasis, Role, SchemeKind, SourceGrade
from registry.models import Attestation, Organization, Recognition, Scheme
from registry.operations import attestations, schemes
from registry.operations.attestations import Said
from registry.operations.schemes import Recognized, SchemeProfile
from tests import make

TODAY = dt.datetime.now(dt.UTC).date()
DAY = dt.timedelta(days=1)


def scheme(slug: str = "iso", **more: Any) -> Scheme:
    """An edition of a scheme: a certificate without levels or a fixed validity."""
    said = {
        "slug": slug,
        "edition": "1",
        "name": slug.upper(),
        "kind": SchemeKind.CERTIFICATE,
        "owner": "Somebody",
        "source": "The tests",
        "grade": SourceGrade.COMMON,
    } | more
    return schemes.register(
        make.by(make.staff(Role.ADMINISTRATOR)), profile=SchemeProfile(**said)
    ).value


def handed_in(of: Organization, under: Scheme, **more: Any) -> Attestation:
    """What intake handed in for the organization, valid for a year around today."""
    said = {
        "scheme": under.id,
        "issuer": "A body",
        "starts_on": TODAY - 100 * DAY,
        "ends_on": TODAY + 200 * DAY,
        "evidence_sha256": "ab" * 32,
    } | more
    return attestations.hand_in(
        make.by(make.staff(Role.INTAKE)), organization=of.id, said=Said(**said)
    ).value


def attested(of: Organization, under: Scheme, **more: Any) -> Attestation:
    """The same, accepted by another person."""
    row = handed_in(of, under, **more)
    return attestations.review(
        make.by(make.staff(Role.REVIEWER)),
        attestation=row.id,
        finding=AttestationFinding.ACCEPTED,
    ).value


def recognized(scheme: Scheme, satisfies: Scheme, **more: Any) -> Recognition:
    """A recognition in force by two people's act."""
    said = {
        "scheme": scheme.id,
        "satisfies": satisfies.id,
        "basis": RecognitionBasis.TREATY,
        "citation": "Treaty of the tests",
    } | more
    row = schemes.propose_recognition(
        make.by(make.staff(Role.ADMINISTRATOR)), recognized=Recognized(**said)
    ).value
    return schemes.enact_recognition(
        make.by(make.staff(Role.ADMINISTRATOR)), recognition=row.id
    ).value


def asks(slug: str = "iso", **more: Any) -> dict[str, Any]:
    """A requirement: this scheme held."""
    return {
        "code": slug,
        "title": f"{slug.upper()} held",
        "kind": "attestation",
        "scheme": slug,
    } | more


def required(of: Tier, *asked: dict[str, Any], **more: Any) -> TierRequirements:
    """Requirements of the tier in force by two people's act."""
    row = eligibility.propose(
        make.by(make.staff(Role.ADMINISTRATOR)),
        tier=of.id,
        document={"requirements": list(asked)},
        **more,
    ).value
    return eligibility.enact(make.by(make.staff(Role.ADMINISTRATOR)), requirements=row.id).value
