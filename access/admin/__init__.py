from . import (
    campaigns,
    close_outs,
    conditions,
    expansions,
    grants,
    positions,
    programs,
    recertifications,
    reports,
    requests,
    restrictions,
)

__all__ = [
    "campaigns",
    "close_outs",
    "conditions",
    "expansions",
    "grants",
    "positions",
    "programs",
    "recertifications",
    "reports",
    "requests",
    "restrictions",
]
