"""Conditions of grants: laid by a decision or a campaign, answered with evidence, reviewed by another."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import ConditionFinding, ConditionStanding
from access.events import Event
from access.models import (
    Condition,
    ConditionCampaign,
    ConditionEvidence,
    ConditionFile,
    ConditionVersion,
    DecisionCondition,
    Grant,
    RequestDecision,
)
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, Done, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, Invalid
from registry.models import EvidenceFile
from registry.operations.evidence import _add, keep_all
from registry.operations.stored_files import Kept, Upload
from registry.policies import check_own, check_role
from registry.queries.evidence import check_readable
from registry.versions import change_from, open_version, span

SETTLED = (ConditionStanding.MET, ConditionStanding.WAIVED)
_REVIEWERS = (Role.REVIEWER, Role.DECIDER)


class ConditionSettled(Conflict):
    code = "condition_settled"
    text = _("The condition is %(standing)s: nothing more is needed.")


class NothingHandedIn(Conflict):
    code = "nothing_handed_in"
    text = _("Nothing waits for a review.")


class OwnEvidence(Forbidden):
    """What one hands in, another reviews or waives."""

    code = "own_evidence"
    text = _("You handed this in yourself: another person must rule on it.")


class ConditionTwice(Invalid):
    code = "condition_twice"
    text = _("Two conditions have the code “%(condition)s”.")


class WordsMissing(Invalid):
    code = "condition_words_missing"
    text = _("A condition needs a code and words for the holder, and a waiver its reason.")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition as a decision states it. Without `due_at` it is due at the grant's start."""

    code: str
    text: str
    evidence_asked: str = ""
    due_at: dt.datetime | None = None


def hand_in(
    command: Command,
    *,
    condition: UUID,
    text: str,
    reference: str = "",
    uploads: Sequence[Upload] = (),
    confidential: bool = False,
) -> Done[Condition]:
    """Evidence for a condition, by the holder or by intake on its behalf. It waits for a review.

    Raises NotFound, NotYours, RoleMissing, Stale, ConditionSettled, WordsMissing, AttachmentUnacceptable,
    AttachmentTooLarge, TooManyAttachments.
    """
    return _hand_in(
        command,
        condition=condition,
        text=text,
        reference=reference,
        kept=keep_all(uploads),
        confidential=confidential,
    )


@command
def _hand_in(
    command: Command,
    *,
    condition: UUID,
    text: str,
    reference: str,
    kept: tuple[Kept, ...],
    confidential: bool,
) -> Condition:
    row, version, clock = _take(command, condition)
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, row.grant.organization_id)
    if not text.strip():
        raise WordsMissing
    evidence = ConditionEvidence.objects.create(
        condition=row,
        text=text,
        reference=reference,
        handed_in_by=command.by.key,
        handed_in_at=clock.recorded,
        changed_at=clock.at,
    )
    holder = row.grant.organization
    for file in _add(command, holder, kept, confidential=confidential, clock=clock):
        ConditionFile.objects.create(evidence=evidence, file=file)
    _stand(row, version, ConditionStanding.HANDED_IN, clock=clock)
    audit.record(
        Event.CONDITION_HANDED_IN,
        row,
        command,
        occurred_at=clock.recorded,
        code=row.code,
        private={"text": text, "reference": reference},
    )
    return row


@command
def review(
    command: Command, *, condition: UUID, finding: ConditionFinding, applicant_text: str = ""
) -> Condition:
    """Rule on the evidence that waits: met from this commit on, or not met and so to be handed in anew.

    Raises RoleMissing, NotFound, Stale, ConditionSettled, NothingHandedIn, OwnEvidence, EvidenceUnread.
    """
    check_role(command.by, *_REVIEWERS)
    row, version, clock = _take(command, condition)
    waiting = list(row.evidence.filter(reviewed_at__isnull=True).order_by("handed_in_at", "id"))
    if not waiting:
        raise NothingHandedIn
    if any(evidence.handed_in_by == command.by.key for evidence in waiting):
        raise OwnEvidence
    if finding is ConditionFinding.MET:
        check_readable(EvidenceFile.objects.filter(condition_evidence__in=waiting))
    for evidence in waiting:
        evidence.finding, evidence.applicant_text = finding, applicant_text
        evidence.reviewed_by, evidence.reviewed_at = command.by.key, clock.recorded
        touch(evidence, clock, "finding", "applicant_text", "reviewed_by", "reviewed_at")
    met = finding is ConditionFinding.MET
    standing = ConditionStanding.MET if met else ConditionStanding.NOT_MET
    _stand(row, version, standing, clock=clock)
    audit.record(
        Event.CONDITION_MET if met else Event.CONDITION_NOT_MET,
        row,
        command,
        occurred_at=clock.recorded,
        code=row.code,
        private={"applicant_text": applicant_text},
    )
    return row


