"""Access that the operator gave before this registry was there, from a CSV file: one line, one grant.

A line names its own record by an external reference. What was imported under it is never changed by a
file; an acceptance of terms that the file names later is added to it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.choices import Origin
from access.events import Event
from access.models import Grant
from access.operations.gate_needs import _follow_body
from access.operations.holding_rows import COLUMNS, Holding, Known, load_known, read_holding
from access.operations.issuing import GrantOverlaps, _open_items
from access.operations.terms import _accept
from registry import audit
from registry.actors import Actor
from registry.choices import Role
from registry.commands import Command, command, read_clock, touch
from registry.errors import Conflict, DomainError
from registry.models import AIModel, ImportRun
from registry.operations.csv_rows import Row, Sheet, read_rows, refuse_twice
from registry.operations.import_runs import (
    Effect,
    ImportPreview,
    refuse_errors,
    summarize,
    write_run,
)
from registry.policies import check_role


class ReferenceDiffers(Conflict):
    code = "reference_differs"
    text = _("Something else was imported under this reference before.")


@dataclass(slots=True)
class _Plan:
    """A row, what it says where that can be read, and the grant imported under its reference before."""

    row: Row
    holding: Holding | None = None
    grant: Grant | None = None
    accepts: bool = False

    @property
    def effect(self) -> Effect | None:
        if self.holding is None:
            return None
        if self.grant is None:
            return Effect.CREATED
        return Effect.CHANGED if self.accepts else Effect.UNCHANGED


def preview(*, actor: Actor, content: bytes) -> ImportPreview:
    """What the file would do, line by line, and everything that is wrong with it. Writes nothing.

    Raises RoleMissing.
    """
    check_role(actor, Role.INTAKE)
    sheet = read_rows(content, COLUMNS)
    return _summarize(sheet, _plan(sheet, lock=False))


@command
def import_(command: Command, *, file_name: str, content: bytes) -> ImportRun:
    """Take the file in, whole or not at all. Again is no harm: then nothing is changed.

    Raises RoleMissing, ImportRefused.
    """
    check_role(command.by, Role.INTAKE)
    sheet = read_rows(content, COLUMNS)
    plans = _plan(sheet, lock=True)
    planned = _summarize(sheet, plans)
    refuse_errors(planned)
    for plan in sorted(plans, key=_starts_at):  # so that terms count from the earliest grant on
        try:
            with transaction.atomic():
                _apply(command, plan)
        except DomainError as refusal:  # what came about between the plan and here
            plan.row.refuse("external_reference", refusal)
    refuse_errors(_summarize(sheet, plans))
    for organization in sorted({plan.holding.organization.id for plan in plans if plan.holding}):
        _follow_body(command, organization)
    return write_run(
        command, kind="holdings", file_name=file_name, digest=sheet.sha256, done=planned
    )


def _summarize(sheet: Sheet, plans: Iterable[_Plan]) -> ImportPreview:
    found = ((plan.row, plan.effect) for plan in plans)
    return summarize(sheet, found, key="external_reference")


def _starts_at(plan: _Plan) -> dt.datetime:
    assert plan.holding is not None
    return plan.holding.starts_at


def _apply(command: Command, plan: _Plan) -> None:
    said = plan.holding
    assert said is not None
    clock = read_clock(command, said.organization)
    evidence = plan.row.text("evidence")
    if plan.grant is None:
        _import(command, said, reference=plan.row.text("external_reference"), evidence=evidence)
    if said.edition is not None and _accept(
        command,
        said.organization,
        said.edition,
        clock=clock,
        since=said.starts_at,
        evidence=evidence,
    ):
        touch(said.organization, clock)


def _import(command: Command, said: Holding, *, reference: str, evidence: str) -> None:
    clock = read_clock(command)
    row = Grant.objects.create(
        organization=said.organization,
        program=said.tier.program,
        tier=said.tier,
        purpose=said.purpose,
        origin=Origin.IMPORTED,
        external_reference=reference,
        evidence=evidence,
        issued_by=command.by.key,
        issued_at=clock.recorded,
        changed_at=clock.at,
    )
    _open_items(
        row,
        starts_at=said.starts_at,
        ends_at=said.ends_at,
        recorded=clock.recorded,
        surfaces=said.surfaces,
        models=AIModel.objects.filter(pk__in=said.models),
    )
    audit.record(
        Event.GRANT_IMPORTED,
        row,
        command,
        occurred_at=clock.recorded,
        program=row.program_id,
        tier=row.tier_id,
        external_reference=reference,
        starts_at=said.starts_at,
        ends_at=said.ends_at,
        private={"evidence": evidence},
    )


def _plan(sheet: Sheet, *, lock: bool) -> list[_Plan]:
    refuse_twice(sheet.rows, "external_reference", "program")
    known = load_known(sheet.rows, lock=lock)
    return [_plan_row(row, known) for row in sheet.rows]


def _plan_row(row: Row, known: Known) -> _Plan:
    said = read_holding(row, known)
    if said is None:
        return _Plan(row)
    plan = _Plan(row, said)
    plan.grant = known.grants.get((said.tier.program_id, row.text("external_reference")))
    if plan.grant is None:
        _check_overlap(row, said, known)
    elif not said.is_the_one(plan.grant, known.imported[plan.grant.id]):
        row.refuse("external_reference", ReferenceDiffers())
    if said.edition is not None:
        plan.accepts = (said.organization.id, said.edition.id) not in known.accepted
    return plan


def _check_overlap(row: Row, said: Holding, known: Known) -> None:
    """Refuse a second holding of the same, kept here or named in an earlier line."""
    for model in said.models:
        periods = known.periods[said.organization.id, said.tier.id, model, said.purpose]
        if any(
            (end is None or said.starts_at < end)
            and (start is None or said.ends_at is None or start < said.ends_at)
            for start, end in periods
        ):
            row.refuse("starts_at", GrantOverlaps())
            return
        periods.append((said.starts_at, said.ends_at))
