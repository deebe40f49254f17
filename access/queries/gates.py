"""The four gates of requests and grants, from what is on record. In a number of queries that does not grow."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from access.choices import (
    GateName,
    GateStanding,
    Holds,
    ItemStanding,
    NeedKind,
    NeedStanding,
    Outcome,
    RequestStatus,
    RestrictionBasis,
)
from access.models import (
    AccessRequest,
    AuthorizationVersion,
    BodyNotice,
    Grant,
    GrantItem,
    Position,
    ReportedHolding,
    RequestDecision,
    RestrictionVersion,
    Tier,
)
from access.policies import PolicyRules, read_policy
from access.queries.position_scopes import Line, Named, gather, make_lines
from access.queries.positions import find_overrides, hold
from access.stages.gates import (
    Body,
    Gate,
    Licensed,
    gate_authority,
    gate_export,
    gate_government,
)
from access.stages.weighing import weigh
from registry.actors import Actor
from registry.models import Jurisdiction, Organization

Gates = tuple[Gate, ...]
BINDABLE = (GateName.GOVERNMENT, GateName.EXPORT, GateName.AUTHORITY)
NEEDS = {
    GateStanding.OPEN: NeedStanding.MET,
    GateStanding.CLOSED: NeedStanding.NOT_MET,
    GateStanding.NOT_KNOWN: NeedStanding.NOT_KNOWN,
}

_STANDINGS = {need: gate for gate, need in NEEDS.items()}


@dataclass(frozen=True, slots=True)
class Subject:
    """A request or a grant whose gates are asked for. Without a policy only vetting says anything."""

    key: UUID
    tier: Tier
    organization: UUID
    request: AccessRequest | None
    vetting: Gate

    @property
    def rules(self) -> PolicyRules | None:
        policy = None if self.request is None else self.request.review_policy
        return None if policy is None else read_policy(policy.document)


def gates_of_requests(
    requests: Sequence[AccessRequest], actor: Actor, *, at: dt.datetime
) -> dict[UUID, Gates]:
    """The gates of each request, as one member of staff may read them; nothing for anybody outside.

    `requests` come with `tier` and `review_policy`.
    """
    if not actor.is_staff:
        return {}
    outcomes = _find_outcomes([row.id for row in requests])
    return _find(
        [
            Subject(row.id, row.tier, row.organization_id, row, _vet(row, outcomes.get(row.id)))
            for row in requests
        ],
        actor,
        at=at,
    )


def gates_of_grant(grant: Grant, actor: Actor | None, *, at: dt.datetime) -> Gates:
    """The gates of one grant under the policy that its founding request pinned, as a member of staff may read them.

    For `actor` None as they are written down: every position told; left out are orders, which every decision
    reads live, and what sources report of a body's access, which opens nothing.
    """
    if actor is not None and not actor.is_staff:
        return ()
    return _find([_subject_of(grant)], actor, at=at)[grant.id]


def gates_to_write(grants: Iterable[Grant], *, at: dt.datetime) -> dict[UUID, Gates]:
    """The gates of many grants as they are written down."""
    return _find([_subject_of(grant) for grant in grants], None, at=at)


def _subject_of(grant: Grant) -> Subject:
    return Subject(
        grant.id,
        grant.tier,
        grant.organization_id,
        grant.founding_request,
        _vet_grant(grant),
    )


def gates_told(grant: Grant, *, at: dt.datetime) -> Gates:
    """What the holder of a grant reads: vetting, and the gates that close its grants, as they are written down.

    Not why: that may rest on what is kept in confidence.
    """
    needs = grant.needs.as_of(at).filter(kind=NeedKind.GATE).order_by("code")
    return (
        _vet_grant(grant),
        *(
            Gate(
                GateName(need.code),
                _STANDINGS[NeedStanding(need.standing)],
                binding=True,
                until=need.valid.upper,
            )
            for need in needs
        ),
    )


def gates_told_of(request: AccessRequest) -> Gates:
    """What the organization reads of its request: vetting alone. The others are told of the grant, where they bind."""
    return (_vet(request, None),)


def need_of(gate: Gate) -> NeedStanding | None:
    """As what a grant needs a gate is written down; None for one that closes no grant."""
    if not gate.binding or gate.name not in BINDABLE:
        return None
    return NEEDS.get(gate.standing)


def _find(subjects: list[Subject], actor: Actor | None, *, at: dt.datetime) -> dict[UUID, Gates]:
    lines = make_lines(
        [Named(one.key, one.tier, one.organization, one.request) for one in subjects], at=at
    )
    bearing = gather(lines, at=at)
    overrides = find_overrides([one.request.id for one in subjects if one.request is not None])
    seen = _find_seen(actor, {said.position_id for found in bearing.values() for said in found})
    known = _Known(lines, [rules for one in subjects if (rules := one.rules) is not None], at=at)
    found = {}
    for one in subjects:
        rules = one.rules
        if rules is None:
            unknown = (_("no review policy is pinned"),)
            found[one.key] = (
                one.vetting,
                *(
                    Gate(name, GateStanding.NOT_KNOWN, unknown)
                    for name in (GateName.GOVERNMENT, GateName.EXPORT, GateName.AUTHORITY)
                ),
            )
            continue
        assert one.request is not None
        weighed = weigh(rules, map(hold, bearing[one.key]), overrides.get(one.request.id))
        line = lines[one.key]
        found[one.key] = (
            one.vetting,
            gate_government(rules, weighed, seen=seen),
            gate_export(
                rules,
                known.facts(one, line),
                known.licenses(line),
                orders=() if actor is None else known.orders(line),
                at=at,
            ),
            _gate_authority(rules, known, line, at=at, reported=actor is not None),
        )
    return found


def _gate_authority(
    rules: PolicyRules, known: "_Known", line: Line, *, at: dt.datetime, reported: bool
) -> Gate:
    """The gate as it stands, and from which moments on the dates of the bodies' own access change it."""
    holder = known.name_body(line)
    gate = gate_authority(rules, known.bodies(line, at=at, reported=reported), holder=holder)
    then, last = list[tuple[dt.datetime, GateStanding]](), gate.standing
    for moment in known.turns(line):
        bodies = known.bodies(line, at=moment, reported=reported)
        standing = gate_authority(rules, bodies, holder=holder).standing
        if standing is not last:
            then.append((moment, standing))
            last = standing
    closes = then[0][0] if then and gate.standing is GateStanding.OPEN else None
    return replace(gate, until=closes, then=tuple(then))


