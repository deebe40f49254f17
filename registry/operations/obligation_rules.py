"""Rules that open duties to tell: proposed as a document, in force by another person's act, never edited."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from registry.commands import Command, Done, command
from registry.events import Event
from registry.models import ObligationRule
from registry.operations.editions import (
    Outcome,
    _enact,
    _lock_proposed,
    _propose,
    digest,
)
from registry.operations.editions import enact_each as _enact_each
from registry.rules import read_rule, write_rule


@command
def propose(command: Command, *, document: Mapping[str, Any]) -> ObligationRule:
    """The next edition of the rule that the document names, not yet in force.

    Raises RoleMissing, RuleUnreadable, EditionUnchanged, EditionProposedMeanwhile.
    """
    slug = read_rule(document).slug
    written = write_rule(document)
    return _propose(
        command,
        ObligationRule(slug=slug, document=written, sha256=digest(written)),
        ObligationRule.objects.filter(slug=slug),
        constraint="obligation_rule_number_once",
        event=Event.RULE_PROPOSED,
        slug=slug,
    )


@command
def enact(command: Command, *, rule: UUID) -> ObligationRule:
    """What happens from now on falls under this edition; an obligation that is open keeps its own.

    Raises RoleMissing, NotFound, Stale, OwnEdition, EditionInForce, EditionOvertaken, RuleUnreadable.
    """
    row = _lock_proposed(command, ObligationRule.objects.all(), rule, what="rule")
    read_rule(row.document)  # the program may have moved on since it was proposed
    return _enact(
        command,
        row,
        ObligationRule.objects.filter(slug=row.slug),
        event=Event.RULE_ENACTED,
        slug=row.slug,
    )


def enact_each(command: Command, *, rules: Sequence[ObligationRule]) -> list[Outcome]:
    """Put several in force, each on its own; what is refused is in the outcome."""
    return _enact_each(command, rules, _enact_one)


def _enact_one(command: Command, rule: UUID) -> Done[ObligationRule]:
    return enact(command, rule=rule)
