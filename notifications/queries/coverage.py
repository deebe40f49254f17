"""Coverage: which body of which jurisdiction meets which need of a program or a model, and by what that is known.

By body, never by jurisdiction alone: that one body of a union was invited says nothing of another.
"""

from dataclasses import dataclass, replace

from notifications.choices import Covered
from notifications.models import GapExplanation
from notifications.queries.coverage_cells import Cell, Evidence, judge, judge_nobody
from notifications.queries.coverage_facts import Asked, read_facts
from registry.models import AIModel, Jurisdiction, Organization

__all__ = ["Asked", "Coverage", "Line", "read_coverage"]


@dataclass(frozen=True, slots=True)
class Line:
    """One body in one jurisdiction; None where no body is registered for it.

    `concerned`: whoever holds access, or asks for it, has to do with the jurisdiction.
    """

    jurisdiction: Jurisdiction
    body: Organization | None
    concerned: bool
    cells: tuple[Cell, ...]

    @property
    def gaps(self) -> list[Cell]:
        """What is not met, or not known to be."""
        return [cell for cell in self.cells if cell.covered in {Covered.NO, Covered.NOT_KNOWN}]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer, by jurisdiction and body. `models` are those that it is about."""

    asked: Asked
    models: list[AIModel]
    lines: list[Line]


def read_coverage(asked: Asked, *, explained: bool = True) -> Coverage:
    """Every body of the world, and every jurisdiction concerned that has none.

    What a person has said of a program's gap to be not needed is so, unless it is to be read without that.

    The number of queries grows with the program's models, and with nothing else.
    """
    facts = read_facts(asked)
    lines = [
        Line(place, body, place.id in facts.concerned, judge(facts, place, body))
        for body in facts.bodies
        for place in facts.places[body.id]
    ]
    covered = {line.jurisdiction.id for line in lines}
    lines += [
        Line(place, None, concerned=True, cells=judge_nobody())
        for pk, place in facts.concerned.items()
        if pk not in covered
    ]
    lines.sort(
        key=lambda line: (line.jurisdiction.slug, "" if line.body is None else line.body.name)
    )
    if explained and asked.program is not None:
        lines = _without_needless(asked, lines)
    return Coverage(asked, facts.models, lines)


def _without_needless(asked: Asked, lines: list[Line]) -> list[Line]:
    """The same, with what is not met and was last said to be not needed shown so, with the reason."""
    said = {
        (row.gap.jurisdiction_id, row.gap.body_id, row.gap.need): row
        for row in GapExplanation.objects.filter(
            gap__program=asked.program, explained_at__lte=asked.known_by
        )
        .select_related("gap")
        .order_by("explained_at", "id")
    }

    def see(line: Line, cell: Cell) -> Cell:
        body = None if line.body is None else line.body.id
        row = said.get((line.jurisdiction.id, body, cell.need.value))
        if row is None or not row.not_needed or cell not in line.gaps:
            return cell
        return replace(
            cell,
            covered=Covered.NOT_NEEDED,
            evidence=(Evidence(row.reason, row.gap), *cell.evidence),
        )

    return [replace(line, cells=tuple(see(line, cell) for cell in line.cells)) for line in lines]
