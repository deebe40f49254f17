"""The tables about eligibility that several pages show, and how an explanation reads in one line."""

from typing import Any

from django.utils.timezone import now

from access.eligibility import Result
from access.models import AccessRequest, Grant
from access.queries.eligibility import assess_request
from access.queries.grant_needs import list_resting_on
from registry.admin.sections import Section, link, rows_of
from registry.models import Attestation, Recognition


def tell(said: Any) -> str:
    """What is said in an explanation or a requirement, in one line that can be read."""
    if isinstance(said, dict):
        return "; ".join(
            f"{key}: {tell(value)}" for key, value in said.items() if value not in ("", [])
        )
    if isinstance(said, (list, tuple)):
        return " → ".join(map(tell, said))
    return str(said)


def list_resting(row: Attestation | Recognition) -> Section:
    """The grants that rest on an attestation or a recognition."""
    return Section(
        "What rests on this",
        ("Grant", "Organization", "Tier", "Requirement", "Until"),
        [
            (
                link(need.grant, str(need.grant_id)),
                link(need.grant.organization),
                str(need.grant.tier),
                need.code,
                need.valid.upper,
            )
            for need in list_resting_on(row, at=now())
        ],
        empty="No grant rests on it.",
    )


def list_eligibility(row: AccessRequest) -> Section:
    """How the applicant stands to what the tier requires."""
    return Section(
        "What the tier requires",
        ("Requirement", "Standing", "Advice only", "On what path, or what is missing"),
        [_show(result) for result in assess_request(row, at=now())],
        empty="Nothing beyond the review.",
    )


def list_needs(row: Grant) -> Section:
    """What a grant needs beside its own terms, now and as is known ahead."""
    return Section(
        "What it needs to be open",
        ("Kind", "Need", "Standing", "From", "Until", "On what path, or what is missing"),
        rows_of(
            row.needs.current().order_by("kind", "code", "valid"),
            lambda need: (
                need.get_kind_display(),
                need.code,
                need.get_standing_display(),
                need.valid.lower,
                need.valid.upper,
                tell(need.explanation),
            ),
        ),
        empty="Nothing beyond its own terms.",
    )


def _show(result: Result) -> tuple[object, ...]:
    return (
        result.asked.title,
        result.standing.label,
        "yes" if result.asked.advisory else "no",
        tell({**result.explanation, **result.for_staff}),
    )
