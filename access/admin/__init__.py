from . import (
    deny_list,
    enforcement,
    expansions,
    grants,
    positions,
    programs,
    reports,
    requests,
    restrictions,
    waiting,
)

__all__ = [
    "deny_list",
    "enforcement",
    "expansions",
    "grants",
    "positions",
    "programs",
    "reports",
    "requests",
    "restrictions",
    "waiting",
]
