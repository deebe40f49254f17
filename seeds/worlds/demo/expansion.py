"""The expansion: many organizations proposed together, most of them in review."""

from access.choices import RequestStatus
from access.models import AccessRequest
from access.operations import expansions
from seeds.worlds.demo.acting import World
from seeds.worlds.demo.handling import Case, bring_to, draft
from seeds.worlds.demo.names import DEFENSE, EXPANSION, Line, Part, roll
from seeds.worlds.demo.setting import find_tier

_FIRST = (
    RequestStatus.IN_REVIEW,
    RequestStatus.SUBMITTED,
    RequestStatus.RETURNED,
    RequestStatus.QUESTION_OPEN,
    RequestStatus.ON_HOLD,
    RequestStatus.DISPUTED,
    RequestStatus.AWAITING_COUNTERSIGNATURE,
    RequestStatus.DECLINED,
    RequestStatus.APPROVED,
    RequestStatus.WITHDRAWN,
)
_LATER = {
    RequestStatus.IN_REVIEW: 80,
    RequestStatus.SUBMITTED: 5,
    RequestStatus.RETURNED: 3,
    RequestStatus.QUESTION_OPEN: 3,
    RequestStatus.ON_HOLD: 2,
    RequestStatus.DISPUTED: 1,
    RequestStatus.AWAITING_COUNTERSIGNATURE: 2,
    RequestStatus.DECLINED: 1,
    RequestStatus.APPROVED: 2,
    RequestStatus.WITHDRAWN: 1,
}
"""Of a hundred lines after the first, how many come to which status."""
_PLAYING = {part.slug for part in Part}


def propose(world: World) -> list[AccessRequest]:
    """Propose the expansion and bring each of its lines to a status; the lines in their order."""
    tier = find_tier(DEFENSE)
    lines = world.size.lines()
    envelope = world.act(
        "intake",
        "expansion",
        expansions.propose,
        slug=EXPANSION,
        name=f"Synthetic expansion to {len(lines)} requests",
        program=tier.program_id,
        tier=tier.id,
        rationale="To show a large round of review in small steps.",
        capacity=len(lines),
    )
    rows = []
    for line in world.each("expansion", lines):
        row = draft(world, slug=line.slug, tier=tier, purpose=line.purpose, key=line.key)
        world.act(
            "intake",
            f"{line.key}:add",
            expansions.add_line,
            expansion=envelope.id,
            request=row.id,
        )
        bring_to(_status_of(line), Case(world, row.id, line.key))
        rows.append(row)
    return rows


def _status_of(line: Line) -> RequestStatus:
    """Of a world's first lines one comes to each status. Who plays a part is not granted more."""
    if line.number < len(_FIRST):
        status = _FIRST[line.number]
    else:
        chance = roll("status", line.number)
        status = chance.choices(list(_LATER), list(_LATER.values()))[0]
    if status is RequestStatus.APPROVED and line.slug in _PLAYING:
        return RequestStatus.IN_REVIEW
    return status
