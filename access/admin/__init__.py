from . import expansions, grants, positions, programs, reports, requests, restrictions, waiting

__all__ = [
    "expansions",
    "grants",
    "positions",
    "programs",
    "reports",
    "requests",
    "restrictions",
    "waiting",
]
