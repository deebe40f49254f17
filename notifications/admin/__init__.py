from . import (
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
