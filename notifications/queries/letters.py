"""The words of each mail, written when the event is read, from what is on record then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.choices import ReapplyRule
from access.events import Event
from access.models import AccessRequest, Expansion, Grant, RequestDecision, WaitingPeriodVersion
from notifications.queries import (
    coverage_gaps,
    letters_attestations,
    letters_authorities,
    letters_deputies,
    letters_duties,
    letters_expansions,
    letters_filings,
    letters_lifecycle,
    letters_notices,
    letters_reconsiderations,
    letters_requests,
    letters_restrictions,
    letters_screening,
    letters_stages,
)
from notifications.queries.matters import Matter, Words, write_moment
from registry.models import AuditEvent, Organization


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, ready to be sent."""

    title: str
    text: str
    html: str


_LEADS: Mapping[str, Words] = {
    Event.REQUEST_SUBMITTED: _("The access request has been submitted."),
    Event.REQUEST_TAKEN_UP: _("A reviewer has taken the access request up."),
    Event.REQUEST_RETURNED: _("The access request has been returned to you for changes."),
    Event.REQUEST_RESUBMITTED: _("The access request has been submitted again, changed."),
    Event.REQUEST_QUESTION_ASKED: _(
        "The reviewer has a question. The request waits for your answer."
    ),
    Event.REQUEST_QUESTION_ANSWERED: _("The question has been answered; review goes on."),
    Event.REQUEST_HELD: _("The access request has been put on hold."),
    Event.REQUEST_RESUMED: _("Review of the access request goes on."),
    Event.REQUEST_ESCALATED: _("The access request is disputed. Somebody must resolve it."),
    Event.REQUEST_DISPUTE_RESOLVED: _("The dispute has been resolved, and review goes on."),
    Event.REQUEST_DECISION_PROPOSED: _("An approval waits for a countersignature."),
    Event.REQUEST_APPROVED: _("The access request has been approved."),
    Event.REQUEST_DECLINED: _("The access request has been declined."),
    Event.REQUEST_WITHDRAWN: _("The access request has been withdrawn."),
    Event.REQUEST_RECONSIDERED: _("The access request is being considered again."),
    Event.LINE_WAITS: _(
        "There is no place for the access request at present. It waits for one, in order."
    ),
    Event.LINE_OFFERED: _("A place has been found for the access request: it can be decided."),
    Event.LINE_LEFT: _("The access request does not wait for a place any more."),
    Event.REQUEST_HANDED_OVER: _("Somebody has handed an access request over to you."),
    Event.REQUEST_DECISION_SUPERSEDED: _(
        "The decision on the access request has been replaced: access is not given."
    ),
    Event.REQUEST_COMMENTED: _("Somebody has commented on an access request that you have."),
    Event.REQUEST_COMMENT_SHARED: _("There is a comment for you on the access request."),
    Event.REQUEST_COMMENT_RECEIVED: _("The organization has commented on its access request."),
    Event.REQUEST_RELEASED: _("An access request is in nobody's hands any more."),
    Event.REQUEST_RECUSED: _("A person takes no part in an access request any more."),
    Event.REQUEST_ASSIGNED: _("An access request has been assigned to you."),
    Event.EXPANSION_PROPOSED: _("An expansion has been proposed."),
    Event.EXPANSION_CLOSED: _("The expansion is closed: none of its requests is open any more."),
    Event.GRANT_ISSUED: _("Access has been granted."),
    Event.GRANT_OPENED: _(
        "Nothing makes the grant wait any more: access may be used from now on."
    ),
    Event.GRANT_WAIT_COUNTED: _("It is known now until when the grant waits."),
    Event.GRANT_WAIT_END_ASKED: _(
        "Somebody has asked that a waiting period of law end. A second person must end it."
    ),
    Event.GRANT_SUSPENDED: _("The grant is suspended. Access is refused until it is reinstated."),
    Event.GRANT_REINSTATED: _("The grant is reinstated. Access is given again."),
    Event.GRANT_REVOKED: _("The grant has been revoked. Access is refused from now on."),
    Event.GRANT_SURRENDERED: _("The grant has been given back. Access is refused from now on."),
    Event.GRANT_EXPIRED: _("The grant has expired."),
    Event.RESTRICTION_IMPOSED: _("A restriction is in force that covers access held by you."),
    Event.RESTRICTION_EXEMPTED: _("You are excepted from a restriction."),
    Event.RESTRICTION_LIFT_ASKED: _("A second person is needed to lift a restriction."),
    Event.RESTRICTION_LIFTED: _("A restriction has been lifted."),
    Event.RESTRICTION_WORDED: _("A restriction is in force that covers access held by you."),
    Event.RESTRICTION_WORDED_NEUTRALLY: _(
        "A restriction is in force that covers access held by you."
    ),
    Event.RESTRICTION_LIFT_WITHDRAWN: _(
        "The request to lift a restriction has been withdrawn. It stays in force."
    ),
    Event.RESTRICTION_RESTORED: _("You are excepted from a restriction: access is given again."),
    Event.RESTRICTION_APPLIED: _("Every enforcement point concerned has reported."),
    Event.RESTRICTION_POINT_SILENT: _(
        "An enforcement point has not reported that it applied a restriction."
    ),
    Event.RENEWALS_DECIDED: _("Grants that lapsed under a restriction have been renewed."),
    Event.GRANT_PROVISIONED: _("Access has been set up where you use it."),
    Event.GRANT_ACTIVATED: _("Access is switched on where you use it."),
    **letters_lifecycle.LEADS,
    **letters_requests.LEADS,
    **letters_stages.LEADS,
    **coverage_gaps.LEADS,
    **letters_authorities.LEADS,
    **letters_attestations.LEADS,
    **letters_screening.LEADS,
    **letters_deputies.LEADS,
    **letters_reconsiderations.LEADS,
}
_RULINGS = frozenset(
    {Event.REQUEST_APPROVED, Event.REQUEST_DECLINED, Event.REQUEST_DECISION_SUPERSEDED}
)
_LEADS_WHERE_IT_WAITS: Mapping[str, Words] = {
    Event.GRANT_ISSUED: _("Access has been granted, and waits: it cannot be used yet."),
    Event.GRANT_WAIT_COUNTED: _("What the grant waits for has changed. It cannot be used yet."),
}
_LEADS_TO_STAFF: Mapping[str, Words] = {
    Event.REQUEST_RESUBMITTED: _(
        "The organization has changed its request and submitted it again."
    ),
    Event.REQUEST_QUESTION_ANSWERED: _("The organization has answered the question."),
    Event.RESTRICTION_IMPOSED: _("A restriction is in force."),
    Event.RESTRICTION_WORDED_NEUTRALLY: _(
        "Nobody has written the words of a restriction in time: a neutral text has been sent."
    ),
    Event.RESTRICTION_RESTORED: _("Access was given back from a list."),
}