class _Known:
    """What is on record of authorizations, orders and bodies, read once for all the lines."""

    def __init__(
        self, lines: dict[UUID, Line], rules: list[PolicyRules], *, at: dt.datetime
    ) -> None:
        self._lines, self._at = list(lines.values()), at
        models = {model for line in self._lines for model in line.ai_models}
        self._places = dict(
            Jurisdiction.objects.filter(
                pk__in={place for line in self._lines for place in line.jurisdictions}
            ).values_list("pk", "slug")
        )
        self._authorizations = list(
            AuthorizationVersion.objects.current()
            .filter(_not_over(at))
            .select_related("authorization__issuer__organization")
            .order_by("id")
        )
        self._orders = list(
            RestrictionVersion.objects.as_of(at)
            .filter(restriction__basis=RestrictionBasis.ORDER, restriction__origin="decided")
            .select_related("restriction", "person_class")
            .prefetch_related("restriction__exceptions")
        )
        named = {
            body.authority
            for said in rules
            if said.gates.authority is not None
            for body in said.gates.authority.bodies
        }
        self._held = [
            (body, model, valid.lower, valid.upper)
            for body, model, valid in GrantItem.objects.current()
            .filter(
                _not_over(at),
                organization__slug__in=named,
                ai_model__in=models,
                standing=ItemStanding.IN_FORCE,
            )
            .values_list("organization__slug", "ai_model_id", "valid")
        ]
        self._bodies = dict(
            Organization.objects.filter(slug__in=named).values_list("id", "slug") if named else ()
        )
        self._reported = set(
            ReportedHolding.objects.as_of(at)
            .filter(organization__slug__in=named, ai_model__in=models, holds=Holds.YES)
            .values_list("organization__slug", "ai_model_id")
        )
        self._notified = set(
            BodyNotice.objects.filter(
                authority__organization__slug__in=named, ai_model__in=models, notified_at__lte=at
            ).values_list("authority__organization__slug", "ai_model_id")
        )
        self._named = named

    def facts(self, one: Subject, line: Line) -> dict[str, Any]:
        """What the condition of the export gate may ask about; what is not here is not known, and applies."""
        return {
            "request": {
                "tier": one.tier.slug,
                "purpose": None if one.request is None else one.request.purpose,
                "kind": line.kind,
                "jurisdictions": sorted(self._places[place] for place in line.jurisdictions),
                "renewal": None if one.request is None else one.request.renews_id is not None,
            }
        }

    def licenses(self, line: Line) -> list[list[Licensed]]:
        """For each model the authorizations whose scope covers this line."""
        return [
            [
                Licensed(row.authorization.number, row.valid.lower or self._at, row.valid.upper)
                for row in self._authorizations
                if row.authorization.organization_id in {None, line.organization}
                and row.authorization.program_id in {None, line.program}
                and row.authorization.ai_model_id in {None, model}
                and row.authorization.issuer.organization.synthetic == line.synthetic
            ]
            for model in sorted(line.ai_models)
        ]

    def orders(self, line: Line) -> list[str]:
        """The orders in force that cover the line wholly or in part. One about persons is not told here."""
        return [
            row.restriction.title
            for row in self._orders
            if row.person_class is None
            and not row.vendors
            and (not row.organizations or line.organization in row.organizations)
            and (not row.programs or line.program in row.programs)
            and (not row.ai_models or not line.ai_models.isdisjoint(row.ai_models))
            and (not row.jurisdictions or not line.jurisdictions.isdisjoint(row.jurisdictions))
            and not self._is_excepted(row, line)
        ]

    def bodies(self, line: Line, *, at: dt.datetime, reported: bool) -> dict[str, Body]:
        """What each body that a policy names has at a moment, for every model of the line."""
        held = {
            (body, model)
            for body, model, start, end in self._held
            if (start is None or start <= at) and (end is None or end > at)
        }

        def has(rows: set[tuple[str, UUID]], body: str) -> bool:
            return bool(line.ai_models) and all((body, model) in rows for model in line.ai_models)

        return {
            body: Body(
                has(held, body),
                has(self._notified, body),
                reported and has(self._reported, body),
            )
            for body in self._named
        }

    def turns(self, line: Line) -> list[dt.datetime]:
        """The moments ahead at which some body's own access to a model of the line begins or ends."""
        moments = {
            moment
            for _body, model, *bounds in self._held
            if model in line.ai_models
            for moment in bounds
            if moment is not None and moment > self._at
        }
        return sorted(moments)

    def name_body(self, line: Line) -> str:
        """The body that the line's own organization is; empty where it is none."""
        return self._bodies.get(line.organization, "")

    def _is_excepted(self, row: RestrictionVersion, line: Line) -> bool:
        return any(
            said.organization_id == line.organization
            and said.member_id is None
            and said.recorded.upper is None
            and self._at in said.valid
            for said in row.restriction.exceptions.all()
        )


