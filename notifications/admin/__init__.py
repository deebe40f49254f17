from . import deliveries, incidents, obligations, occurrences, questions

__all__ = ["deliveries", "incidents", "obligations", "occurrences", "questions"]
