from . import deliveries, obligations

__all__ = ["deliveries", "obligations"]
