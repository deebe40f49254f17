"""Duties to tell: opened, asked about, moved and voided as facts come in. Each obligation has its own clock.

The subject is locked first, then its obligations and questions, in the order of their identifiers; whoever
discharges an obligation locks its subject before it (`lock_subject`). So two assessments at once open each
obligation once. Assessing again changes nothing where nothing has changed.
"""

from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from access.models import Grant
from notifications.choices import VerdictKind, VerdictReason
from notifications.models import Obligation, ObligationQuestion
from notifications.operations.duty_rows import (
    Work,
    _address,
    _move,
    _open,
    _open_ones,
    _void,
)
from notifications.operations.question_rows import _ask, _lapse
from notifications.queries.duties import Assessed, Subject, examine
from notifications.queries.openings import list_openings, recurs
from notifications.queries.verdict_words import explain
from registry.actors import ActorKind
from registry.choices import Role
from registry.commands import Command, Done, command, lock, read_clock
from registry.models import Incident, Occurrence
from registry.operations.moments import of
from registry.policies import check_role

S = TypeVar("S", bound=Incident | Occurrence)

MAY_ASSESS = (Role.AUTHORITY_DESK, Role.CLEARED, Role.RESTRICTOR, Role.INTAKE)

_VOIDING = frozenset(
    {
        VerdictReason.CONDITION_NO,
        VerdictReason.HOLDER_NOT_BOUND,
        VerdictReason.NOT_YET,
        VerdictReason.NO_LONGER,
    }
)
"""What ends a duty that is open: the facts say now that the rule never reached it."""


@command
def assess(
    command: Command, *, incident: UUID | None = None, occurrence: UUID | None = None
) -> Subject:
    """Hold every rule in force against one incident or occurrence, and bring its duties up to date.

    Raises RoleMissing, NotFound.
    """
    if command.by.kind is not ActorKind.SYSTEM:
        check_role(command.by, *MAY_ASSESS)
    subject = lock_subject(command, incident=incident, occurrence=occurrence)
    _assess(command, subject)
    return subject


def then_assess(command: Command, changed: Done[S]) -> Done[S]:
    """Right after a change of facts, so that whoever made it sees at once what it brings. Raises nothing new.

    A second transaction on purpose: what was told stands whatever becomes of the rules, and the ledger's
    follower does the same a moment later.
    """
    row = changed.value
    kind = "incident" if isinstance(row, Incident) else "occurrence"
    assess(replace(command, idempotency=None, expected_version=None), **{kind: row.pk})
    return changed


def lock_subject(
    command: Command, *, incident: UUID | None = None, occurrence: UUID | None = None
) -> Subject:
    """Lock what a duty is about, inside the caller's transaction and before the duty. Raises NotFound."""
    plain = replace(command, expected_version=None)
    if incident is not None:
        return lock(Incident.objects.all(), incident, plain, what="incident")
    return lock(Occurrence.objects.all(), occurrence, plain, what="occurrence")


def _open_follow_ups(command: Command, obligation: Obligation) -> None:
    """Open what follows a duty that has just been met, or its next round, in the transaction that met it.

    The caller has locked the subject first (`lock_subject`), then the obligation.
    """
    subject = lock_subject(
        command, incident=obligation.incident_id, occurrence=obligation.occurrence_id
    )
    _assess(command, subject)


def _assess(command: Command, subject: Subject, *, apart: UUID | None = None) -> None:
    """Bring the duties of a locked subject up to date; the rule with the edition `apart` is left as it is."""
    work = _examine(command, subject)
    for rule in work.found.assessed:
        if rule.edition.pk != apart:
            _settle(work, rule)


def _examine(command: Command, subject: Subject) -> Work:
    """Everything that is found about a locked subject, with its duties locked."""
    lock_duties(subject)
    clock = read_clock(command, subject)
    return Work(command, examine(subject, at=clock.at), clock, _find_grant(subject))


def lock_duties(subject: Subject) -> None:
    """Lock the obligations and open questions of a locked subject."""
    for rows in (
        Obligation.objects.filter(**of(subject)),
        ObligationQuestion.objects.filter(**of(subject), answer=""),
    ):
        list(rows.select_for_update(of=("self",), no_key=True).order_by("id").values_list("pk"))


def _settle(work: Work, rule: Assessed) -> None:
    kind, reason = rule.judgment.kind, rule.judgment.reason
    if kind is VerdictKind.QUESTION and not rule.live:
        _ask(work, rule)
        return
    _lapse(work, rule)
    if kind is VerdictKind.NOT:
        if reason in _VOIDING:
            _void(work, rule, why=explain(rule.judgment))
        return
    for row in _open_ones(rule):
        _move(work, rule, row)
        _address(work, row)
    if work.found.over and recurs(rule):
        _void(work, rule, why=_("It is over: nothing recurs."))
    for opening in list_openings(work.found, rule):
        _open(work, rule, opening)


def _find_grant(subject: Subject) -> UUID | None:
    """The grant that the occurrence began with, where it is one of ours."""
    said = subject.details.get("grant") if isinstance(subject, Occurrence) else None
    return Grant.objects.filter(pk=said).values_list("pk", flat=True).first() if said else None
