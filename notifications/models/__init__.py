from .cursor import Cursor
from .delivery import Delivery

__all__ = ["Cursor", "Delivery"]