def _not_over(at: dt.datetime) -> Q:
    """What holds at the moment or later. Said positively: excluding what has ended would drop what has no end."""
    return Q(valid__upper_inf=True) | Q(valid__endswith__gt=at)


def _find_seen(actor: Actor | None, positions: set[UUID]) -> frozenset[object] | None:
    if actor is None:
        return None
    visible = Position.objects.visible_to(actor).filter(pk__in=positions)
    return frozenset(visible.values_list("pk", flat=True))


def _find_outcomes(requests: list[UUID]) -> dict[UUID, str]:
    """The outcome of the last decision on each."""
    rows = RequestDecision.objects.filter(request__in=requests).order_by("request", "number")
    return dict(rows.values_list("request_id", "outcome"))


def _vet(row: AccessRequest, outcome: str | None) -> Gate:
    if row.status == RequestStatus.APPROVED:
        return Gate(GateName.VETTING, GateStanding.OPEN, (_("approved"),))
    if row.status == RequestStatus.WITHDRAWN:
        return Gate(GateName.VETTING, GateStanding.CLOSED, (_("withdrawn"),))
    if row.status == RequestStatus.DECLINED:
        return Gate(GateName.VETTING, GateStanding.CLOSED, (_("declined"),))
    why = _("not decided yet")
    if outcome == Outcome.APPROVED:
        why = _("approved, and not countersigned yet")
    return Gate(GateName.VETTING, GateStanding.NOT_KNOWN, (why,))


def _vet_grant(grant: Grant) -> Gate:
    end = getattr(grant, "end", None)
    if end is not None:
        why = _("the grant is over: %(kind)s") % {"kind": end.get_kind_display()}
        return Gate(GateName.VETTING, GateStanding.CLOSED, (why,))
    if grant.founding_request is None:
        why = _("imported from the operator's records, without its decision")
        return Gate(GateName.VETTING, GateStanding.NOT_KNOWN, (why,))
    return Gate(GateName.VETTING, GateStanding.OPEN, (_("approved"),))
