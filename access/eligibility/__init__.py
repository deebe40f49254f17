"""Eligibility: what a tier asks of an organization, and whether it is met, by one pure evaluator."""

from access.eligibility.document import (
    AttestationAsked,
    JurisdictionsAsked,
    OwnershipAsked,
    Requirement,
    Requirements,
    RequirementsUnreadable,
    ScreeningAsked,
    TermsAsked,
    VendorsAsked,
    read_requirements,
)
from access.eligibility.facts import (
    Edge,
    Facts,
    Held,
    Neighbor,
    Place,
    Scheme,
    Screened,
)
from access.eligibility.paths import Path, find_path
from access.eligibility.rule import Result, Stretch, assess, assess_ahead
from access.eligibility.spans import NeedSpan, compute_needs

__all__ = [
    "AttestationAsked",
    "Edge",
    "Facts",
    "Held",
    "JurisdictionsAsked",
    "NeedSpan",
    "Neighbor",
    "OwnershipAsked",
    "Path",
    "Place",
    "Requirement",
    "Requirements",
    "RequirementsUnreadable",
    "Result",
    "Scheme",
    "Screened",
    "ScreeningAsked",
    "Stretch",
    "TermsAsked",
    "VendorsAsked",
    "assess",
    "assess_ahead",
    "compute_needs",
    "find_path",
    "read_requirements",
]
