"""Letters about many lines at once: one to staff, and one to each organization about all that concerns it.

The events of each line are not mailed: they are part of a job, and the job's end is what tells people. What
waits for a signature is not said to anybody outside.
"""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from access.choices import LineAct, LineEffect, LineResult
from access.models import AccessRequest, LineBatch, LineBatchItem, LineImport, LineImportRow
from access.queries.line_jobs import count_results, count_rows
from notifications.queries.matters import Matter, Words, write_moment
from registry.models import AuditEvent

_DECIDED = frozenset({LineAct.APPROVE, LineAct.COUNTERSIGN, LineAct.DECLINE})
_NOTED = frozenset({LineAct.RETURN, LineAct.HOLD})


def _about_batch(event: AuditEvent, to: UUID | None) -> Matter:
    row = LineBatch.objects.select_related("expansion__program", "expansion__tier").get(
        pk=event.subject_id
    )
    if to is None:
        return _summarize_batch(event, row)
    told = row.items.filter(
        request__organization=to, result__in=[LineResult.DONE, LineResult.WAITS]
    ).exclude(act=LineAct.OVERRIDE)
    items = list(told.select_related("request__organization").order_by("request__purpose", "id"))
    facts: list[tuple[Words, str]] = [(_("Organization"), items[0].request.organization.name)]
    for item in items:
        facts += [(item.request.get_purpose_display().capitalize(), _say_outcome(item))]
        facts += _say_grant(item.request) if item.result == LineResult.DONE else []
    return Matter(
        name=_name(row.expansion.program.name, row.expansion.tier.name),
        facts=tuple(facts),
        said="\n\n".join(filter(None, dict.fromkeys(map(_say_words, items)))),
        happened=_("what came of your request"),
        lead=_("This is what came of each request of your organization."),
    )


def _summarize_batch(event: AuditEvent, row: LineBatch) -> Matter:
    counted = count_results(row)
    facts: list[tuple[Words, str]] = [
        (_("Program"), row.expansion.program.name),
        (_("Tier"), row.expansion.tier.name),
        *((result.label, str(number)) for result, number in counted.items() if number),
    ]
    if row.publish_at is not None:
        facts.append((_("To be published at"), write_moment(row.publish_at)))
    done = row.finished_at is not None
    lead = _("What was prepared for its lines has been done.")
    if not done:
        lead = _(
            "Rulings are to be published together. Approvals among them can be countersigned."
        )
    elif event.details.get("closes"):
        lead = _("What was prepared for its lines has been done. No line is open: it is closed.")
    return Matter(
        name=row.expansion.name,
        facts=tuple(facts),
        happened=_("lines decided") if done else _("lines to be published"),
        lead=lead,
        page=f"/admin/access/linebatch/{row.id}/change/",
        synthetic=row.expansion.program.synthetic,
    )


def _about_import(event: AuditEvent, to: UUID | None) -> Matter:
    row = LineImport.objects.select_related("expansion__program", "expansion__tier").get(
        pk=event.subject_id
    )
    if to is None:
        counted = count_rows(row)
        return Matter(
            name=row.expansion.name,
            facts=(
                (_("File"), row.file_name),
                (_("Rows"), str(counted["rows"])),
                *((effect.label, str(counted[effect.value])) for effect in LineEffect),
                (_("Registered"), str(counted["registers"])),
            ),
            happened=_("organizations taken in")
            if event.details["taken_in"]
            else _("nothing taken in"),
            lead=_("A file of organizations has been gone through."),
            page=f"/admin/access/lineimport/{row.id}/change/",
            synthetic=row.expansion.program.synthetic,
        )
    new = row.rows.filter(
        organization=to, effect__in=[LineEffect.SUBMITTED, LineEffect.DRAFTED]
    ).select_related("organization", "request")
    return _tell_new(row, new.order_by("line"))


def _tell_new(row: LineImport, new: Iterable[LineImportRow]) -> Matter:
    facts: list[tuple[Words, str]] = []
    drafted = False
    for said in new:
        assert said.organization is not None  # named by the row, and its request is its own
        assert said.request is not None
        facts = facts or [(_("Organization"), said.organization.name)]
        drafted |= said.effect == LineEffect.DRAFTED
        outcome = (
            _("a draft: accept the terms and submit it")
            if said.effect == LineEffect.DRAFTED
            else _("submitted")
        )
        facts.append((said.request.get_purpose_display().capitalize(), outcome))
    return Matter(
        name=_name(row.expansion.program.name, row.expansion.tier.name),
        facts=tuple(facts),
        happened=_("a request on your behalf"),
        lead=_("Your organization has been proposed for access. A draft waits for you.")
        if drafted
        else _("An access request has been submitted on behalf of your organization."),
    )


def _say_outcome(item: LineBatchItem) -> str:
    if item.result == LineResult.WAITS:
        return _("waits for a place: there is no capacity for it at present")
    return str(item.request.get_status_display())


def _say_grant(line: AccessRequest) -> list[tuple[Words, str]]:
    """From when until when, and under which conditions; nothing where no grant came of it."""
    grant = getattr(line, "grant", None)
    if grant is None:
        return []
    items = list(grant.items.current())
    starts = min(item.valid.lower for item in items)
    ends = [item.valid.upper for item in items if item.valid.upper is not None]
    facts: list[tuple[Words, str]] = [(_("From"), write_moment(starts))]
    facts += [(_("Until"), write_moment(max(ends)))] if ends else []
    conditions = grant.conditions.order_by("code").values_list("code", "text")
    return facts + [
        (_("Condition “%(code)s”") % {"code": code}, text) for code, text in conditions
    ]


def _say_words(item: LineBatchItem) -> str:
    """The words of the ruling, or the note, for the applicant."""
    if item.result == LineResult.WAITS:
        return ""
    if item.act in _NOTED:
        return str(item.said["note"])
    decision = item.request.decisions.order_by("-number").first() if item.act in _DECIDED else None
    if decision is None:
        return ""
    return f"{capfirst(decision.get_reason_display())}. {decision.applicant_text}".strip()


def _name(program: str, tier: str) -> str:
    return _("Access to %(program)s, %(tier)s") % {"program": program, "tier": tier}


TOLD_APART: Mapping[str, Callable[[AuditEvent, UUID | None], Matter]] = {
    "line_batch": _about_batch,
    "line_import": _about_import,
}
