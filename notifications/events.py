"""What happens to duties to tell. A name is part of the ledger's leaves: it is never changed."""

from registry.events import EventName, Visibility


class Event(EventName):
    INCIDENT_ACCESS_STOPPED = "incident.access_stopped"
    OBLIGATION_OPENED = "obligation.opened"
    OBLIGATION_ASSIGNED = "obligation.assigned"
    OBLIGATION_RESCHEDULED = "obligation.rescheduled"
    OBLIGATION_ADDRESSED = "obligation.addressed"
    OBLIGATION_ANNOUNCED = "obligation.announced"
    OBLIGATION_MISSED = "obligation.missed"
    OBLIGATION_MISS_EXPLAINED = "obligation.miss_explained"
    OBLIGATION_DISCHARGED = "obligation.discharged"
    OBLIGATION_REOPENED = "obligation.reopened"
    OBLIGATION_VOIDED = "obligation.voided"
    QUESTION_OPENED = "obligation_question.opened"
    QUESTION_ANSWERED = "obligation_question.answered"
    FILING_DRAFTED = "filing.drafted"
    FILING_CHANGED = "filing.changed"
    FILING_COMPLETED = "filing.completed"
    FILING_REVIEWED = "filing.reviewed"
    FILING_RETURNED = "filing.returned"
    FILING_SIGNED = "filing.signed"
    FILING_MAILED = "filing.mailed"
    FILING_DISPATCHED = "filing.dispatched"
    FILING_RECEIVED = "filing.received"
    FILING_BOUNCED = "filing.bounced"
    FILING_ACKNOWLEDGED = "filing.acknowledged"
    FILING_WITHDRAWN = "filing.withdrawn"
    DIALOGUE_OPENED = "dialogue.opened", Visibility.CLEARED
    DIALOGUE_RECORDED = "dialogue.recorded", Visibility.CLEARED
    DEMAND_OPENED = "access_demand.opened", Visibility.CLEARED
    DEMAND_RECORDED = "access_demand.recorded", Visibility.CLEARED
    NOTICE_RECORDED = "model_notice.recorded", Visibility.CLEARED
    NOTICE_ANSWERED = "model_notice.answered", Visibility.CLEARED
    COVERAGE_GAP_OPENED = "coverage_gap.opened", Visibility.CLEARED
    COVERAGE_GAP_CLOSED = "coverage_gap.closed", Visibility.CLEARED
    COVERAGE_GAP_EXPLAINED = "coverage_gap.explained", Visibility.CLEARED
    COVERAGE_TOLD = "coverage_notice.given", Visibility.CLEARED
