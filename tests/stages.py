"""A policy in stages, a request under it, and who acts in them; for tests."""

from typing import Any

from access.choices import Finding, RequestStatus
from access.models import AccessRequest, ReviewPolicy
from access.operations import review_policies, reviews, teams
from registry.actors import Actor
from registry.choices import Role
from tests import make


def stage(key: str, kind: str = "assessment", **more: Any) -> dict[str, Any]:
    """One stage; by reviewers, one of whom suffices, unless said otherwise."""
    role = {"decision": "decider", "countersignature": "countersigner"}.get(kind, "reviewer")
    said: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "title": f"Stage {key}",
        "who": {"roles": [role]},
    }
    if kind not in {"decision", "countersignature"} and "strategy" not in more:
        said["threshold"] = 1
    return said | more


def document(*stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A policy of the second shape."""
    return {"version": 2, "title": "In stages", "four_eyes": True, "stages": list(stages)} | more


FOUR = document(
    stage("screening", "screening", who={"roles": ["intake", "reviewer"]}),
    stage("security", after=["screening"], strategy="one_objects_blocks"),
    stage("purpose", after=["screening"], threshold=2),
    stage("decision", "decision", after=["security", "purpose"]),
    stage("countersignature", "countersignature", after=["decision"]),
)


def consulting(*slugs: str, **more: Any) -> dict[str, Any]:
    """A policy with a stage that asks these authorities, all of them, and then the decision."""
    asks = {"consults": list(slugs), "strategy": "all_must", "who": {"roles": ["authority_desk"]}}
    return document(
        stage("law", "consultation", **(asks | more)),
        stage("decision", "decision", after=["law"]),
    )


def policy(said: dict[str, Any] | None = None, slug: str = "staged") -> ReviewPolicy:
    """The policy in force."""
    proposed = propose(said, slug)
    return review_policies.enact(make.by(make.staff(Role.ADMINISTRATOR)), policy=proposed.id).value


def propose(said: dict[str, Any] | None = None, slug: str = "staged") -> ReviewPolicy:
    """An edition that is not in force."""
    return review_policies.propose(
        make.by(make.staff(Role.ADMINISTRATOR)), slug=slug, document=said or FOUR
    ).value


def in_review(said: dict[str, Any] | None = None, **more: Any) -> AccessRequest:
    """A request taken up under the policy."""
    policy(said)
    return make.in_review(None, make.tier(review_policy="staged"), **more)


def find(
    row: AccessRequest,
    key: str,
    *,
    finding: Finding = Finding.SUPPORTS,
    by: Actor | None = None,
) -> AccessRequest:
    """A finding in a stage."""
    return reviews.assess(
        make.by(by or make.staff(Role.REVIEWER)),
        request=row.id,
        finding=finding,
        reasons="Seen.",
        stage=key,
    ).value


def ready(said: dict[str, Any] | None = None) -> AccessRequest:
    """A request of which every stage before the decision is complete."""
    row = in_review(said)
    for key in ("screening", "security", "purpose", "purpose"):
        row = find(row, key)
    assert row.status == RequestStatus.IN_REVIEW
    return row


def member(team: str, *roles: Role) -> Actor:
    """A new member of staff who is in a new team of this name."""
    person = make.staff(*roles)
    founder = make.by(make.staff(Role.ADMINISTRATOR))
    row = teams.found(founder, slug=team, name=team.title()).value
    assert person.id is not None
    teams.join(make.by(make.staff(Role.ADMINISTRATOR)), team=row.id, user=person.id)
    return person
