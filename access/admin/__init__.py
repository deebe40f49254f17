from . import expansions, grants, positions, programs, reports, requests, restrictions

__all__ = ["expansions", "grants", "positions", "programs", "reports", "requests", "restrictions"]
