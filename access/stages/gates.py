"""The four gates between a request and access, each computed and shown apart. Never one flag. Pure.

Silence opens nothing: an authority that was not asked, has not answered or declined to say leaves its gate
not known. What holds a request back closes the government gate, whether the policy asks for that body or not.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from access.choices import GateName, GateStanding, Stance, Tie
from access.stages.document import PolicyRules
from access.stages.weighing import Weighed
from registry.conditions import Facts, Verdict, evaluate

_SILENT = frozenset({Stance.NOT_ASKED, Stance.AWAITING, Stance.DECLINED})


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate, with each reason for how it stands, and when it is known to close. A binding one closes grants.

    `then` are the later moments from which on it is known to stand otherwise, in their order.
    """

    name: GateName
    standing: GateStanding
    why: tuple[str, ...] = ()
    binding: bool = False
    until: dt.datetime | None = None
    then: tuple[tuple[dt.datetime, GateStanding], ...] = ()


@dataclass(frozen=True, slots=True)
class Licensed:
    """An authorization for one of the models: its number, and when it holds."""

    number: str
    start: dt.datetime
    end: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Body:
    """What is known of one body's own access and notice. `reported`: a source says that it has access."""

    access: bool = False
    notified: bool = False
    reported: bool = False


def gate_government(
    rules: PolicyRules, weighed: Iterable[Weighed], *, seen: frozenset[object] | None = None
) -> Gate:
    """By the positions under the pinned policy. `seen`: the positions that the reader may see; None: all.

    Of a position that the reader may not see only its effect is told.
    """
    asked = rules.gates.government
    found = list(weighed)
    told = [_tell(one, hidden=seen is not None and one.held.position not in seen) for one in found]
    binding = asked is not None and asked.binding
    if any(one.holds for one in found):
        why = tuple(words for one, words in zip(found, told, strict=True) if one.holds)
        return Gate(GateName.GOVERNMENT, GateStanding.CLOSED, why, binding)
    if asked is None:
        return Gate(GateName.GOVERNMENT, GateStanding.NOT_NEEDED)
    spoke: list[str] = []
    missing = False
    for body in asked.asked:
        spoken = [
            words
            for one, words in zip(found, told, strict=True)
            if one.held.authority == body and not one.held.reported and _speaks(one)
        ]
        missing = missing or not spoken
        spoke += spoken or [_("%(body)s has said nothing that opens it") % {"body": body}]
    standing = GateStanding.NOT_KNOWN if missing else GateStanding.OPEN
    return Gate(GateName.GOVERNMENT, standing, tuple(spoke), binding)


def gate_export(
    rules: PolicyRules,
    facts: Facts,
    licenses: Sequence[Sequence[Licensed]],
    *,
    orders: Sequence[str],
    at: dt.datetime,
) -> Gate:
    """By the authorizations for each model of the tier, and the orders in force that cover it.

    A condition that cannot be decided applies. Of several models each needs an authorization that holds.
    """
    asked = rules.gates.export
    binding = asked is not None and asked.binding
    if orders:
        why = tuple(_("an order is in force: %(title)s") % {"title": title} for title in orders)
        return Gate(GateName.EXPORT, GateStanding.CLOSED, why, binding)
    if asked is None or evaluate(asked.when, facts).verdict is Verdict.NO:
        return Gate(GateName.EXPORT, GateStanding.NOT_NEEDED)
    ends: list[dt.datetime | None] = []
    numbers: list[str] = []
    for of_model in licenses:
        holding = [
            one for one in of_model if one.start <= at and (one.end is None or one.end > at)
        ]
        if not holding:
            why = (_("an authorization is needed, and for one of the models none holds"),)
            return Gate(GateName.EXPORT, GateStanding.CLOSED, why, binding)
        numbers += [one.number for one in holding]
        ends.append(_reach(of_model, at))
    known = [end for end in ends if end is not None]
    why = tuple(
        _("authorization %(number)s") % {"number": number} for number in dict.fromkeys(numbers)
    )
    return Gate(GateName.EXPORT, GateStanding.OPEN, why, binding, min(known, default=None))


def gate_authority(rules: PolicyRules, bodies: dict[str, Body], *, holder: str = "") -> Gate:
    """By each body's own access or notice. What a source reports of a body opens nothing.

    `holder` is the organization whose access is asked for: no body waits for itself.
    """
    asked = rules.gates.authority
    if asked is None:
        return Gate(GateName.AUTHORITY, GateStanding.NOT_NEEDED)
    others = [one for one in asked.bodies if one.authority != holder]
    if not others:
        why_not = (_("%(body)s does not wait for itself") % {"body": holder},)
        return Gate(GateName.AUTHORITY, GateStanding.NOT_NEEDED, why_not, asked.binding)
    why, standings = [], set()
    for one in others:
        known = bodies.get(one.authority, Body())
        met = known.access if one.tie is Tie.ACCESS else known.notified
        reported = one.tie is Tie.ACCESS and known.reported
        standings.add(
            GateStanding.OPEN
            if met
            else GateStanding.NOT_KNOWN
            if reported
            else GateStanding.CLOSED
        )
        words = {"body": one.authority, "tie": one.tie.label}
        why.append(
            _("%(body)s: %(tie)s, on record") % words
            if met
            else _("%(body)s: %(tie)s, only reported by a source") % words
            if reported
            else _("%(body)s: %(tie)s, not on record") % words
        )
    worst = next(
        standing
        for standing in (GateStanding.CLOSED, GateStanding.NOT_KNOWN, GateStanding.OPEN)
        if standing in standings
    )
    return Gate(GateName.AUTHORITY, worst, tuple(why), asked.binding)


def _speaks(one: Weighed) -> bool:
    """Silence, and an answer that gives none, is no position that opens a gate."""
    return one.held.stance not in _SILENT


def _tell(one: Weighed, *, hidden: bool) -> str:
    words = {
        "body": one.held.authority,
        "stance": Stance(one.held.stance).label,
        "effect": one.effect.label,
    }
    if hidden:
        return _("a position that you may not read: %(effect)s") % words
    return _("%(body)s: %(stance)s; %(effect)s") % words


def _reach(licenses: Iterable[Licensed], at: dt.datetime) -> dt.datetime | None:
    """Until when they hold without a gap, from `at` on; None without an end."""
    reached = at
    for one in sorted(licenses, key=lambda said: said.start):
        if one.start > reached:
            break
        if one.end is None:
            return None
        reached = max(reached, one.end)
    return reached