_HAPPENED: Mapping[str, Words] = {
    Event.GRANT_ISSUED: _("granted"),
    Event.REQUEST_HELD: _("on hold"),
    Event.REQUEST_ESCALATED: _("disputed"),
    Event.REQUEST_DECISION_PROPOSED: _("waits for a countersignature"),
    Event.REQUEST_RECONSIDERED: _("considered again"),
    Event.RESTRICTION_WORDED: _("in force"),
    Event.RESTRICTION_WORDED_NEUTRALLY: _("in force"),
    Event.RESTRICTION_IMPOSED: _("in force"),
    Event.RESTRICTION_EXEMPTED: _("exception"),
    Event.RESTRICTION_RESTORED: _("access given back"),
    Event.RESTRICTION_LIFT_ASKED: _("to be lifted by a second person"),
    Event.RESTRICTION_APPLIED: _("applied everywhere"),
}
"""Where the event's own name would not be plain."""


def write_letter(event: AuditEvent, *, to: UUID | None) -> Letter:
    """The mail about an event, to a contact of organization `to`, or to staff where there is none."""
    told_apart = _TOLD_APART.get(event.subject_type)
    matter = told_apart(event, to) if told_apart else _MATTERS[event.subject_type](event)
    title = matter.title or f"{matter.name}: {matter.happened or _title(event)}"
    if to is None and matter.whose:
        title = f"{title} ({matter.whose})"
    context = {
        "title": title,
        "lead": matter.lead or _lead(event, to),
        "facts": matter.facts,
        "said": matter.said,
        "synthetic": matter.synthetic or _is_synthetic(to),
        "page": "" if to is not None else f"{settings.PUBLIC_URL}{matter.page}",
        "reference": event.event_id,
        "recorded_at": event.recorded_at,
    }
    return Letter(
        title=" ".join(title.split())[:200],
        text=render_to_string("notifications/letter.txt", context),
        html=render_to_string("notifications/letter.html", context),
    )


def _lead(event: AuditEvent, to: UUID | None) -> Words:
    if to is None and event.name in _LEADS_TO_STAFF:
        return _LEADS_TO_STAFF[event.name]
    return _LEADS[event.name]


def _title(event: AuditEvent) -> str:
    """What happened, in a word or two; for the subject line."""
    if event.name in _HAPPENED:
        return str(_HAPPENED[event.name])
    return event.name.partition(".")[2].replace("_", " ")


def _is_synthetic(organization: UUID | None) -> bool:
    return (
        organization is not None
        and Organization.objects.filter(pk=organization, synthetic=True).exists()
    )


def _about_request(event: AuditEvent) -> Matter:
    row = AccessRequest.objects.select_related(
        "organization", "tier__program", "review_policy"
    ).get(pk=event.subject_id)
    facts: tuple[tuple[Words, str], ...] = (
        (_("Organization"), row.organization.name),
        (_("Program"), row.tier.program.name),
        (_("Tier"), row.tier.name),
        (_("Purpose"), row.get_purpose_display()),
        *letters_stages.list_stage_facts(event, row),
        *letters_reconsiderations.list_facts(event),
    )
    return Matter(
        name=f"Access request to {row.tier.program.name}",
        facts=facts,
        said=_said_on_request(event, row),
        page=f"/admin/access/accessrequest/{row.id}/change/",
        synthetic=row.organization.synthetic,
        whose=row.organization.name,
    )


