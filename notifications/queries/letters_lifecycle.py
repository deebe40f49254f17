"""Mails about a grant's life: what must be done and by when, and what is about to end."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import (
    CloseOut,
    Condition,
    ConditionCampaign,
    Grant,
    Recertification,
    RecertificationItem,
)
from notifications.queries.matters import Matter, Words, write_moment
from registry.models import AuditEvent, Member, Organization

LEADS: Mapping[str, Words] = {
    Event.CONDITION_IMPOSED: _(
        "Access that you hold has a condition. From its date on access is refused unless it is met."
    ),
    Event.CONDITION_HANDED_IN: _("What you handed in for the condition is with the reviewers."),
    Event.CONDITION_MET: _("The condition is met."),
    Event.CONDITION_NOT_MET: _(
        "What you handed in was found not to meet the condition. Hand in what is missing."
    ),
    Event.CONDITION_WAIVED: _("The condition need not be met any more."),
    Event.CAMPAIGN_PROPOSED: _("A condition campaign waits for a second person to launch it."),
    Event.CAMPAIGN_LAUNCHED: _("A condition campaign has been launched."),
    Event.CAMPAIGN_ENDED: _("A condition campaign covers no more grants."),
    Event.RECERTIFICATION_OPENED: _("A round of recertification has been opened."),
    Event.RECERTIFICATION_SETTLED: _(
        "The date of a round of recertification has passed, and it is settled."
    ),
    Event.RECERTIFICATION_ASKED: _("Please say whether this access is still needed."),
    Event.RECERTIFICATION_ANSWERED: _("Your answer is on record."),
    Event.RECERTIFICATION_LAPSED: _(
        "The date has passed without your answer. Access may be suspended until this is settled."
    ),
    Event.CLOSE_OUT_ATTESTED: _("The close-out after the end of access has been attested."),
    Event.CLOSE_OUT_WITHDRAWN: _(
        "The grant that had run out is renewed: its close-out is asked for no more."
    ),
    Event.NOTICE_GIVEN: _("Something is about to end, or is due."),
    Event.NOTICE_GIVEN_IN_CAMPAIGN: _("Something is about to end, or is due."),
    Event.NOTICE_SUMMED_UP: _("Something that concerns several holders is about to fall due."),
}


def _about_condition(event: AuditEvent) -> Matter:
    row = Condition.objects.select_related("grant__organization", "grant__tier__program").get(
        pk=event.subject_id
    )
    said = row.text
    if event.name == Event.CONDITION_NOT_MET:
        evidence = row.evidence.exclude(applicant_text="").order_by("-handed_in_at").first()
        said = row.text if evidence is None else f"{row.text}\n\n{evidence.applicant_text}"
    return Matter(
        name=f"Condition “{row.code}”",
        facts=(*facts_of_grant(row.grant), *facts_of_condition(row)),
        said=said,
        page=f"/admin/access/condition/{row.id}/change/",
        synthetic=row.grant.organization.synthetic,
        whose=row.grant.organization.name,
    )


def _about_campaign(event: AuditEvent) -> Matter:
    row = ConditionCampaign.objects.get(pk=event.subject_id)
    return Matter(
        name=row.title,
        facts=(
            (_("Condition"), row.code),
            (_("Due"), write_moment(row.due_at)),
            (_("Grants affected"), str(event.details.get("affected", ""))),
        ),
        said=row.text,
        page=f"/admin/access/conditioncampaign/{row.id}/change/",
    )


def _about_recertification(event: AuditEvent) -> Matter:
    row = Recertification.objects.get(pk=event.subject_id)
    return Matter(
        name=row.title,
        facts=(
            (_("Due"), write_moment(row.due_at)),
            (_("Unanswered"), row.get_unanswered_display()),
        ),
        said=row.text,
        page=f"/admin/access/recertification/{row.id}/change/",
    )


def _about_question(event: AuditEvent) -> Matter:
    row = RecertificationItem.objects.select_related(
        "organization", "recertification", "grant__tier__program", "grant__organization", "member"
    ).get(pk=event.subject_id)
    return Matter(
        name=row.recertification.title,
        facts=facts_of_question(row),
        said=row.recertification.text,
        page=f"/admin/access/recertification/{row.recertification_id}/change/",
    )


def _about_close_out(event: AuditEvent) -> Matter:
    row = CloseOut.objects.select_related("grant__organization", "grant__tier__program").get(
        pk=event.subject_id
    )
    yes, no = str(_("yes")), str(_("no"))
    attested = (
        (_("Data deleted"), yes if row.data_deleted else no),
        (_("Access returned"), yes if row.access_returned else no),
    )
    return Matter(
        name="Close-out",
        facts=(*facts_of_grant(row.grant), *(attested if row.attested_at else ())),
        page=f"/admin/access/grant/{row.grant_id}/change/",
        synthetic=row.grant.organization.synthetic,
        whose=row.grant.organization.name,
    )


def facts_of_grant(grant: Grant) -> tuple[tuple[Words, str], ...]:
    return (
        (_("Organization"), grant.organization.name),
        (_("Program"), grant.tier.program.name),
        (_("Tier"), grant.tier.name),
        (_("Grant"), str(grant.id)),
    )


def facts_of_condition(row: Condition) -> tuple[tuple[Words, str], ...]:
    version = row.versions.current().get(valid__upper_inf=True)
    facts: list[tuple[Words, str]] = [
        (_("Condition"), row.code),
        (_("Due"), write_moment(version.due_at)),
        (_("Stands"), version.get_standing_display()),
    ]
    if row.evidence_asked:
        facts.append((_("Evidence"), row.evidence_asked))
    return tuple(facts)


def facts_of_question(row: RecertificationItem) -> tuple[tuple[Words, str], ...]:
    about: tuple[tuple[Words, str], ...] = (
        facts_of_grant(row.grant)
        if row.grant is not None
        else ((_("Organization"), _name(row.organization)), (_("Member"), _reference(row.member)))
    )
    return (*about, (_("Answer by"), write_moment(row.recertification.due_at)))


def _name(organization: Organization) -> str:
    return organization.name


def _reference(member: Member | None) -> str:
    return "" if member is None else member.reference


MATTERS: Mapping[str, Callable[[AuditEvent], Matter]] = {
    "condition": _about_condition,
    "condition_campaign": _about_campaign,
    "recertification": _about_recertification,
    "recertification_item": _about_question,
    "close_out": _about_close_out,
}
