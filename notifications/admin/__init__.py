from . import (
    coverage_gaps,
    deliveries,
    demands,
    dialogues,
    filings,
    incidents,
    notices,
    obligations,
    occurrences,
    questions,
)

__all__ = [
    "coverage_gaps",
    "deliveries",
    "demands",
    "dialogues",
    "filings",
    "incidents",
    "notices",
    "obligations",
    "occurrences",
    "questions",
]
