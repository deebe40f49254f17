"""A rule that opens duties to tell, as a document: read, asked and counted. Pure: no database and no clock.

The document is data with a citation; an edition of it is in force by two people's act. Law moves without the
program: a new deadline is a new edition.
"""

from .document import IN_HOUSE, RuleDocument, Standing
from .due import Due, compute_due
from .reading import RuleUnreadable, order_rule, parse_rule, read_rule, write_rule

__all__ = [
    "IN_HOUSE",
    "Due",
    "RuleDocument",
    "RuleUnreadable",
    "Standing",
    "compute_due",
    "order_rule",
    "parse_rule",
    "read_rule",
    "write_rule",
]
