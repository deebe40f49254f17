from . import deliveries, filings, obligations

__all__ = ["deliveries", "filings", "obligations"]
