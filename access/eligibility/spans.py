"""How needs stand from a moment on: spans that follow each other, under one edition of requirements after the other."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from access.choices import NeedStanding
from access.eligibility.document import Requirements
from access.eligibility.facts import Facts
from access.eligibility.rule import assess_ahead

_NOT_ASKED: Mapping[str, Any] = {"asked": False}
"""Under an earlier or a later edition it is not asked for."""


@dataclass(frozen=True, slots=True)
class NeedSpan:
    """How a need stands until a moment (exclusive); without one, for good.

    `explanation` is JSON: the path it is met on, or the missing piece. It holds codes, names and dates that
    the grant's holder may read, and nothing confidential.
    """

    standing: NeedStanding
    explanation: Mapping[str, Any] = field(default_factory=dict)
    until: dt.datetime | None = None


def compute_needs(
    editions: list[tuple[dt.datetime | None, Requirements]], facts: Facts, at: dt.datetime
) -> dict[str, list[NeedSpan]]:
    """By each binding requirement's code the spans from this moment on, under one edition after the other."""
    in_turn = [one for one in editions if one[0] is None or one[0] > at]
    past = [one for one in editions if one[0] is not None and one[0] <= at]
    if past:
        in_turn = [(None, past[-1][1]), *(one for one in in_turn if one[0] is not None)]
    codes = {asked.code for _start, said in in_turn for asked in _binding(said)}
    spans: dict[str, list[NeedSpan]] = {code: [] for code in sorted(codes)}
    ends = [*(start for start, _said in in_turn[1:]), None]
    for (start, said), end in zip(in_turn, ends, strict=True):
        binding = Requirements(requirements=tuple(_binding(said)))
        for stretch in assess_ahead(binding, facts, at=start or at):
            if end is not None and start is not None and start >= end:
                break
            until = end if stretch.until is None else min(stretch.until, end or stretch.until)
            told = {one.asked.code: one for one in stretch.results}
            for code, found in spans.items():
                one = told.get(code)
                standing = NeedStanding.MET if one is None else one.standing
                _append(
                    found,
                    NeedSpan(standing, _NOT_ASKED if one is None else one.explanation, until),
                )
            if until == end:
                break
    return spans


def _append(found: list[NeedSpan], span: NeedSpan) -> None:
    """What says the same as the one before it lengthens it."""
    if found and (found[-1].standing, found[-1].explanation) == (span.standing, span.explanation):
        found[-1] = span
    else:
        found.append(span)


def _binding(said: Requirements) -> list[Any]:
    """What a grant needs: not what is advice, and not the terms, which the decision point reads itself."""
    return [one for one in said.requirements if not one.advisory and one.kind != "terms"]
