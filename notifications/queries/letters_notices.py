"""Mails ahead of what ends: one event, and words for each kind of thing, with what to do."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.choices import NoticeKind
from access.models import (
    CloseOut,
    Condition,
    ConditionCampaign,
    Grant,
    Notice,
    Recertification,
    RecertificationItem,
    TermsEdition,
)
from notifications.queries.letters_lifecycle import (
    facts_of_condition,
    facts_of_grant,
    facts_of_question,
)
from notifications.queries.matters import Matter, write_moment
from registry.models import Attestation, AuditEvent, Member


def about_notice(event: AuditEvent) -> Matter:
    row = Notice.objects.select_related("organization").get(pk=event.subject_id)
    return (_SUMS if row.organization_id is None else _NOTICES)[NoticeKind(row.kind)](row)


def _of_grant(row: Notice) -> Matter:
    grant = Grant.objects.select_related("organization", "tier__program").get(pk=row.thing)
    return Matter(
        name=f"Access to {grant.tier.program.name}",
        facts=(*facts_of_grant(grant), (_("Ends"), write_moment(row.ends_at))),
        said=str(
            _(
                "Ask for a renewal with a progress report before that moment; the time after it begins "
                "where this ends. Nothing is renewed by itself."
            )
        ),
        page=f"/admin/access/grant/{grant.id}/change/",
        lead=_("Access that you hold is about to end."),
        happened=_left(row),
    )


def _of_condition(row: Notice) -> Matter:
    found = Condition.objects.select_related("grant__organization", "grant__tier__program").get(
        pk=row.thing
    )
    passed = row.days == 0
    return Matter(
        name=f"Condition “{found.code}”",
        facts=(*facts_of_grant(found.grant), *facts_of_condition(found)),
        said=found.text,
        page=f"/admin/access/condition/{found.id}/change/",
        lead=_("A condition is due and not met. Access is refused until it is.")
        if passed
        else _("A condition falls due. Hand in evidence; it counts once it is reviewed."),
        happened=_left(row),
    )


def _of_terms(row: Notice) -> Matter:
    edition = TermsEdition.objects.select_related("program").get(pk=row.thing)
    return Matter(
        name=f"Terms of {edition.program.name}",
        facts=(
            (_("Edition"), f"{edition.number}: {edition.title}"),
            (_("Binds from"), write_moment(row.ends_at)),
        ),
        said=str(_("Read the edition and accept it. From that moment access needs it accepted.")),
        page=f"/admin/access/program/{edition.program_id}/change/",
        lead=_("New terms bind, and you have not accepted them. Access is refused until you do.")
        if row.days == 0
        else _("New terms are about to bind, and you have not accepted them yet."),
        happened=_left(row),
    )


def _of_assertion(row: Notice) -> Matter:
    member = Member.objects.select_related("organization").get(pk=row.thing)
    return Matter(
        name=f"Member {member.reference}",
        facts=(
            (_("Organization"), member.organization.name),
            (_("Assertion"), row.code),
            (_("Runs out"), write_moment(row.ends_at)),
        ),
        said=str(_("Attest the status anew, with current evidence; it counts once reviewed.")),
        page=f"/admin/registry/organization/{member.organization_id}/change/",
        lead=_("What you attested of a member has run out.")
        if row.days == 0
        else _("What you attested of a member is about to run out."),
        happened=_left(row),
    )


def _of_attestation(row: Notice) -> Matter:
    found = Attestation.objects.select_related("organization", "scheme").get(pk=row.thing)
    return Matter(
        name=f"Attestation: {found.scheme}",
        facts=(
            (_("Organization"), found.organization.name),
            (_("Scheme"), str(found.scheme)),
            (_("Issued by"), found.issuer),
            (_("Counts until"), write_moment(row.ends_at)),
        ),
        said=str(_("Hand in the one that follows it. Access that rests on it ends with it.")),
        page=f"/admin/registry/attestation/{found.id}/change/",
        lead=_("An attestation that you hold has run out.")
        if row.days == 0
        else _("An attestation that you hold is about to run out."),
        happened=_left(row),
    )


def _of_question(row: Notice) -> Matter:
    item = RecertificationItem.objects.select_related(
        "organization", "recertification", "grant__tier__program", "grant__organization", "member"
    ).get(pk=row.thing)
    return Matter(
        name=item.recertification.title,
        facts=facts_of_question(item),
        said=item.recertification.text,
        page=f"/admin/access/recertification/{item.recertification_id}/change/",
        lead=_("You have not answered yet whether this access is still needed."),
        happened=_left(row),
    )


def _of_close_out(row: Notice) -> Matter:
    found = CloseOut.objects.select_related("grant__organization", "grant__tier__program").get(
        pk=row.thing
    )
    return Matter(
        name=f"Close-out of access to {found.grant.tier.program.name}",
        facts=(*facts_of_grant(found.grant), (_("Due"), write_moment(row.ends_at))),
        said=str(_("Attest that data is deleted and access is returned, with your evidence.")),
        page=f"/admin/access/grant/{found.grant_id}/change/",
        lead=_("The close-out after the end of access is missing.")
        if row.days == 0
        else _("The close-out after the end of access falls due."),
        happened=_left(row),
    )


def _sum_campaign(row: Notice) -> Matter:
    campaign = ConditionCampaign.objects.get(pk=row.thing)
    return Matter(
        name=campaign.title,
        facts=((_("Condition"), campaign.code), (_("Due"), write_moment(row.ends_at))),
        page=f"/admin/access/conditioncampaign/{campaign.id}/change/",
        lead=_(
            "The campaign's date has passed; unmet conditions refuse. Its page shows how it stands."
        )
        if row.days == 0
        else _("Holders have not met a campaign's condition yet. Its page shows how it stands."),
        happened=_left(row),
    )


def _sum_terms(row: Notice) -> Matter:
    about = _of_terms(row)
    return Matter(
        name=about.name,
        facts=about.facts,
        page=about.page,
        lead=_(
            "Holders have not accepted an edition of the terms. The program's page lists them."
        ),
        happened=_left(row),
    )


def _sum_recertification(row: Notice) -> Matter:
    found = Recertification.objects.get(pk=row.thing)
    return Matter(
        name=found.title,
        facts=((_("Due"), write_moment(row.ends_at)),),
        page=f"/admin/access/recertification/{found.id}/change/",
        lead=_("Holders have not answered a round of recertification. Its page lists them."),
        happened=_left(row),
    )


def _left(row: Notice) -> str:
    """How much time is left, for the subject line."""
    if row.days == 0:
        return str(_("overdue"))
    return ngettext("%(days)d day left", "%(days)d days left", row.days) % {"days": row.days}


_NOTICES: Mapping[NoticeKind, Callable[[Notice], Matter]] = {
    NoticeKind.GRANT: _of_grant,
    NoticeKind.CONDITION: _of_condition,
    NoticeKind.TERMS: _of_terms,
    NoticeKind.ASSERTION: _of_assertion,
    NoticeKind.RECERTIFICATION: _of_question,
    NoticeKind.CLOSE_OUT: _of_close_out,
    NoticeKind.ATTESTATION: _of_attestation,
}
_SUMS: Mapping[NoticeKind, Callable[[Notice], Matter]] = {
    NoticeKind.CONDITION: _sum_campaign,
    NoticeKind.TERMS: _sum_terms,
    NoticeKind.RECERTIFICATION: _sum_recertification,
}
