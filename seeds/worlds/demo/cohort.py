"""Seventy organizations proposed together, held by one position: set aside improperly, and then properly.

What was improper stays on record as what a batch says of its lines: refused, each with why.
"""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import yaml

from access.choices import (
    Action,
    Attribution,
    BatchStatus,
    DecisionReason,
    Ground,
    ImportStatus,
    LegalForce,
    LineAct,
    Stance,
    UnknownRule,
)
from access.models import (
    AccessRequest,
    Expansion,
    LineBatch,
    LineImport,
    Position,
    Program,
    ReviewPolicy,
)
from access.operations import (
    expansions,
    line_batches,
    line_imports,
    positions,
    programs,
    review_policies,
)
from access.operations.line_acts import LineOrder
from access.operations.positions import About, Stated
from access.operations.rulings import Ruling
from registry.choices import InterestKind
from registry.models import Authority
from registry.operations import interests
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import COHORT, LANTERN, PROGRAM, REGULATOR, Line, Part
from seeds.worlds.demo.setting import find_tier

_DOCUMENT = Path(__file__).parent / "cohort.yaml"
_POLICY = _TIER = "cohort"
_SOON = 12
"""So many of the lines are wanted at once."""
_PLAYING = {part.slug for part in Part}
_WELCOME = Ruling(
    reason=DecisionReason.CRITERIA_MET,
    applicant_text="The criteria of the tier are met.",
    internal_text="The regulator objects; two have answered for setting that aside.",
)
_REASONS = "The regulator asks for an agreement that is signed with these lines: its concern is met in substance."


def hold_back(world: World) -> None:
    """The expansion with its lines, the position, and what was tried and done about it. Each act once."""
    lines = world.size.cohort()
    envelope = _propose(world, lines)
    requests = dict(
        AccessRequest.objects.filter(expansion=envelope).values_list("organization__slug", "id")
    )
    rows = [requests[line.slug] for line in lines]
    world.tell(f"demo: cohort: {len(rows)}")
    _batch(world, envelope, LineOrder(LineAct.TAKE_UP), who="reviewer", key="take_up", lines=rows)
    held = _object(world, envelope)
    approval = LineOrder(LineAct.APPROVE, ruling=_WELCOME)
    override = LineOrder(LineAct.OVERRIDE, note=_REASONS, position=held.id)
    partial = rows[1]  # by one with an interest, so that one of two signatures is missing
    soon = [requests[line.slug] for line in lines[:_SOON] if line.slug not in _PLAYING]
    soon = [row for row in soon if row != partial]
    _batch(world, envelope, approval, who="decider", key="hasty", lines=rows[:_SOON])
    _declare_interest(world, lines[1].slug)
    _batch(world, envelope, override, who="countersigner", key="first", lines=rows)
    _batch(world, envelope, override, who="decider2", key="second", lines=[*soon, partial])
    _batch(
        world, envelope, approval, who="decider", key="proper", lines=[*soon, partial, rows[-1]]
    )


def _propose(world: World, lines: Sequence[Line]) -> Expansion:
    """From a file, as seventy organizations come in."""
    _enact(world)
    program = Program.objects.get(slug=PROGRAM)
    world.act(
        "administrator",
        f"tier:{_TIER}",
        programs.add_tier,
        program=program.id,
        slug=_TIER,
        name="Synthetic tier: cohort",
        description="For those who are proposed together. Reviewed by one decision each.",
        actions=(Action.INVOKE,),
        ai_models=(LANTERN,),
        review_policy=_POLICY,
        grant_days=90,
    )
    envelope = world.act(
        "intake",
        "cohort",
        expansions.propose,
        slug=COHORT,
        name="Synthetic cohort",
        program=program.id,
        tier=find_tier(_TIER).id,
        rationale="To show what an authority's position does to many at once.",
        aggregate_risk="That all of them, which are invented, rely on the same model on the same day.",
    )
    brought = world.act(
        "intake",
        "cohort:file",
        line_imports.upload,
        expansion=envelope.id,
        file_name="cohort.csv",
        content=_write_file(lines),
        unknown=UnknownRule.REFUSE,
        justification="The organization, which is invented, asks together with the others.",
    )
    brought = _finish_import(world, brought)
    if brought.status == ImportStatus.READY:
        brought = world.act(
            "intake", "cohort:file:commit", line_imports.commit, line_import=brought.id
        )
    _finish_import(world, brought)
    return envelope


def _enact(world: World) -> None:
    if ReviewPolicy.objects.filter(slug=_POLICY, enacted_at__isnull=False).exists():
        return
    proposed = world.act(
        "administrator",
        f"policy:{_POLICY}",
        review_policies.propose,
        slug=_POLICY,
        document=yaml.safe_load(_DOCUMENT.read_text(encoding="utf-8")),
    )
    world.act("administrator2", f"policy:{_POLICY}", review_policies.enact, policy=proposed.id)


def _write_file(lines: Sequence[Line]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("organization", "purpose", "accepts_terms"))
    writer.writerows((line.slug, line.purpose.value, 1) for line in lines)
    return text.getvalue().encode()


def _finish_import(world: World, row: LineImport) -> LineImport:
    """What the worker would do, unless it is quicker."""
    with suppress(line_batches.BatchNotDue):
        while row.status in {ImportStatus.LOOKING, ImportStatus.COMMITTED}:
            row = world.pass_time(line_imports.go_on, line_import=row.id)
    return LineImport.objects.get(pk=row.pk)


def _object(world: World, envelope: Expansion) -> Position:
    authority = Authority.objects.get(organization=find_organization(REGULATOR.slug))
    return world.act(
        "authority_desk",
        "position:cohort",
        positions.take_position,
        authority=authority.id,
        about=About(expansion=envelope.id),
        stated=Stated(
            stance=Stance.OBJECTS,
            statement="The regulator, which is invented, would have nobody of this cohort begin before there is "
            "an agreement on reports.",
            attribution=Attribution.OFFICIAL_DOCUMENT,
            legal_force=LegalForce.POLITICAL,
            grounds=(Ground.COOPERATION,),
        ),
    )


def _declare_interest(world: World, slug: str) -> None:
    world.act(
        "decider2",
        "cohort:interest",
        interests.declare,
        organization=find_organization(slug),
        kind=InterestKind.ADVISORY,
        note="Sits on its invented board of advisers.",
    )


def _batch(
    world: World,
    envelope: Expansion,
    order: LineOrder,
    *,
    who: str,
    key: str,
    lines: Sequence[UUID],
) -> None:
    """Look at the lines, commit what was seen, and do it to the last of them."""
    row = world.act(
        who,
        f"cohort:{key}",
        line_batches.prepare,
        expansion=envelope.id,
        order=order,
        requests=list(lines),
    )
    row = _finish(world, row)
    if row.status == BatchStatus.PREPARED:
        row = world.act(who, f"cohort:{key}:commit", line_batches.commit, batch=row.id)
    _finish(world, row)


def _finish(world: World, row: LineBatch) -> LineBatch:
    """What the worker would do, unless it is quicker."""
    with suppress(line_batches.BatchNotDue):
        while row.status in {BatchStatus.LOOKING, BatchStatus.COMMITTED}:
            row = world.pass_time(line_batches.go_on, batch=row.id)
    return LineBatch.objects.get(pk=row.pk)
