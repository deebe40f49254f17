from . import expansions, grants, positions, programs, requests, restrictions

__all__ = ["expansions", "grants", "positions", "programs", "requests", "restrictions"]