def _said_on_request(event: AuditEvent, row: AccessRequest) -> str:
    """The words that belong to this step: the note, the question, the decision's text for the applicant."""
    if event.name in {Event.REQUEST_RETURNED, Event.REQUEST_HELD}:
        return row.note_to_applicant
    if event.name in {Event.REQUEST_COMMENT_SHARED, Event.REQUEST_COMMENT_RECEIVED}:
        return row.comments.get(pk=event.details["comment"]).text
    if event.name == Event.REQUEST_QUESTION_ASKED:
        question = row.questions.order_by("-asked_at").first()
        return "" if question is None else question.text
    if event.name in _RULINGS:
        decision = row.decisions.order_by("-number").first()
        if decision is not None:
            said = f"{capfirst(decision.get_reason_display())}. {decision.applicant_text}".strip()
            return "\n\n".join(
                filter(
                    None,
                    (said, _say_again(decision), letters_reconsiderations.say_offer(row)),
                )
            )
    return letters_reconsiderations.say_ruling(event)


def _say_again(decision: RequestDecision) -> str:
    """When whoever was declined may ask again."""
    if decision.reapply_at is not None:
        return gettext("You may submit a new request from %(moment)s on.") % {
            "moment": write_moment(decision.reapply_at)
        }
    if decision.reapply_rule == ReapplyRule.BARRED:
        return gettext("By the review policy, access of this kind is not asked for again.")
    return gettext("You may submit a new request at any time.") if decision.reapply_rule else ""


def _about_grant(event: AuditEvent) -> Matter:
    row = Grant.objects.select_related("organization", "tier__program", "close_out").get(
        pk=event.subject_id
    )
    items = row.items.current().select_related("ai_model").order_by("ai_model__slug")
    models = sorted({item.ai_model.name for item in items})
    facts: list[tuple[Words, str]] = [
        (_("Organization"), row.organization.name),
        (_("Program"), row.tier.program.name),
        (_("Tier"), row.tier.name),
        (_("Models"), ", ".join(models)),
    ]
    for label, key in ((_("From"), "starts_at"), (_("Until"), "ends_at")):
        if event.details.get(key):
            facts.append((label, write_moment(event.details[key])))
    waits = _say_waits(row) if event.name in _LEADS_WHERE_IT_WAITS else ()
    asked = getattr(row, "close_out", None)
    if event.name != Event.GRANT_ISSUED and asked is not None and asked.is_awaited:
        facts.append((_("Attest the close-out by"), write_moment(asked.due_at)))
    return Matter(
        name=f"Access to {', '.join(models) or row.tier.program.name}",
        facts=(*facts, *waits),
        page=f"/admin/access/grant/{row.id}/change/",
        lead=_lead_of_wait(event) if waits else "",
        synthetic=row.organization.synthetic,
        whose=row.organization.name,
    )


def _lead_of_wait(event: AuditEvent) -> Words:
    counted = event.name == Event.GRANT_WAIT_COUNTED and event.details["ends_at"] is not None
    return "" if counted else _LEADS_WHERE_IT_WAITS[event.name]


def _say_waits(row: Grant) -> tuple[tuple[Words, str], ...]:
    """What makes the grant wait, why, and until when as far as is known."""
    versions = WaitingPeriodVersion.objects.current().filter(
        grant=row, waiting_period__ended_at__isnull=True
    )
    return tuple(
        (
            _("Waits until"),
            f"{_say_until(said)} ({said.waiting_period.basis}; {said.waiting_period.citation})",
        )
        for said in versions.select_related("waiting_period").order_by("waiting_period__place")
    )


def _say_until(said: WaitingPeriodVersion) -> str:
    if said.valid.upper is None:
        return gettext("something that is missing is there; you will be told")
    return write_moment(said.valid.upper)


def _about_expansion(event: AuditEvent) -> Matter:
    row = Expansion.objects.select_related("program", "tier").get(pk=event.subject_id)
    return Matter(
        name=row.name,
        facts=(
            (_("Program"), row.program.name),
            (_("Tier"), row.tier.name),
            (_("Requests"), str(row.access_requests.count())),
        ),
        page=f"/admin/access/expansion/{row.id}/change/",
        synthetic=row.program.synthetic,
    )


_TOLD_APART = {
    **letters_restrictions.TOLD_APART,
    **letters_expansions.TOLD_APART,
    **letters_authorities.TOLD_APART,
}
_MATTERS: Mapping[str, Callable[[AuditEvent], Matter]] = {
    "access_request": _about_request,
    "grant": _about_grant,
    "expansion": _about_expansion,
    **letters_duties.MATTERS,
    **letters_filings.MATTERS,
    **letters_lifecycle.MATTERS,
    **coverage_gaps.MATTERS,
    **letters_attestations.MATTERS,
    **letters_screening.MATTERS,
    **letters_deputies.MATTERS,
    "notice": letters_notices.about_notice,
}
