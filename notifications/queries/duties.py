"""What every rule in force comes to for one incident or occurrence, and what has come of it so far."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Min, Q

from notifications.choices import (
    ObligationFlag,
    ObligationStatus,
    QuestionAnswer,
    VerdictKind,
    VerdictReason,
)
from notifications.models import Filing, Obligation, ObligationQuestion
from notifications.verdicts import Judgment, Known, Moment, judge, judge_follower
from registry.calendars import Holidays
from registry.choices import Anchor, Involvement, Precision, SubjectOrigin, Trigger
from registry.models import (
    AnchorMoment,
    DutyHolderStatus,
    Incident,
    IncidentVersion,
    Mandate,
    ObligationRule,
    Occurrence,
)
from registry.operations.occurrence_details import ask_of
from registry.queries.rules import holidays_in_force, rules_in_force
from registry.rules import Due, RuleDocument, compute_due, read_rule

Subject = Incident | Occurrence

_FACTS = (
    *("imminent_risk", "internal_use", "during_evaluation", "materially_increased_risk"),
    *("deception", "weights_accessed", "weights_exfiltrated", "loss_of_control", "cyber_breach"),
    *("deaths", "injuries", "harms"),
)
_OF_MODELS = (Trigger.TRAINING_COMPUTE, Trigger.MARKET_PLACEMENT, Trigger.MODEL_REPORT)


@dataclass(frozen=True, slots=True)
class Parent:
    """A duty that was met, and when the authority was told."""

    obligation: Obligation
    notified_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Assessed:
    """One rule, and what it comes to. `due` is what it would be, or is, where its moment is known.

    `parents` are the duties met that it follows. `live` are its obligations that are not void.
    """

    edition: ObligationRule
    document: RuleDocument
    judgment: Judgment
    due: Due | None = None
    parents: tuple[Parent, ...] = ()
    live: tuple[Obligation, ...] = ()


@dataclass(frozen=True, slots=True)
class Examination:
    """Every rule of the subject's kind, with what has come of it: in a fixed number of queries.

    `parents` are the duties that were met; `sent` are those of which a notification has left the house.
    """

    subject: Subject
    known: Known
    assessed: tuple[Assessed, ...]
    holidays: Holidays
    parents: tuple[Parent, ...] = ()
    sent: frozenset[UUID] = frozenset()
    obligations: tuple[Obligation, ...] = ()
    questions: tuple[ObligationQuestion, ...] = ()
    mandates: Mapping[str, Mandate] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether nothing recurs any more."""
        return is_over(self.subject)


def is_over(subject: Subject) -> bool:
    """Whether an incident is resolved, or an occurrence has ended."""
    if isinstance(subject, Incident):
        return subject.resolved_at is not None
    return subject.ended_at is not None


def examine(subject: Subject, *, at: dt.datetime) -> Examination:
    """Hold every rule in force at `at` against what is known. An open duty keeps the edition that opened it."""
    known = find_known(subject)
    obligations = tuple(
        Obligation.objects.filter(_of(subject))
        .select_related("rule")
        .order_by("round", "opened_at", "id")
    )
    questions = tuple(
        ObligationQuestion.objects.filter(_of(subject))
        .select_related("rule")
        .order_by("asked_at", "id")
    )
    sent = _find_sent(obligations)
    holidays = holidays_in_force(at)
    found = Examination(
        subject=subject,
        known=known,
        assessed=(),
        holidays=holidays,
        parents=_find_parents(obligations, sent),
        sent=frozenset(sent),
        obligations=obligations,
        questions=questions,
        mandates=_find_mandates(subject),
    )
    trigger = Trigger.INCIDENT if isinstance(subject, Incident) else Trigger(subject.kind)
    editions = _pin(rules_in_force(at), obligations)
    assessed = tuple(
        _assess(found, edition, document)
        for edition, document in editions
        if document.trigger is trigger
    )
    return replace(found, assessed=assessed)


