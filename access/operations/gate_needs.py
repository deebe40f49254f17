"""Binding gates as needs of grants: rewritten in the transaction that changes what they rest on.

The government gate and the export gate can bind. Orders are no part of what is written down: restrictions are
read live by every decision, and win there. What is written holds no word of a position: holders read it.
"""

from collections.abc import Iterable

from django.db.models import Q

from access.choices import NeedKind, NeedStanding, RequestStatus
from access.models import Grant
from access.operations.grant_needs import NeedSpan, _set_need
from access.queries.gates import BINDABLE, gates_of_grant, need_of
from access.stages.gates import Gate
from registry.commands import Clock, Command, read_clock


def _need_gates(command: Command, grant: Grant, *, clock: Clock) -> None:
    """Write down how the binding gates of a locked grant stand from now on."""
    for gate in gates_of_grant(grant, None, at=clock.recorded):
        if gate.name in BINDABLE:
            _set_need(
                command,
                grant,
                kind=NeedKind.GATE,
                code=gate.name,
                spans=spans_of(gate),
                clock=clock,
            )


def _rewrite_gates(command: Command, programs: Iterable[object]) -> None:
    """For every grant of locked programs whose policy lets a gate bind, and that has not ended."""
    bound = Q()
    for name in BINDABLE:
        bound |= Q(
            request__review_policy__document__contains={"gates": {name.value: {"binding": True}}}
        )
    rows = Grant.objects.filter(program__in=list(programs), end__isnull=True)
    followed = rows.filter(needs__kind=NeedKind.GATE, needs__recorded__upper_inf=True)
    chosen = (
        rows.filter(bound & Q(request__status=RequestStatus.APPROVED))
        .values("pk")
        .union(followed.values("pk"))
    )
    locked = Grant.objects.filter(pk__in=list(chosen.values_list("pk", flat=True)))
    for grant in (
        locked.select_for_update(of=("self",), no_key=True)
        .select_related("tier", "request__review_policy")
        .order_by("pk")
    ):
        _need_gates(command, grant, clock=read_clock(command, grant))


def spans_of(gate: Gate) -> list[NeedSpan]:
    """How a binding gate stands, and from when on it is known to be closed; none where it is not needed."""
    standing = need_of(gate)
    if standing is None:
        return []
    said = {"gate": gate.name.value}
    if gate.until is None:
        return [NeedSpan(standing, said)]
    return [NeedSpan(standing, said, until=gate.until), NeedSpan(NeedStanding.NOT_MET, said)]
