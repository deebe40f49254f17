"""Review in stages: what a policy asks for, and how far a request has come. Pure: no database and no clock."""

from .document import PolicyRules, Stage
from .reading import PolicyUnreadable, parse_policy, read_policy

__all__ = ["PolicyRules", "PolicyUnreadable", "Stage", "parse_policy", "read_policy"]
