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
]
