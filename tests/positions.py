"""Positions of authorities, policies of the second shape that weigh them, and who overrides them."""

from typing import Any

from access.choices import Attribution, LegalForce, Stance
from access.models import AccessRequest, Position
from access.operations import position_overrides, positions, review_policies
from access.operations.positions import About, Stated
from registry.actors import Actor
from registry.choices import Role
from registry.models import Authority, Organization
from registry.operations import authorities
from tests import make

OBJECTS = {"stances": ["objects"], "legal_forces": ["law", "order"]}
REPORT = {
    "code": "yearly-report",
    "text": "Report once a year.",
    "evidence_asked": "The report.",
    "days": 30,
}


def policy(slug: str = "weighed", **more: Any) -> str:
    """A policy of two stages, in force: an order blocks, a political objection is overridden by two."""
    document = {
        "version": 2,
        "title": "Weighed",
        "four_eyes": True,
        "stages": [
            {
                "key": "assessment",
                "kind": "assessment",
                "title": "Assessment",
                "who": {"roles": ["reviewer"]},
                "strategy": "n_of_m",
                "threshold": 1,
            },
            {
                "key": "decision",
                "kind": "decision",
                "title": "Decision",
                "after": ["assessment"],
                "who": {"roles": ["decider"]},
            },
        ],
        "positions": [
            OBJECTS | {"effect": "blocks"},
            {"stances": ["objects"], "effect": "override", "people": 2},
            {"stances": ["conditional"], "effect": "condition", "condition": REPORT},
        ],
    } | more
    proposed = review_policies.propose(
        make.by(make.staff(Role.ADMINISTRATOR)), slug=slug, document=document
    ).value
    review_policies.enact(make.by(make.staff(Role.ADMINISTRATOR)), policy=proposed.id)
    return slug


def request(**more: Any) -> AccessRequest:
    """An assessed request under that policy."""
    return make.assessed(None, make.tier(review_policy=policy(**more)))


def authority(of: Organization | None = None) -> Authority:
    return authorities.register(
        make.by(make.staff(Role.AUTHORITY_DESK)),
        organization=(of or make.organization()).id,
        competences=(),
    ).value


def stated(stance: Stance = Stance.OBJECTS, force: LegalForce = LegalForce.POLITICAL) -> Stated:
    return Stated(
        stance=stance,
        statement="Not yet.",
        attribution=Attribution.OFFICIAL_DOCUMENT,
        legal_force=force,
    )


def take(
    row: AccessRequest,
    stance: Stance = Stance.OBJECTS,
    force: LegalForce = LegalForce.POLITICAL,
    **more: Any,
) -> Position:
    """A position on the request's program, by a body of its own unless one is named."""
    body = more.pop("authority", None) or authority()
    return positions.take_position(
        make.by(more.pop("by", None) or make.staff(Role.AUTHORITY_DESK)),
        authority=body.id,
        about=more.pop("about", None) or About(program=row.tier.program_id),
        stated=stated(stance, force),
        **more,
    ).value


def override(row: AccessRequest, position: Position, by: Actor | None = None) -> AccessRequest:
    return position_overrides.override(
        make.by(by or make.staff(Role.DECIDER)),
        request=row.id,
        position=position.id,
        reasons="Weighed and answered for.",
    ).value
