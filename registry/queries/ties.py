"""How organizations hang together: parents, subsidiaries and affiliates, by the way that leads there."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from registry.choices import RelationKind
from registry.models import Relation


@dataclass(frozen=True, slots=True)
class Tie:
    """The shortest way from `start` to another organization: its relations in order, none where it is the same."""

    start: UUID
    way: tuple[Relation, ...] = ()

    def describe(self) -> list[str]:
        """Each relation of the way as a sentence, in the organizations' public names."""
        return [
            f"{edge.subject.name} {edge.get_kind_display()} {edge.object.name}"
            for edge in self.way
        ]


def find_tie(starts: Iterable[UUID], end: UUID, *, at: dt.datetime | None = None) -> Tie | None:
    """Whether `end` is one of these organizations or of the group of one, at `at` as known now.

    Without `at`, now by the database's clock. A group is whoever owns it, at any remove, whatever such an
    owner owns, and affiliates of either. Two owners of the same company are no group. One query for each
    remove, and none where nothing starts.
    """
    return next((tie for reached, tie in _walk(starts, at) if reached == end), None)


def find_group(organization: UUID, *, at: dt.datetime | None = None) -> set[UUID]:
    """The organization and everybody whom `find_tie` ties to it."""
    return {reached for reached, _tie in _walk([organization], at)}


def _walk(starts: Iterable[UUID], at: dt.datetime | None) -> Iterator[tuple[UUID, Tie]]:
    """Everybody within reach with a shortest way, near ones first; perhaps twice.

    A way may go up and then down; whoever was reached going up may be left in either direction.
    """
    front = [(node, True, Tie(node)) for node in starts]
    climbed, descended = {node for node, _climbing, _tie in front}, set[UUID]()
    while front:
        yield from ((node, tie) for node, _climbing, tie in front)
        edges = list(_edges({node for node, _climbing, _tie in front}, at))
        reached = []
        for node, climbing, tie in front:
            for other, still, edge in _leave(node, edges, climbing=climbing):
                if other in climbed or (not still and other in descended):
                    continue
                (climbed if still else descended).add(other)
                reached.append((other, still, Tie(tie.start, (*tie.way, edge))))
        front = reached


def _edges(nodes: set[UUID], at: dt.datetime | None) -> Iterable[Relation]:
    return (
        Relation.objects.current()
        .filter(valid__contains=at or Now())
        .filter(Q(subject__in=nodes) | Q(object__in=nodes))
        .filter(kind__in=(RelationKind.OWNS, RelationKind.AFFILIATE_OF))
        .select_related("subject", "object")
        .order_by("id")
    )


def _leave(
    node: UUID, edges: Iterable[Relation], *, climbing: bool
) -> Iterator[tuple[UUID, bool, Relation]]:
    """Where one may go from here, and whether one may still go up from there."""
    for edge in edges:
        if edge.kind == RelationKind.AFFILIATE_OF and node in {edge.subject_id, edge.object_id}:
            yield edge.object_id if node == edge.subject_id else edge.subject_id, climbing, edge
        elif edge.kind == RelationKind.OWNS and node == edge.object_id and climbing:
            yield edge.subject_id, True, edge
        elif edge.kind == RelationKind.OWNS and node == edge.subject_id:
            yield edge.object_id, False, edge
