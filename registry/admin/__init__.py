from . import ai_models, facts, holiday_tables, obligation_rules, organizations, people, places

__all__ = [
    "ai_models",
    "facts",
    "holiday_tables",
    "obligation_rules",
    "organizations",
    "people",
    "places",
]
