"""The words of each mail, written when the event is read, from what is on record then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import AccessRequest, Expansion, Grant, Restriction
from notifications.queries import letters_lifecycle, letters_notices
from notifications.queries.matter import Matter as _Matter
from notifications.queries.matter import Words
from notifications.queries.matter import write_moment as _write_moment
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
    Event.REQUEST_DECISION_PROPOSED: _("An approval waits for a countersignature."),
    Event.REQUEST_APPROVED: _("The access request has been approved."),
    Event.REQUEST_DECLINED: _("The access request has been declined."),
    Event.REQUEST_WITHDRAWN: _("The access request has been withdrawn."),
    Event.REQUEST_RECONSIDERED: _("The access request is being considered again."),
    Event.EXPANSION_PROPOSED: _("An expansion has been proposed."),
    Event.EXPANSION_CLOSED: _("The expansion is closed: none of its requests is open any more."),
    Event.GRANT_ISSUED: _("Access has been granted."),
    Event.GRANT_SUSPENDED: _("The grant is suspended. Access is refused until it is reinstated."),
    Event.GRANT_REINSTATED: _("The grant is reinstated. Access is given again."),
    Event.GRANT_REVOKED: _("The grant has been revoked. Access is refused from now on."),
    Event.GRANT_SURRENDERED: _("The grant has been given back. Access is refused from now on."),
    Event.GRANT_EXPIRED: _("The grant has expired."),
    Event.RESTRICTION_IMPOSED: _("A restriction is in force that covers access held by you."),
    Event.RESTRICTION_EXEMPTED: _("You are excepted from a restriction."),
    Event.RESTRICTION_LIFT_ASKED: _("A second person is needed to lift a restriction."),
    Event.RESTRICTION_LIFTED: _("A restriction has been lifted."),
    **letters_lifecycle.LEADS,
}
_LEADS_TO_STAFF: Mapping[str, Words] = {
    Event.REQUEST_RESUBMITTED: _(
        "The organization has changed its request and submitted it again."
    ),
    Event.REQUEST_QUESTION_ANSWERED: _("The organization has answered the question."),
    Event.RESTRICTION_IMPOSED: _("A restriction is in force."),
}


def write_letter(event: AuditEvent, *, to: UUID | None) -> Letter:
    """The mail about an event, to a contact of organization `to`, or to staff where there is none."""
    matter = _MATTERS[event.subject_type](event)
    lead = (
        _LEADS[event.name]
        if to is not None
        else _LEADS_TO_STAFF.get(event.name, _LEADS[event.name])
    )
    title = f"{matter.name}: {matter.happened or _title(event)}"
    context = {
        "title": title,
        "lead": matter.lead or lead,
        "facts": matter.facts,
        "said": matter.said,
        "synthetic": _is_synthetic(to),
        "page": "" if to is not None else f"{settings.PUBLIC_URL}{matter.page}",
        "reference": event.event_id,
        "occurred_at": event.occurred_at,
    }
    return Letter(
        title=" ".join(title.split())[:200],
        text=render_to_string("notifications/letter.txt", context),
        html=render_to_string("notifications/letter.html", context),
    )


def _title(event: AuditEvent) -> str:
    """What happened, in a word or two; for the subject line."""
    if event.name == Event.GRANT_ISSUED:
        return "granted"
    return event.name.partition(".")[2].replace("_", " ")


def _is_synthetic(organization: UUID | None) -> bool:
    return (
        organization is not None
        and Organization.objects.filter(pk=organization, synthetic=True).exists()
    )


def _about_request(event: AuditEvent) -> _Matter:
    row = AccessRequest.objects.select_related("organization", "tier__program").get(
        pk=event.subject_id
    )
    facts: tuple[tuple[Words, str], ...] = (
        (_("Organization"), row.organization.name),
        (_("Program"), row.tier.program.name),
        (_("Tier"), row.tier.name),
        (_("Purpose"), row.get_purpose_display()),
    )
    return _Matter(
        name=f"Access request to {row.tier.program.name}",
        facts=facts,
        said=_said_on_request(event, row),
        page=f"/admin/access/accessrequest/{row.id}/change/",
    )


def _said_on_request(event: AuditEvent, row: AccessRequest) -> str:
    """The words that belong to this step: the note, the question, the decision's text for the applicant."""
    if event.name in {Event.REQUEST_RETURNED, Event.REQUEST_HELD}:
        return row.note_to_applicant
    if event.name == Event.REQUEST_QUESTION_ASKED:
        question = row.questions.order_by("-asked_at").first()
        return "" if question is None else question.text
    if event.name in {Event.REQUEST_APPROVED, Event.REQUEST_DECLINED}:
        decision = row.decisions.order_by("-number").first()
        if decision is not None:
            return f"{decision.get_reason_display()}. {decision.applicant_text}".strip()
    return ""


def _about_grant(event: AuditEvent) -> _Matter:
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
            facts.append((label, _write_moment(event.details[key])))
    if event.name != Event.GRANT_ISSUED and hasattr(row, "close_out"):
        facts.append((_("Attest the close-out by"), _write_moment(row.close_out.due_at)))
    return _Matter(
        name=f"Access to {', '.join(models) or row.tier.program.name}",
        facts=tuple(facts),
        page=f"/admin/access/grant/{row.id}/change/",
    )


def _about_expansion(event: AuditEvent) -> _Matter:
    row = Expansion.objects.select_related("program", "tier").get(pk=event.subject_id)
    return _Matter(
        name=row.name,
        facts=(
            (_("Program"), row.program.name),
            (_("Tier"), row.tier.name),
            (_("Requests"), str(row.access_requests.count())),
        ),
        page=f"/admin/access/expansion/{row.id}/change/",
    )


def _about_restriction(event: AuditEvent) -> _Matter:
    row = Restriction.objects.get(pk=event.subject_id)
    return _Matter(
        name=row.title,
        facts=((_("Kind"), row.get_kind_display()), (_("Basis"), row.get_basis_display())),
        said=row.public_wording,
        page=f"/admin/access/restriction/{row.id}/change/",
    )


_MATTERS: Mapping[str, Callable[[AuditEvent], _Matter]] = {
    "access_request": _about_request,
    "grant": _about_grant,
    "expansion": _about_expansion,
    "restriction": _about_restriction,
    **letters_lifecycle.MATTERS,
    "notice": letters_notices.about_notice,
}
