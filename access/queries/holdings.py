"""Who holds access to a model, and how we know: one query behind page, API and export.

Three-valued. What was decided here or imported answers by the decision's own rule; where there is neither,
what sources report is shown as reported. Among reports that cover the moment the one that begins latest
speaks; of two that begin together, the one that names the organization. A disputed report leaves it not
known. A reported restriction turns a reported yes into a no, or into not known where its exceptions are
not all known.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from access.choices import Holds, Origin, Reason
from access.models import Grant, Restriction, StatedCount
from access.queries.decision_usage import Usage, evaluate_users
from access.queries.reports import Reports, list_counts
from registry.models import AIModel, Organization, OrganizationVersion, ReportedFact

_OPEN_QUESTIONS = {Reason.PERSON_NOT_ESTABLISHED, Reason.NOT_KNOWN_WHETHER_EXCEPTED}


@dataclass(frozen=True, slots=True)
class Holding:
    """One organization's line. `facts` carry the sources of what is reported; `grant` what is decided."""

    organization: Organization
    holds: Holds
    origin: Origin
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    reason: str = ""
    manner: str = ""
    grant: Grant | None = None
    facts: tuple[ReportedFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """The answer for one model and moment. `not_recorded`: nothing was known of the model at `known_at`."""

    ai_model: AIModel
    as_of: dt.datetime
    known_at: dt.datetime | None
    not_recorded: bool
    rows: tuple[Holding, ...] = ()
    counts: tuple[StatedCount, ...] = ()
    restrictions: tuple[Restriction, ...] = field(default=())

    def only(self, organization: UUID | None) -> "Holdings":
        """What one organization may read of it: its own line. None is staff, who read all."""
        if organization is None:
            return self
        own = tuple(row for row in self.rows if row.organization.id == organization)
        return replace(self, rows=own)


def list_holdings(
    ai_model: AIModel, *, as_of: dt.datetime, known_at: dt.datetime | None = None
) -> Holdings:
    """Every organization of the model's world, by slug. The number of queries does not grow with them."""
    if not _was_recorded(ai_model, known_at):
        return Holdings(ai_model, as_of, known_at, not_recorded=True)
    held = {
        row.organization: row
        for row in evaluate_users(ai_model.id, as_of=as_of, known_at=known_at)
    }
    reports = Reports(ai_model, as_of, known_at)
    grants = Grant.objects.select_related("request", "tier__program").in_bulk(
        [row.answer.grant for row in held.values() if row.answer.grant is not None]
    )
    base = Holds.NO if held or ai_model.synthetic else Holds.NOT_KNOWN
    silent = Origin.DECIDED if base is Holds.NO else Origin.REPORTED
    rows = [
        _line(organization, held.get(organization.id), reports=reports, grants=grants)
        or Holding(organization, base, silent)
        for organization in _world(ai_model, as_of, known_at)
    ]
    return Holdings(
        ai_model,
        as_of,
        known_at,
        not_recorded=False,
        rows=tuple(rows),
        counts=tuple(list_counts(ai_model, as_of, known_at)),
        restrictions=reports.restrictions,
    )


def _line(
    organization: Organization, held: Usage | None, *, reports: Reports, grants: dict[UUID, Grant]
) -> Holding | None:
    """What was decided here or imported speaks wherever there is any; else what is reported."""
    if held is not None:
        return _decided_line(organization, held, grants)
    rows = reports.find(organization)
    if not rows:
        return None
    holds, facts = reports.judge(organization, rows)
    return Holding(
        organization,
        holds,
        Origin.REPORTED,
        since=rows[0].valid.lower,
        until=rows[0].valid.upper,
        manner=rows[0].manner,
        facts=facts,
    )


def _decided_line(organization: Organization, held: Usage, grants: dict[UUID, Grant]) -> Holding:
    answer = held.answer
    holds = Holds.YES if answer.decision else Holds.NO
    if answer.reason in _OPEN_QUESTIONS:
        holds = Holds.NOT_KNOWN
    return Holding(
        organization,
        holds,
        Origin(held.origin),
        since=held.since,
        until=held.until,
        reason=answer.reason,
        grant=None if answer.grant is None else grants.get(answer.grant),
    )


def _was_recorded(ai_model: AIModel, known_at: dt.datetime | None) -> bool:
    return known_at is None or ai_model.versions.filter(recorded__contains=known_at).exists()


def _world(
    ai_model: AIModel, as_of: dt.datetime, known_at: dt.datetime | None
) -> Iterable[Organization]:
    known = OrganizationVersion.objects.as_of(as_of, known_at)
    return Organization.objects.filter(
        synthetic=ai_model.synthetic, pk__in=known.values("organization")
    ).order_by("slug")
