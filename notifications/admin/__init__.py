from . import deliveries, filings, incidents, obligations, occurrences, questions

__all__ = ["deliveries", "filings", "incidents", "obligations", "occurrences", "questions"]
