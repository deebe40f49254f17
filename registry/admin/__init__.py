from . import (
    ai_models,
    duty_holders,
    facts,
    holiday_tables,
    interests,
    obligation_rules,
    organizations,
    people,
    places,
    screening_hits,
    screening_lists,
    screenings,
)

__all__ = [
    "ai_models",
    "duty_holders",
    "facts",
    "holiday_tables",
    "interests",
    "obligation_rules",
    "organizations",
    "people",
    "places",
    "screening_hits",
    "screening_lists",
    "screenings",
]