@command
def waive(command: Command, *, condition: UUID, reason: str) -> Condition:
    """The condition need not be met any more, from this commit on, for a reason.

    Raises RoleMissing, NotFound, Stale, ConditionSettled, OwnEvidence, WordsMissing.
    """
    check_role(command.by, Role.DECIDER)
    row, version, clock = _take(command, condition)
    if row.evidence.filter(handed_in_by=command.by.key).exists():
        raise OwnEvidence
    if not reason.strip():
        raise WordsMissing
    _stand(row, version, ConditionStanding.WAIVED, clock=clock)
    audit.record(
        Event.CONDITION_WAIVED,
        row,
        command,
        occurred_at=clock.recorded,
        code=row.code,
        private={"reason": reason},
    )
    return row


def _state(decision: RequestDecision, wanted: Iterable[Requirement], *, clock: Clock) -> None:
    """Write down what a decision asks for, until its grant is issued. Raises WordsMissing, ConditionTwice."""
    for said in wanted:
        if not said.code.strip() or not said.text.strip():
            raise WordsMissing
        refusal = ConditionTwice(condition=said.code)
        with violation_means("decision_condition_code_once", refusal):
            DecisionCondition.objects.create(
                decision=decision,
                code=said.code,
                text=said.text,
                evidence_asked=said.evidence_asked,
                due_at=said.due_at,
                changed_at=clock.at,
            )


def _impose_decided(
    command: Command,
    grant: Grant,
    decision: RequestDecision,
    *,
    starts_at: dt.datetime,
    clock: Clock,
) -> None:
    """Lay on a grant just issued what its decision asks for."""
    for said in decision.conditions.order_by("code"):
        row = Condition(
            grant=grant,
            code=said.code,
            text=said.text,
            evidence_asked=said.evidence_asked,
            decision=decision,
        )
        _impose(command, row, due_at=said.due_at or starts_at, clock=clock)


def _impose_by_campaign(
    command: Command,
    grant: Grant,
    campaign: ConditionCampaign,
    *,
    due_at: dt.datetime,
    clock: Clock,
) -> None:
    """Lay a campaign's requirement on one of the grants it covers."""
    row = Condition(
        grant=grant,
        code=campaign.code,
        text=campaign.text,
        evidence_asked=campaign.evidence_asked,
        campaign=campaign,
    )
    _impose(command, row, due_at=due_at, clock=clock)


def _carry_over(command: Command, before: Grant, after: Grant, *, clock: Clock) -> None:
    """A grant that follows another takes its conditions over as they stand: following meets none."""
    standing = ConditionVersion.objects.as_of(clock.recorded).filter(grant=before)
    for version in standing.select_related("condition").order_by("id"):
        old = version.condition
        row = Condition(
            grant=after,
            code=old.code,
            text=old.text,
            evidence_asked=old.evidence_asked,
            decision_id=old.decision_id,
            campaign_id=old.campaign_id,
            carried_from=old,
        )
        _impose(
            command,
            row,
            due_at=version.due_at,
            clock=clock,
            standing=_carried(ConditionStanding(version.standing)),
            event=Event.CONDITION_CARRIED,
        )


def _carried(standing: ConditionStanding) -> ConditionStanding:
    """Evidence stays with the condition it was handed in for; what waited for a review is open again."""
    return ConditionStanding.OPEN if standing is ConditionStanding.HANDED_IN else standing


def _impose(
    command: Command,
    row: Condition,
    *,
    due_at: dt.datetime,
    clock: Clock,
    standing: ConditionStanding = ConditionStanding.OPEN,
    event: Event = Event.CONDITION_IMPOSED,
) -> None:
    row.imposed_by, row.imposed_at, row.changed_at = command.by.key, clock.recorded, clock.at
    row.save(force_insert=True)
    version = ConditionVersion(
        condition=row,
        grant=row.grant,
        due_at=due_at,
        standing=standing,
        valid=span(clock.start()),
    )
    open_version(version, recorded=clock.recorded)
    audit.record(
        event,
        row,
        command,
        occurred_at=clock.recorded,
        code=row.code,
        grant=row.grant_id,
        campaign=row.campaign_id,
        due_at=due_at,
        standing=standing,
    )


def _take(command: Command, condition: UUID) -> tuple[Condition, ConditionVersion, Clock]:
    """Lock the condition; how it stands now. Raises NotFound, Stale, ConditionSettled."""
    visible = Condition.objects.visible_to(command.by).select_related("grant")
    row = lock(visible, condition, command, what="condition")
    clock = read_clock(command, row)
    version = row.versions.current().get(valid__upper_inf=True)
    if version.standing in SETTLED:
        raise ConditionSettled(standing=version.get_standing_display())
    return row, version, clock


def _stand(
    row: Condition, version: ConditionVersion, standing: ConditionStanding, *, clock: Clock
) -> None:
    change_from(version, at=clock.end, recorded=clock.recorded, standing=standing)
    touch(row, clock)