def judge_anew(found: Examination, edition: ObligationRule) -> Assessed:
    """One edition held against what was found, whatever people have said of it before."""
    document = read_rule(edition.document)
    own = tuple(
        row
        for row in found.obligations
        if row.rule.slug == edition.slug and row.status != ObligationStatus.VOID
    )
    followed = _list_followed(found, document)
    judgment = _judge(found.known, document, followed)
    return Assessed(edition, document, judgment, None, followed, own)


def count_due(document: RuleDocument, moment: Moment, holidays: Holidays) -> Due:
    """By when, counted from the moment as exactly as it is known."""
    return compute_due(document, moment.counted_from, holidays)


def flags_of(due: Due) -> list[str]:
    """The flags of a count as an obligation keeps them."""
    found = {str(flag) for flag in due.flags}
    if "holidays_not_known" in found:
        found.add(ObligationFlag.NO_TABLE)
    return sorted(found)


def find_known(subject: Subject) -> Known:
    """What is known of the subject, its duty-holder and its models, as rules ask for it."""
    moments = _find_moments(subject)
    version = current_version(subject) if isinstance(subject, Incident) else None
    held_at = _find_held_at(subject, version, moments)
    models = _models_of(subject, version)
    facts: dict[str, Mapping[str, Any]] = {
        "holder": _find_statuses(subject.duty_holder_id, held_at),
        "model": _find_model_facts(models, subject),
    }
    if isinstance(subject, Incident):
        facts["incident"] = _incident_facts(subject, version)
    else:
        facts["occurrence"] = ask_of(subject.kind, subject.details)
    return Known(
        facts=facts,
        held_at=held_at,
        moments=moments,
        reported=subject.origin == SubjectOrigin.REPORTED,
        ended=isinstance(subject, Occurrence) and subject.ended_at is not None,
    )


def current_version(incident: Incident) -> IncidentVersion | None:
    """What is known of an incident now."""
    return incident.versions.current().first()


def _incident_facts(incident: Incident, version: IncidentVersion | None) -> dict[str, Any]:
    if version is None:
        return {"resolved": incident.resolved_at is not None}
    facts: dict[str, Any] = {name: getattr(version, name) for name in _FACTS}
    if version.model_involved != Involvement.NOT_KNOWN:
        facts["model_involved"] = version.model_involved
    return facts | {"resolved": incident.resolved_at is not None}


def _find_held_at(
    subject: Subject, version: IncidentVersion | None, moments: tuple[Moment, ...]
) -> dt.datetime:
    first = min((moment.happened_at for moment in moments), default=None)
    begun = None if version is None else version.began_at
    return first or begun or subject.reported_at


def _find_moments(subject: Subject) -> tuple[Moment, ...]:
    rows = AnchorMoment.objects.filter(_of(subject), superseded_by__isnull=True)
    return tuple(
        Moment(Anchor(row.anchor), row.happened_at, Precision(row.precision), row.zone)
        for row in rows.order_by("happened_at", "id")
    )


def _find_statuses(organization: UUID, at: dt.datetime) -> dict[str, bool]:
    rows = DutyHolderStatus.objects.as_of(at).filter(organization=organization)
    return dict(rows.values_list("kind", "holds"))


def _models_of(subject: Subject, version: IncidentVersion | None) -> list[UUID]:
    if isinstance(subject, Occurrence):
        return [] if subject.ai_model_id is None else [subject.ai_model_id]
    return [] if version is None else list(version.ai_models)


def _find_model_facts(models: list[UUID], subject: Subject) -> dict[str, Any]:
    """Of several models, what is known of every one of them: the most compute, and whether any is so capable."""
    rows = Occurrence.objects.filter(
        Q(ai_model__in=models, kind__in=_OF_MODELS) | Q(pk=subject.pk), ended_at__isnull=True
    ).order_by("reported_at", "id")
    flop: dict[UUID | None, float] = {}
    capable: dict[UUID | None, bool] = {}
    for row in rows:
        said = ask_of(row.kind, row.details)
        if "flop" in said:
            flop[row.ai_model_id] = said["flop"]
        if "among_most_capable" in said:
            capable[row.ai_model_id] = said["among_most_capable"]
    wanted = set(models)
    facts: dict[str, Any] = {}
    if wanted and wanted <= flop.keys():
        facts["training_flop"] = max(flop[model] for model in wanted)
    if wanted and (wanted <= capable.keys() or any(capable.values())):
        facts["among_most_capable"] = any(capable.values())
    return facts


