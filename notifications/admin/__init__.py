from . import deliveries

__all__ = ["deliveries"]
