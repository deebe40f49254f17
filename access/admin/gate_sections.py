"""The four gates on the pages of requests and grants, side by side, in words."""

from collections.abc import Iterable

from access.stages.gates import Gate
from registry.admin.sections import Section


def list_gates(gates: Iterable[Gate]) -> Section:
    return Section(
        "The four gates",
        ("Gate", "Stands", "Why", "Closes grants", "Known to close"),
        [
            (
                gate.name.label,
                gate.standing.label,
                "; ".join(gate.why),
                "yes" if gate.binding else "",
                gate.until or "",
            )
            for gate in gates
        ],
        empty="Only staff read them.",
    )