def _find_mandates(subject: Subject) -> dict[str, Mandate]:
    rows = Mandate.objects.filter(ended_at__isnull=True, synthetic=subject.synthetic)
    return {row.key: row for row in rows}


def _find_sent(obligations: Iterable[Obligation]) -> dict[UUID, dt.datetime]:
    """When the first notification of each of them was sent, where one was."""
    sent = Filing.objects.filter(obligation__in=obligations, dispatched_at__isnull=False)
    return dict(sent.values_list("obligation").annotate(first=Min("dispatched_at")))


def _find_parents(
    obligations: Iterable[Obligation], sent: Mapping[UUID, dt.datetime]
) -> tuple[Parent, ...]:
    """The duties met, with the moment at which their notification was sent."""
    return tuple(
        Parent(row, sent.get(row.id) or row.closed_at)
        for row in obligations
        if row.status == ObligationStatus.DISCHARGED and row.closed_at is not None
    )


def _pin(
    in_force: Iterable[Any], obligations: Iterable[Obligation]
) -> list[tuple[ObligationRule, RuleDocument]]:
    """By slug: the edition that a duty still pins, else the one in force."""
    editions = {rule.edition.slug: (rule.edition, rule.document) for rule in in_force}
    for row in obligations:
        pinned = row.rule
        standing = editions.get(pinned.slug)
        if row.status != ObligationStatus.VOID and (
            standing is None or standing[0].pk != pinned.pk
        ):
            editions[pinned.slug] = (pinned, read_rule(pinned.document))
    return [editions[slug] for slug in sorted(editions)]


def _assess(found: Examination, edition: ObligationRule, document: RuleDocument) -> Assessed:
    own = [row for row in found.obligations if row.rule.slug == edition.slug]
    live = tuple(row for row in own if row.status != ObligationStatus.VOID)
    followed = _list_followed(found, document)
    judgment = _judge(found.known, document, followed)
    undecided = judgment.kind is not VerdictKind.NOT or judgment.reason is VerdictReason.WAITS
    if undecided and not live:
        aside = (
            VerdictReason.NOTHING_FILED
            if document.follows and not followed
            else VerdictReason.VOIDED
            if _is_ruled_out(own, edition, found=found, judgment=judgment)
            else None
        )
        if aside is not None:
            judgment = replace(judgment, kind=VerdictKind.NOT, reason=aside, missing=())
    due = None
    if judgment.anchor is not None and judgment.kind is not VerdictKind.NOT:
        due = count_due(document, judgment.anchor, found.holidays)
    return Assessed(edition, document, judgment, due, followed, live)


def _list_followed(found: Examination, document: RuleDocument) -> tuple[Parent, ...]:
    return tuple(
        parent for parent in found.parents if parent.obligation.rule.slug in document.follows
    )


def _judge(known: Known, document: RuleDocument, followed: tuple[Parent, ...]) -> Judgment:
    if not document.follows:
        return judge(document, known)
    told = tuple(Moment(Anchor.NOTIFIED, parent.notified_at) for parent in followed)
    return judge_follower(document, replace(known, moments=(*known.moments, *told)))


def _is_ruled_out(
    own: list[Obligation], edition: ObligationRule, *, found: Examination, judgment: Judgment
) -> bool:
    """Whether a person has said that it does not apply, and nothing has come in since that would decide anew."""
    by_hand = any(ObligationFlag.FACTS_CHANGED not in row.flags for row in own)
    answered = any(
        question.rule_id == edition.pk
        and question.answer == QuestionAnswer.DOES_NOT_APPLY
        and (question.cause, question.missing) == (judgment.reason, list(judgment.missing))
        for question in found.questions
    )
    return by_hand or answered


def _of(subject: Subject) -> Q:
    return Q(incident=subject) if isinstance(subject, Incident) else Q(occurrence=subject)
