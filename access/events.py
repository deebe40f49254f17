"""What happens to access. A name is part of the ledger's leaves: it is never changed."""

from registry.events import EventName, Visibility


class Event(EventName):
    PROGRAM_REGISTERED = "program.registered", Visibility.PUBLIC
    PROGRAM_CHANGED = "program.changed", Visibility.PUBLIC
    TIER_REGISTERED = "tier.registered", Visibility.PUBLIC
    TERMS_PUBLISHED = "terms.published", Visibility.PUBLIC
    TERMS_ACCEPTED = "terms.accepted", Visibility.ORGANIZATION
    REVIEW_POLICY_PROPOSED = "review_policy.proposed"
    REVIEW_POLICY_ENACTED = "review_policy.enacted"
    REQUEST_DRAFTED = "access_request.drafted", Visibility.ORGANIZATION
    REQUEST_SUBMITTED = "access_request.submitted", Visibility.ORGANIZATION
    REQUEST_TAKEN_UP = "access_request.taken_up", Visibility.ORGANIZATION
    REQUEST_RETURNED = "access_request.returned", Visibility.ORGANIZATION
    REQUEST_RESUBMITTED = "access_request.resubmitted", Visibility.ORGANIZATION
    REQUEST_QUESTION_ASKED = "access_request.question_asked", Visibility.ORGANIZATION
    REQUEST_QUESTION_ANSWERED = "access_request.question_answered", Visibility.ORGANIZATION
    REQUEST_HELD = "access_request.held", Visibility.ORGANIZATION
    REQUEST_RESUMED = "access_request.resumed", Visibility.ORGANIZATION
    REQUEST_ASSESSED = "access_request.assessed"
    REQUEST_ESCALATED = "access_request.escalated"
    REQUEST_DECISION_PROPOSED = "access_request.decision_proposed"
    REQUEST_APPROVED = "access_request.approved", Visibility.ORGANIZATION
    REQUEST_DECLINED = "access_request.declined", Visibility.ORGANIZATION
    REQUEST_WITHDRAWN = "access_request.withdrawn", Visibility.ORGANIZATION
    REQUEST_RECONSIDERED = "access_request.reconsidered", Visibility.ORGANIZATION
    EXPANSION_PROPOSED = "expansion.proposed"
    EXPANSION_LINE_ADDED = "expansion.line_added"
    EXPANSION_CLOSED = "expansion.closed"
    POSITION_TAKEN = "position.taken", Visibility.CLEARED
    POSITION_SUPERSEDED = "position.superseded", Visibility.CLEARED
    GRANT_ISSUED = "grant.issued", Visibility.ORGANIZATION
    GRANT_IMPORTED = "grant.imported", Visibility.ORGANIZATION
    GRANT_SUSPENDED = "grant.suspended", Visibility.ORGANIZATION
    GRANT_REINSTATED = "grant.reinstated", Visibility.ORGANIZATION
    GRANT_REVOKED = "grant.revoked", Visibility.ORGANIZATION
    GRANT_SURRENDERED = "grant.surrendered", Visibility.ORGANIZATION
    GRANT_EXPIRED = "grant.expired", Visibility.ORGANIZATION
    GRANT_WAITS = "grant.waits", Visibility.ORGANIZATION
    GRANT_WAIT_COUNTED = "grant.wait_counted", Visibility.ORGANIZATION
    GRANT_WAIT_END_ASKED = "grant.wait_end_asked"
    GRANT_WAIT_ENDED = "grant.wait_ended", Visibility.ORGANIZATION
    GRANT_OPENED = "grant.opened", Visibility.ORGANIZATION
    WAITING_FACT_STATED = "waiting_fact.stated"
    WAITING_FACT_CONFIRMED = "waiting_fact.confirmed"
    PERSON_CLASS_DEFINED = "person_class.defined"
    RESTRICTION_REPORTED = "restriction.reported"
    RESTRICTION_IMPOSED = "restriction.imposed", Visibility.ORGANIZATION
    RESTRICTION_EXEMPTED = "restriction.exempted", Visibility.ORGANIZATION
    RESTRICTION_LIFT_ASKED = "restriction.lift_asked"
    RESTRICTION_LIFTED = "restriction.lifted", Visibility.ORGANIZATION
    HOLDING_REPORTED = "holding.reported"
    COUNT_STATED = "holding.count_stated"
