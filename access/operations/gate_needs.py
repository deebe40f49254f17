"""Binding gates as needs of grants: rewritten in the transaction that changes what they rest on.

The government, the export and the authority gate can bind. Orders are no part of what is written down:
restrictions are read live by every decision, and win there. What is written holds no word of a position, nor
of a body: holders read it.

A body's own access changes by acts on its grants, which hold locks that no act on another's grant may wait
for. So the authority gates of all grants are written one act at a time, under one advisory lock that is taken
after every other, and without a lock on the grants that they are about.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from access.choices import GateName, GateStanding, NeedKind, NeedStanding, RequestStatus
from access.models import Grant, GrantNeedVersion, ReviewPolicy
from access.operations.grant_needs import NeedSpan, _set_need
from access.policies import read_policy
from access.queries.gates import BINDABLE, NEEDS, gates_of_grant, gates_to_write, need_of
from access.stages.gates import Gate
from registry.commands import Clock, Command, read_clock
from registry.models import Organization

_POSITIONED = frozenset({GateName.GOVERNMENT, GateName.EXPORT})
"""The gates that rest on positions and authorizations, under the programs' locks."""
_BODIES_LOCK = 7_004_412
"""The advisory lock of whoever changes a body's access or notice, or gives a grant that waits for one."""


def _need_gates(command: Command, grant: Grant, *, clock: Clock) -> None:
    """Write down how the binding gates of a new grant stand from now on."""
    request = grant.founding_request
    policy = None if request is None else request.review_policy
    asked = None if policy is None else read_policy(policy.document).gates.authority
    if asked is not None and asked.binding:
        _lock_bodies()
        clock = read_clock(command, grant)  # what its bodies have is read after the lock
    _write_gates(command, grant, frozenset(BINDABLE), clock=clock)


def _write_gates(
    command: Command, grant: Grant, names: frozenset[GateName], *, clock: Clock
) -> None:
    for gate in gates_of_grant(grant, None, at=clock.recorded):
        if gate.name in names:
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
    for name in _POSITIONED:
        bound |= Q(
            request__review_policy__document__contains={"gates": {name.value: {"binding": True}}}
        )
    rows = Grant.objects.filter(program__in=list(programs), end__isnull=True)
    followed = rows.filter(
        needs__kind=NeedKind.GATE, needs__code__in=_POSITIONED, needs__recorded__upper_inf=True
    )
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
        _write_gates(command, grant, _POSITIONED, clock=read_clock(command, grant))


def _follow_body(command: Command, organization: UUID) -> None:
    """What an organization itself holds, or was told, has changed: rewrite the gates that wait for it.

    The last thing that an act does, after all its locks. Nothing where no policy ties access to it.
    """
    slug = Organization.objects.values_list("slug", flat=True).get(pk=organization)
    tied = {"gates": {"authority": {"binding": True, "bodies": [{"authority": slug}]}}}
    if not ReviewPolicy.objects.filter(document__contains=tied).exists():
        return
    _lock_bodies()
    waiting = GrantNeedVersion.objects.current().filter(
        grant=OuterRef("pk"), kind=NeedKind.GATE, code=GateName.AUTHORITY
    )
    rows = list(
        Grant.objects.filter(Exists(waiting), end__isnull=True)
        .select_related("tier", "request__review_policy")
        .order_by("pk")
    )
    clock = read_clock(command)
    found = gates_to_write(rows, at=clock.recorded)
    for grant in rows:
        gate = next(one for one in found[grant.id] if one.name is GateName.AUTHORITY)
        _set_need(
            command,
            grant,
            kind=NeedKind.GATE,
            code=gate.name,
            spans=spans_of(gate),
            clock=clock,
            locked=False,
        )


def _lock_bodies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BODIES_LOCK])


def spans_of(gate: Gate) -> list[NeedSpan]:
    """How a binding gate stands, and from when on it is known to stand otherwise; none where it is not needed."""
    standing = need_of(gate)
    if standing is None:
        return []
    said = {"gate": gate.name.value}
    turns = gate.then
    if not turns and gate.until is not None:
        turns = ((gate.until, GateStanding.CLOSED),)
    spans: list[NeedSpan] = []
    for moment, later in turns:
        spans.append(NeedSpan(standing, said, until=moment))
        standing = NEEDS.get(later, NeedStanding.MET)
    return [*spans, NeedSpan(standing, said)]
