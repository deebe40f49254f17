"""Facts and requirements in; for each requirement met, not met or not known out, with the path or what is missing.

One evaluator: for a partner who asks before it applies, for the page of a request, for the decision, and for
what grants need. Pure: no database and no clock.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from access.choices import NeedStanding
from access.eligibility.document import (
    AttestationAsked,
    JurisdictionsAsked,
    OwnershipAsked,
    Requirement,
    Requirements,
    ScreeningAsked,
    TermsAsked,
    VendorsAsked,
)
from access.eligibility.facts import Facts, Held, Scheme
from access.eligibility.paths import Path, find_path, reaches, walk
from registry.choices import ScreeningState

_Told = tuple[NeedStanding, dict[str, Any]]
_SCREENED = {
    ScreeningState.CLEARED: NeedStanding.MET,
    ScreeningState.CONFIRMED: NeedStanding.NOT_MET,
}
"""Whatever else it is, nobody knows."""
_TOLD_OF_SCREENING = {
    NeedStanding.MET: "cleared",
    NeedStanding.NOT_MET: "not_cleared",
    NeedStanding.NOT_KNOWN: "in_progress",
}
_MET, _NOT_MET, _NOT_KNOWN = NeedStanding.MET, NeedStanding.NOT_MET, NeedStanding.NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Result:
    """How one requirement stands. `explanation` is JSON: `path` where it is met so, else `missing`.

    The organization may read the explanation. What `for_staff` adds to it, it may not.
    """

    asked: Requirement
    standing: NeedStanding
    explanation: Mapping[str, Any] = field(default_factory=dict)
    for_staff: Mapping[str, Any] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        """Whether access must not be given for it."""
        return not self.asked.advisory and self.standing is not _MET


@dataclass(frozen=True, slots=True)
class Stretch:
    """The results that hold until a moment (exclusive); without one, as far as is known now."""

    results: tuple[Result, ...]
    until: dt.datetime | None


def assess(requirements: Requirements, facts: Facts, *, at: dt.datetime) -> tuple[Result, ...]:
    """Each requirement in its order, as it stands at the moment."""
    return tuple(
        Result(
            asked,
            *_RULES[asked.kind](asked, facts, at),
            for_staff=_tell_staff(facts) if asked.kind == "screening" else {},
        )
        for asked in requirements.requirements
    )


def assess_ahead(
    requirements: Requirements, facts: Facts, *, at: dt.datetime
) -> tuple[Stretch, ...]:
    """From the moment on, by what is known now: stretches that follow each other, the last without an end."""
    changes = sorted(moment for moment in facts.list_changes() if moment > at)
    found: list[Stretch] = []
    for start, end in zip([at, *changes], [*changes, None], strict=True):
        results = assess(requirements, facts, at=start)
        if found and found[-1].results == results:
            found[-1] = Stretch(results, end)
        else:
            found.append(Stretch(results, end))
    return tuple(found)


def _judge_attestation(asked: AttestationAsked, facts: Facts, at: dt.datetime) -> _Told:
    wanted = [
        scheme
        for scheme in facts.schemes
        if scheme.slug == asked.scheme and (not asked.editions or scheme.edition in asked.editions)
    ]
    covering = [one for one in facts.held if _covers(one, asked)]
    path = find_path(covering, facts.edges, wanted=wanted, level=asked.level, at=at)
    if path is not None:
        return _MET, {"path": _tell_path(path)}
    missing = {"missing": "attestation", "scheme": asked.scheme, "level": asked.level}
    if not wanted:
        return _NOT_KNOWN, missing | {"missing": "scheme"}
    return _NOT_MET, missing | {"near": _find_near(asked, facts, wanted=wanted, at=at)}


def _covers(held: Held, asked: AttestationAsked) -> bool:
    if not held.own:
        return False
    return (
        not held.service
        or asked.any_service
        or held.service.casefold() == asked.service.casefold()
    )


def _find_near(
    asked: AttestationAsked, facts: Facts, *, wanted: list[Scheme], at: dt.datetime
) -> list[dict[str, Any]]:
    """What comes close and does not do, each with why: so that one knows which piece to bring."""
    near: list[dict[str, Any]] = []
    for one in facts.held:
        if one.scheme not in wanted:
            continue
        why = _find_fault(one, asked, at)
        near.append({"attestation": str(one.id), "scheme": str(one.scheme), "why": why})
    covering = [one for one in facts.held if _covers(one, asked)]
    paths = list(walk(covering, facts.edges, at=at))
    for path in paths:
        if path.edges and path.scheme in wanted:
            near.append({"path": _tell_path(path), "why": "level_too_low", "level": path.level})
        near += [
            {
                "path": _tell_path(path),
                "recognition": str(edge.id),
                "why": _find_gap(path, edge.level, reached=edge.holds(at)),
            }
            for edge in facts.edges
            if edge.scheme == path.scheme and edge.satisfies in wanted
            if not any(edge in other.edges for other in paths)
        ]
    return near


def _find_fault(one: Held, asked: AttestationAsked, at: dt.datetime) -> str:
    if not one.own:
        return "another_legal_entity"
    if not _covers(one, asked):
        return "another_service"
    if not one.holds(at):
        return "not_valid_now"
    return "level_too_low"


def _find_gap(path: Path, level: str, *, reached: bool) -> str:
    if not reached:
        return "recognition_not_in_force"
    return "level_too_low" if not reaches(path, level) else "recognition_not_transitive"


def _tell_path(path: Path) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = [
        {
            "attestation": str(path.held.id),
            "scheme": str(path.held.scheme),
            "level": path.held.level,
        }
    ]
    told += [
        {
            "recognition": str(edge.id),
            "scheme": str(edge.satisfies),
            "level": edge.up_to,
            "basis": edge.basis,
        }
        for edge in path.edges
    ]
    return told


def _judge_jurisdictions(asked: JurisdictionsAsked, facts: Facts, at: dt.datetime) -> _Told:
    """What bars is looked at first: the strictest wins."""
    places = [place for place in facts.places if place.holds(at)]
    for role, slugs in asked.barred.items():
        hit = {s for place in places if place.role == role for s in place.jurisdictions} & {*slugs}
        if hit:
            return _NOT_MET, {"missing": "barred", "role": role, "jurisdictions": sorted(hit)}
    for role in (*asked.allowed, *asked.barred):
        if not any(place.role == role for place in places) and role == "seat":
            return _NOT_KNOWN, {"missing": "place", "role": role}
    for role, slugs in asked.allowed.items():
        outside = [
            place
            for place in places
            if place.role == role and not place.jurisdictions & frozenset(slugs)
        ]
        if outside:
            found = sorted({slug for place in outside for slug in place.jurisdictions})
            return _NOT_MET, {"missing": "not_allowed", "role": role, "jurisdictions": found}
    return _MET, {}


def _judge_ownership(asked: OwnershipAsked, facts: Facts, at: dt.datetime) -> _Told:
    """Shares add up. An owner from there whose share is not known leaves it open, unless the rest suffices."""
    barred = frozenset(asked.barred)
    owners = [one for one in facts.owners if one.holds(at)]
    hit = [one for one in owners if one.jurisdictions & barred]
    named = sorted(one.slug for one in hit)
    if sum(one.share or 0 for one in hit) >= asked.percent:
        return _NOT_MET, {"missing": "barred_owner", "owners": named}
    if any(one.share is None for one in hit):
        return _NOT_KNOWN, {"missing": "share", "owners": named}
    seatless = sorted(one.slug for one in owners if not one.jurisdictions)
    if seatless:
        return _NOT_KNOWN, {"missing": "seat_of_owner", "owners": seatless}
    return _MET, {}


def _judge_vendors(asked: VendorsAsked, facts: Facts, at: dt.datetime) -> _Told:
    barred, places = frozenset(asked.barred), frozenset(asked.barred_jurisdictions)
    vendors = [one for one in facts.vendors if one.holds(at)]
    hit = sorted(one.slug for one in vendors if one.slug in barred or one.jurisdictions & places)
    if hit:
        return _NOT_MET, {"missing": "barred_vendor", "vendors": hit}
    seatless = sorted(one.slug for one in vendors if places and not one.jurisdictions)
    if seatless:
        return _NOT_KNOWN, {"missing": "seat_of_vendor", "vendors": seatless}
    return _MET, {}


def _judge_screening(_asked: ScreeningAsked, facts: Facts, _at: dt.datetime) -> _Told:
    """Told without a list, a hit or a name: the organization reads it."""
    state = ScreeningState.NEVER if facts.screened is None else facts.screened.state
    standing = _SCREENED.get(state, _NOT_KNOWN)
    told = {"screening": _TOLD_OF_SCREENING[standing]}
    return standing, told if standing is _MET else told | {"missing": "screening"}


def _tell_staff(facts: Facts) -> dict[str, Any]:
    if facts.screened is None:
        return {}
    return {"state": facts.screened.state.value, "lists": list(facts.screened.lists)}


def _judge_terms(_asked: TermsAsked, facts: Facts, _at: dt.datetime) -> _Told:
    if facts.terms_accepted is False:
        return _NOT_MET, {"missing": "terms"}
    return _MET, {}


_RULES: Mapping[str, Callable[[Any, Facts, dt.datetime], _Told]] = {
    "attestation": _judge_attestation,
    "jurisdictions": _judge_jurisdictions,
    "ownership": _judge_ownership,
    "vendors": _judge_vendors,
    "screening": _judge_screening,
    "terms": _judge_terms,
}
