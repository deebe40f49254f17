"""`manage.py print_workflow`: docs/workflow.md, from the table that the code goes by."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from access.choices import RequestStatus
from access.events import Event
from access.policies import APPLICANT_STEPS, STAFF_STEPS
from access.workflow import CLOSED, INITIAL, MOVES, OPEN, Step, steps_from
from registry.choices import Role

_HEAD = """\
# The workflow of an access request

Printed by `manage.py print_workflow` from `access/workflow.py` and `access/policies.py`; a test holds it
to what they say. The same table writes the database's guard: a move that is not here cannot be stored.

- A request begins as {initial}.
- Open, which means in somebody's hands: {open}. A draft is nobody's business yet and does not count.
- Closed, and then dated: {closed}.
"""
_STEPS = """\
## Steps

| From | Step | To | Who | Recorded as |
|---|---|---|---|---|
"""
_NOTES = """\
- “The organization” is a client of the organization that asks; a member of staff in intake may act for it.
- Of several roles any one suffices. Staff are people, or clients of staff that hold the role.
- Nobody takes a step of staff on a request that they drafted or submitted themselves, or of their own organization.
- `approve` leads to `awaiting_countersignature` where the review policy asks for a second signature, else
  to `approved`; the grant is issued in the transaction that approves.
- By the review policy: how many assessments a decision needs, whether who assessed may decide, whether a
  second person countersigns. That person has neither assessed nor decided.
- An assessment (`assess`, by a reviewer, while it is in review or disputed) is a finding and moves nothing.
- Silence moves nothing either: no step is ever taken by the clock.
"""


class Command(BaseCommand):
    help = "Print the workflow as a document: what docs/workflow.md holds."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        head = _HEAD.format(
            initial=_list_statuses(INITIAL),
            open=_list_statuses(OPEN),
            closed=_list_statuses(CLOSED),
        )
        steps = "".join(f"{row}\n" for row in _write_rows())
        drawing = "".join(f"    {line}\n" for line in _draw())
        self.stdout.write(
            f"{head}\n{_STEPS}{steps}\n{_NOTES}\n## Drawn\n\n```mermaid\n"
            f"stateDiagram-v2\n{drawing}```\n",
            ending="",
        )


def _write_rows() -> Iterator[str]:
    for status in RequestStatus:
        for step in steps_from(status):
            found = MOVES[step]
            line = f"| `{status}` | `{step}` | `%s` | {_say_who(step)} | `%s` |"
            yield line % (found.target, found.event)
            if found.proposed is not None:
                yield line % (found.proposed, Event.REQUEST_DECISION_PROPOSED)


def _say_who(step: Step) -> str:
    if step in APPLICANT_STEPS:
        return f"the organization, {Role.INTAKE.label}"
    return ", ".join(str(role.label) for role in STAFF_STEPS[step])


def _draw() -> Iterator[str]:
    for status in RequestStatus:
        if status in INITIAL:
            yield f"[*] --> {status}"
        for step in steps_from(status):
            found = MOVES[step]
            yield f"{status} --> {found.target}: {step}"
            if found.proposed is not None:
                yield f"{status} --> {found.proposed}: {step}"


def _list_statuses(statuses: frozenset[RequestStatus]) -> str:
    names = [f"`{status}`" for status in RequestStatus if status in statuses]
    return f"{', '.join(names[:-1])} or {names[-1]}"
