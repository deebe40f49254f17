"""Writing projections anew once a change that was scheduled has come (see `registry.operations.projections`)."""

from registry.operations.projections import write_table

_STALE = (
    ("access_programfacts", "program_id", "access_write_program_facts"),
    ("access_grantfacts", "grant_id", "access_write_grant_facts"),
)


def write_stale() -> int:
    """Write those of programs and grants that are quiet no longer; how many there were."""
    return sum(write_table(*table) for table in _STALE)
