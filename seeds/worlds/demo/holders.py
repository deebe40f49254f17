"""The first partners and their grants: one in every state that a grant can be in."""

import csv
import datetime as dt
import io
from contextlib import suppress
from uuid import UUID

from access.choices import DecisionReason, PrimaryPurpose, RequestStatus, RevocationReason
from access.models import Grant
from access.operations import grants, import_holdings
from access.operations.grants import GrantOver, GrantStandingUnchanged
from access.operations.rulings import Ruling
from seeds.worlds.demo.acting import World
from seeds.worlds.demo.handling import Case, bring_to, draft
from seeds.worlds.demo.names import DEFENSE, EVALUATION, PROGRAM, RESEARCH, Part
from seeds.worlds.demo.setting import find_terms, find_tier

_DECIDED = (Part.IN_FORCE, Part.EXEMPTED, Part.SUSPENDED, Part.REVOKED, Part.SURRENDERED)
_DAY = dt.timedelta(days=1)


def give_access(world: World) -> None:
    """Grants of every state, and beside them a request not handed in and one withdrawn."""
    for part in world.each("grants decided", _DECIDED):
        _decide(world, part)
    _decide_ahead(world)
    _decide_to_wait(world)
    _import(world)
    _end_some(world)
    _ask_in_vain(world)


def _decide(world: World, part: Part) -> None:
    key = f"holder:{part.slug}"
    row = draft(
        world, slug=part.slug, tier=find_tier(DEFENSE), purpose=PrimaryPurpose.USE, key=key
    )
    bring_to(RequestStatus.APPROVED, Case(world, row.id, key))


def _decide_ahead(world: World) -> None:
    key = f"holder:{Part.DATED_AHEAD.slug}"
    row = draft(
        world,
        slug=Part.DATED_AHEAD.slug,
        tier=find_tier(EVALUATION),
        purpose=PrimaryPurpose.EVALUATION,
        key=key,
    )
    ruling = Ruling(
        reason=DecisionReason.CRITERIA_MET,
        applicant_text="Access begins with the next round of evaluations.",
        starts_at=_midnight() + 60 * _DAY,
    )
    bring_to(RequestStatus.APPROVED, Case(world, row.id, key, ruling))


def _decide_to_wait(world: World) -> None:
    """A grant that opens no door yet: a period runs, and a fact is missing."""
    key = f"waits:{Part.IN_FORCE.slug}"
    row = draft(
        world,
        slug=Part.IN_FORCE.slug,
        tier=find_tier(RESEARCH),
        purpose=PrimaryPurpose.RESEARCH,
        key=key,
    )
    bring_to(RequestStatus.APPROVED, Case(world, row.id, key))


def _import(world: World) -> None:
    """Two holdings from before there was a registry: one still runs, the other has run out."""
    begun, over = _midnight() - 400 * _DAY, _midnight() - 30 * _DAY
    lines = [
        {
            "external_reference": "SYNTHETIC-0001",
            "organization": Part.IMPORTED.slug,
            "ends_at": "",
        },
        {
            "external_reference": "SYNTHETIC-0002",
            "organization": Part.EXPIRED.slug,
            "ends_at": over.isoformat(),
        },
    ]
    same = {
        "program": PROGRAM,
        "tier": DEFENSE,
        "purpose": PrimaryPurpose.USE,
        "starts_at": begun.isoformat(),
        "terms_edition": "1",
        "evidence": "Invented record",
    }
    file = io.StringIO()
    writer = csv.DictWriter(file, [*lines[0], *same])
    writer.writeheader()
    writer.writerows(line | same for line in lines)
    world.act(
        "intake",
        "holdings",
        import_holdings.import_,
        file_name="synthetic-holdings.csv",
        content=file.getvalue().encode(),
    )


def _end_some(world: World) -> None:
    """Where staff, the worker or an earlier run was quicker, it stays as it is."""
    for part, end in (
        (Part.SUSPENDED, _suspend),
        (Part.REVOKED, _revoke),
        (Part.SURRENDERED, _surrender),
        (Part.EXPIRED, _expire),
    ):
        found = Grant.objects.filter(organization__slug=part.slug, tier=find_tier(DEFENSE))
        for grant in found.order_by("issued_at", "id")[:1]:
            with suppress(GrantOver, GrantStandingUnchanged):
                end(world, grant.id)


def _suspend(world: World, grant: UUID) -> None:
    world.act(
        "restrictor",
        "holder:suspend",
        grants.suspend,
        grant=grant,
        reason="Until the invented findings of its audit are explained.",
    )


def _revoke(world: World, grant: UUID) -> None:
    world.act(
        "restrictor",
        "holder:revoke",
        grants.revoke,
        grant=grant,
        reason=RevocationReason.TERMS_BREACHED,
        text="Access was passed on to a subsidiary.",
    )


def _surrender(world: World, grant: UUID) -> None:
    world.act("intake", "holder:surrender", grants.surrender, grant=grant)


def _expire(world: World, grant: UUID) -> None:
    world.pass_time(grants.expire, grant=grant)


def _ask_in_vain(world: World) -> None:
    for part, status in (
        (Part.SURRENDERED, RequestStatus.DRAFT),
        (Part.REVOKED, RequestStatus.WITHDRAWN),
    ):
        key = f"vain:{part.slug}"
        row = draft(
            world,
            slug=part.slug,
            tier=find_tier(EVALUATION),
            purpose=PrimaryPurpose.EVALUATION,
            key=key,
        )
        bring_to(status, Case(world, row.id, key))


def _midnight() -> dt.datetime:
    """The beginning of the world's first day, however often it is made."""
    first = find_terms().published_at.astimezone(dt.UTC)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)
