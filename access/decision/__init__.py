"""The decision: the pure rule, and the values it reads and gives."""

from access.decision.facts import (
    Answer,
    Facts,
    Ground,
    Item,
    Named,
    Person,
    Question,
    Stop,
    Terms,
    Unsettled,
)
from access.decision.rule import decide, decide_for_surface, explain, find_allowing

__all__ = [
    "Answer",
    "Facts",
    "Ground",
    "Item",
    "Named",
    "Person",
    "Question",
    "Stop",
    "Terms",
    "Unsettled",
    "decide",
    "decide_for_surface",
    "explain",
    "find_allowing",
]
