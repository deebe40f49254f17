"""Review policies: proposed by one person, in force by another's act, never edited."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import ReviewPolicy
from access.policies import read_policy
from access.queries.waiting import find_voluntary
from access.waiting import VoluntaryNeverBlocks
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden
from registry.policies import check_role


class PolicyInForce(Conflict):
    code = "policy_in_force"
    text = _("This edition is in force already.")


class PolicyProposedMeanwhile(Conflict):
    code = "policy_proposed_meanwhile"
    text = _("Another edition was proposed at the same moment: try again.")


class OwnPolicy(Forbidden):
    """What one proposes, another puts in force."""

    code = "own_policy"
    text = _("You proposed this edition: another person must put it in force.")


@command
def propose(command: Command, *, slug: str, document: Mapping[str, Any]) -> ReviewPolicy:
    """The next edition of a policy, not yet in force.

    Raises RoleMissing, PolicyUnreadable, WaitingUnreadable, VoluntaryNeverBlocks.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    _check_document(document)
    clock = read_clock(command)
    latest = ReviewPolicy.objects.filter(slug=slug).aggregate(latest=Max("number"))["latest"]
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    row = ReviewPolicy(
        slug=slug,
        number=(latest or 0) + 1,
        document=dict(document),
        sha256=sha256(canonical.encode()).hexdigest(),
        proposed_by=command.by.key,
        proposed_at=clock.at,
        changed_at=clock.at,
    )
    with violation_means("review_policy_number_once", PolicyProposedMeanwhile()):
        row.save(force_insert=True)
    audit.record(
        Event.REVIEW_POLICY_PROPOSED,
        row,
        command,
        occurred_at=clock.at,
        slug=slug,
        number=row.number,
        sha256=row.sha256,
    )
    return row


@command
def enact(command: Command, *, policy: UUID) -> ReviewPolicy:
    """Requests submitted from now on pin this edition.

    Raises RoleMissing, NotFound, OwnPolicy, PolicyInForce, VoluntaryNeverBlocks.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(ReviewPolicy.objects.all(), policy, command, what="review policy")
    if row.proposed_by == command.by.key:
        raise OwnPolicy
    if row.enacted_at is not None:
        raise PolicyInForce
    _check_document(row.document)
    clock = read_clock(command, row)
    row.enacted_by, row.enacted_at = command.by.key, clock.at
    touch(row, clock, "enacted_by", "enacted_at")
    audit.record(
        Event.REVIEW_POLICY_ENACTED,
        row,
        command,
        occurred_at=clock.at,
        slug=row.slug,
        number=row.number,
        sha256=row.sha256,
    )
    return row


def _check_document(document: Mapping[str, Any]) -> None:
    """It can be read, and nothing that the registry knows to be voluntary makes access wait as law."""
    rules = read_policy(document)
    for rule in find_voluntary(rules.waiting):
        raise VoluntaryNeverBlocks(citation=rule.citation)
