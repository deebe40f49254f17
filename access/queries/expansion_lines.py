"""The lines of an expansion as one screen shows them, in a number of statements that no line adds to.

What stands in the way of each line's approval is told from the same rules and positions that an approval
asks, under the policy that the line pinned or, to see what another edition would do, under that one.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Coalesce

from access.choices import Outcome, RequestStatus
from access.models import (
    AccessRequest,
    Expansion,
    Position,
    PositionVersion,
    ReviewPolicy,
)
from access.policies import PolicyRules, read_policy
from access.queries.line_places import count_taken, list_waiting
from access.queries.line_progress import ReviewsRead
from access.queries.position_scopes import gather, lines_of_requests
from access.queries.positions import explain, find_overrides, hold
from access.stages.progress import find_obstacles
from access.stages.weighing import Overrides, weigh
from access.workflow import CLOSED, MOVES, Step
from registry.actors import Actor

UNRANKED = 2**31 - 1
"""Where a line without a priority stands: after all that have one."""


class Obstacle(StrEnum):
    """Why a line could not be approved as it stands; the first of these that applies comes first."""

    STATUS = "status"
    POLICY = "policy"
    STAGES = "stages"
    POSITION = "position"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Held:
    """A position that holds a line back. Whoever may not read it learns that there is one, and no more."""

    authority: str
    position: UUID | None
    why: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One line: its request, where it is in review, what holds it, and its place within the capacity.

    `stage` is what is under way in it; `undone` the stages that must be done before a decision.
    """

    request: AccessRequest
    stage: str
    undone: tuple[str, ...]
    held_by: tuple[Held, ...]
    obstacles: tuple[Obstacle, ...]
    waits_as: int | None
    has_place: bool


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many lines may hold access, how many do or were offered a place, and how many wait."""

    most: int | None
    taken: int
    waiting: int

    @property
    def free(self) -> int | None:
        return None if self.most is None else max(0, self.most - self.taken)


def list_line_requests(expansion: Expansion) -> QuerySet[AccessRequest]:
    """The requests in the order of the screen: those that are ranked, then by name of the organization."""
    return (
        expansion.access_requests.select_related(
            "organization", "tier__program", "review_policy", "line_place"
        )
        .annotate(
            priority=F("line_place__priority"),
            rank=Coalesce("line_place__priority", Value(UNRANKED)),
        )
        .order_by("rank", "organization__slug", "id")
    )


def view_lines(
    expansion: Expansion,
    requests: Sequence[AccessRequest],
    *,
    actor: Actor,
    at: dt.datetime,
    policy: ReviewPolicy | None = None,
) -> list[LineView]:
    """What is shown of these lines, which `list_line_requests` gave, to this actor.

    With `policy`, as if that edition had been pinned by each line that is not closed.
    """
    rules = _Rules(policy)
    bearing = gather(lines_of_requests(requests, at=at), at=at)
    overrides = find_overrides([line.pk for line in requests])
    readable = _readable(bearing.values(), actor)
    waiting = {
        pk: number
        for number, pk in enumerate(list_waiting(expansion).values_list("pk", flat=True), start=1)
    }
    capacity = measure_capacity(expansion, waiting=len(waiting))
    reviews = ReviewsRead(requests)
    views = []
    for line in requests:
        asked = rules.of(line)
        progress = () if asked is None else reviews.follow(line, asked, bearing[line.pk])
        held = (
            ()
            if asked is None
            else _list_holding(
                asked, bearing[line.pk], overrides.get(line.pk, {}), readable=readable
            )
        )
        undone = [] if asked is None else find_obstacles(asked, progress, Outcome.APPROVED)
        view = LineView(
            request=line,
            stage=", ".join(said.stage.key for said in progress if said.under_way),
            undone=tuple(said.stage.key for said in undone),
            held_by=tuple(held),
            obstacles=(),
            waits_as=waiting.get(line.pk),
            has_place=_was_offered(line),
        )
        views.append(_with_obstacles(view, capacity, pinned=asked is not None))
    return views


def measure_capacity(expansion: Expansion, *, waiting: int | None = None) -> Capacity:
    """The capacity, in two statements; in one where it is known how many wait."""
    waits = list_waiting(expansion).count() if waiting is None else waiting
    return Capacity(expansion.capacity, count_taken(expansion), waits)


def count_by_status(expansion: Expansion) -> dict[RequestStatus, int]:
    """How many lines have which status; those that no line has are left out."""
    found = expansion.access_requests.order_by("status").values_list("status")
    return {RequestStatus(status): number for status, number in found.annotate(number=Count("id"))}


class _Rules:
    """The rules of each edition, read once; or of one edition instead of all."""

    def __init__(self, instead: ReviewPolicy | None) -> None:
        self._instead = None if instead is None else read_policy(instead.document)
        self._known: dict[UUID, PolicyRules] = {}

    def of(self, line: AccessRequest) -> PolicyRules | None:
        """None for a draft, which has pinned no edition."""
        if self._instead is not None and line.status not in CLOSED:
            return self._instead
        if line.review_policy is None:
            return None
        if line.review_policy.pk not in self._known:
            self._known[line.review_policy.pk] = read_policy(line.review_policy.document)
        return self._known[line.review_policy.pk]


def _readable(bearing: Iterable[Sequence[PositionVersion]], actor: Actor) -> frozenset[UUID]:
    wanted = {version.position_id for versions in bearing for version in versions}
    visible = Position.objects.visible_to(actor).filter(pk__in=wanted)
    return frozenset(visible.values_list("pk", flat=True))


def _with_obstacles(view: LineView, capacity: Capacity, *, pinned: bool) -> LineView:
    """What is in the way of a line that is not closed; a closed one shows nothing that concerns review."""
    status = RequestStatus(view.request.status)
    if status in CLOSED:
        return replace(view, stage="", undone=(), held_by=())
    others_wait = capacity.waiting > (view.waits_as is not None)
    full = capacity.free is not None and (capacity.free == 0 or others_wait)
    in_the_way = {
        Obstacle.STATUS: status not in MOVES[Step.APPROVE].sources,
        Obstacle.POLICY: not pinned,
        Obstacle.STAGES: bool(view.undone),
        Obstacle.POSITION: bool(view.held_by),
        Obstacle.PLACE: full
        and not view.has_place
        and status != RequestStatus.AWAITING_COUNTERSIGNATURE,
    }
    return replace(view, obstacles=tuple(one for one, there in in_the_way.items() if there))


def _was_offered(line: AccessRequest) -> bool:
    place = getattr(line, "line_place", None)
    return place is not None and place.offered_at is not None


def _list_holding(
    rules: PolicyRules,
    bearing: Sequence[PositionVersion],
    overrides: Overrides,
    *,
    readable: frozenset[UUID],
) -> Iterator[Held]:
    """The positions that hold a line back by these rules, each with why."""
    weighed = weigh(rules, map(hold, bearing), overrides)
    for one, version in zip(weighed, bearing, strict=True):
        if not one.holds:
            continue
        seen = version.position_id in readable
        name = version.position.authority.organization.name if seen else ""
        why = explain(one, version, seen=seen).why
        yield Held(name, version.position_id if seen else None, why)


def find_edition(slug: str, number: int) -> ReviewPolicy | None:
    """An edition of a review policy, in force or only proposed."""
    return ReviewPolicy.objects.filter(slug=slug, number=number).first()
