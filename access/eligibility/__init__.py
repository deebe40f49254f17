"""Eligibility: what a tier asks of an organization, and whether it is met, by one pure evaluator."""

from access.eligibility.document import (
    AttestationAsked,
    JurisdictionsAsked,
    OwnershipAsked,
    Requirement,
    Requirements,
    RequirementsUnreadable,
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
)
from access.eligibility.paths import Path, find_path
from access.eligibility.rule import Result, Stretch, assess, assess_ahead

__all__ = [
    "AttestationAsked",
    "Edge",
    "Facts",
    "Held",
    "JurisdictionsAsked",
    "Neighbor",
    "OwnershipAsked",
    "Path",
    "Place",
    "Requirement",
    "Requirements",
    "RequirementsUnreadable",
    "Result",
    "Scheme",
    "Stretch",
    "TermsAsked",
    "VendorsAsked",
    "assess",
    "assess_ahead",
    "find_path",
    "read_requirements",
]
