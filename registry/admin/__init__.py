from . import facts, organizations, people

__all__ = ["facts", "organizations", "people"]
