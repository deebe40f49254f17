"""The words of mails about duties to tell: what is due by when, to whom, under which rule, and what comes next.

Read at three in the morning by somebody who was woken: the subject line says what and by when. Nothing
here tells what happened: a mail lies where others may read it.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.choices import AlertKind
from notifications.events import Event
from notifications.models import Obligation, ObligationQuestion
from notifications.queries.duty_words import (
    list_acts,
    list_warnings,
    name_recipient,
    name_rule,
    say_due,
    say_latest,
    say_missing,
    say_moment,
    say_target,
)
from notifications.queries.matters import Matter, Words
from notifications.queries.obligations import list_asked_together, list_opened_together, with_all
from notifications.queries.verdict_words import list_missing
from registry.choices import Role
from registry.models import AuditEvent
from registry.queries.people import name_actors

_SUBJECTS: Mapping[str, Words] = {
    Event.OBLIGATION_OPENED: "",
    Event.OBLIGATION_ASSIGNED: gettext_lazy("Yours"),
    Event.OBLIGATION_RESCHEDULED: gettext_lazy("New time"),
    Event.OBLIGATION_VOIDED: gettext_lazy("No longer applies"),
    AlertKind.HALF_LEFT: gettext_lazy("Half of the time left"),
    AlertKind.QUARTER_LEFT: gettext_lazy("A quarter of the time left"),
    AlertKind.TENTH_LEFT: gettext_lazy("A tenth of the time left"),
    AlertKind.TARGET_PASSED: "",
    AlertKind.LATEST_PASSED: gettext_lazy("the latest moment has passed"),
    AlertKind.ESCALATED: gettext_lazy("ESCALATED"),
    AlertKind.NO_TABLE: gettext_lazy("Holiday table missing"),
    AlertKind.NO_RECIPIENT: gettext_lazy("No recipient registered"),
    AlertKind.DECIDED_UNTOLD: gettext_lazy("Access given and nobody told"),
}
"""What the subject line says before it says by when; it begins with LATE wherever that is so."""
_LEADS: Mapping[str, Words] = {
    Event.OBLIGATION_OPENED: gettext_lazy("A duty to notify has been opened."),
    Event.OBLIGATION_ASSIGNED: gettext_lazy("You own this duty now, and are told of its clock."),
    Event.OBLIGATION_RESCHEDULED: gettext_lazy(
        "The moment that this duty counts from was corrected: it is due at another time now."
    ),
    Event.OBLIGATION_VOIDED: gettext_lazy(
        "This duty does not apply, or not any more. Its page says why; there is nothing left to send."
    ),
    AlertKind.HALF_LEFT: gettext_lazy("It has not been met yet, and half of its time is left."),
    AlertKind.QUARTER_LEFT: gettext_lazy(
        "It has not been met yet, and a quarter of its time is left."
    ),
    AlertKind.TENTH_LEFT: gettext_lazy(
        "It has not been met yet, and a tenth of its time is left."
    ),
    AlertKind.TARGET_PASSED: gettext_lazy(
        "The target has passed and this duty has not been met. Send it now, and say on its page why it is late."
    ),
    AlertKind.LATEST_PASSED: gettext_lazy(
        "The latest moment has passed and this duty has not been met. Send it now, and say on its page why "
        "it is late."
    ),
    AlertKind.NO_TABLE: gettext_lazy(
        "The holidays of a year that this duty needs are not registered. Its target stands; the latest "
        "moment cannot be said until somebody proposes the table and another puts it in force."
    ),
    AlertKind.NO_RECIPIENT: gettext_lazy(
        "The clock runs, and no authority is registered to receive this. Register its mandate."
    ),
    AlertKind.DECIDED_UNTOLD: gettext_lazy(
        "Access was given that an authority must be told of, and it has not been told."
    ),
}
_ESCALATED_LATE = gettext_lazy(
    "This duty is past its target and has not been met. It is escalated to those who decide and administer."
)
_ESCALATED_ALONE = gettext_lazy(
    "Nobody has taken this duty in hand. It is escalated to those who decide and administer."
)
_OPENED_LATE = gettext_lazy(
    "A duty to notify has been opened whose target had passed already. Send it as soon as you can."
)


def _about_duty(event: AuditEvent) -> Matter:
    """Of one duty, or in one mail of all that one assessment opened about the same thing."""
    if event.name == Event.OBLIGATION_OPENED:
        together = list(list_opened_together(Obligation.objects.get(pk=event.subject_id)))
        if len(together) > 1:
            return _about_duties(together, at=event.occurred_at)
    row = with_all(Obligation.objects.filter(pk=event.subject_id)).get()
    rule = name_rule(row.rule)
    what = event.details["kind"] if event.name == Event.OBLIGATION_ANNOUNCED else event.name
    late = event.details.get("late", _was_late(row, at=event.occurred_at))
    return Matter(
        name=rule.title,
        title=_("%(head)s: tell %(recipient)s – %(rule)s")
        % {
            "head": _head(what, row, late=late),
            "recipient": name_recipient(row),
            "rule": rule.title,
        },
        lead=_lead(what, late=late),
        facts=tuple((label, said) for label, said in _facts(event, row) if said),
        page=f"/admin/notifications/obligation/{row.id}/change/",
        synthetic=row.duty_holder.synthetic,
    )


def _about_duties(rows: list[Obligation], *, at: dt.datetime) -> Matter:
    """The one that is due first leads: the rows come in that order."""
    first = rows[0]
    late = any(_was_late(row, at=at) for row in rows)
    head = _("%(n)d duties to notify, the first due %(due)s") % {
        "n": len(rows),
        "due": say_target(first),
    }
    return Matter(
        name=name_rule(first.rule).title,
        title=f"{_('LATE')}, {head}" if late else head,
        lead=_(
            "Several duties to notify have been opened at once. Each has its own clock and its own recipient."
        ),
        facts=(
            *((_("Due %(due)s") % {"due": _say_due_twice(row)}, _say_duty(row)) for row in rows),
            (_("Duty-holder"), first.duty_holder.name),
        ),
        page="/admin/clocks/",
        synthetic=first.duty_holder.synthetic,
    )


def _say_duty(row: Obligation) -> str:
    """In one line: who must be told, and under which rule."""
    rule = name_rule(row.rule)
    return _("tell %(recipient)s – %(rule)s. %(citation)s (%(bindingness)s)") % {
        "recipient": name_recipient(row),
        "rule": rule.title,
        "citation": rule.citation,
        "bindingness": rule.bindingness,
    }


def _was_late(row: Obligation, *, at: dt.datetime) -> bool:
    return row.target_due is not None and row.target_due <= at


def _head(what: str, row: Obligation, *, late: bool) -> str:
    """How the subject line begins: that it is late, what has come to pass, and by when it is or was due."""
    parts = [str(_SUBJECTS[what])]
    if what == AlertKind.ESCALATED and not row.owner:
        parts.append(_("nobody owns it"))
    if what != Event.OBLIGATION_VOIDED:
        due = {"due": say_target(row)}
        parts.append((_("was due %(due)s") if late else _("due %(due)s")) % due)
        parts.insert(0, _("LATE") if late else "")
    said = ", ".join(part for part in parts if part)
    return said[:1].upper() + said[1:]


def _lead(what: str, *, late: bool) -> Words:
    if what == AlertKind.ESCALATED:
        return _ESCALATED_LATE if late else _ESCALATED_ALONE
    return _OPENED_LATE if late and what == Event.OBLIGATION_OPENED else _LEADS[what]


def _facts(event: AuditEvent, row: Obligation) -> list[tuple[Words, str]]:
    rule = name_rule(row.rule)
    also = [str(Role(role).label) for role in event.details.get("also", ())]
    owner = name_actors([row.owner]).get(row.owner, row.owner)
    return [
        (_("Due"), _say_due_twice(row)),
        (_("At the latest"), say_latest(row)),
        (_("To be told"), name_recipient(row)),
        (_("Rule"), f"{rule.title}. {rule.citation} ({rule.bindingness})"),
        (_("Duty-holder"), row.duty_holder.name),
        (_("Owner"), owner or _("nobody")),
        (_("Next"), "; ".join(list_acts(row))),
        (_("Still missing"), say_missing(row)),
        (_("Note"), " ".join(list_warnings(row))),
        (_("Also told"), ", ".join(also)),
    ]


def _say_due_twice(row: Obligation) -> str:
    """In the rule's own zone, and in UTC for whoever reads it elsewhere."""
    if row.target_due is None:
        return say_target(row)
    return _("%(due)s, which is %(utc)s") % {
        "due": say_target(row),
        "utc": say_moment(row.target_due),
    }


def _about_question(event: AuditEvent) -> Matter:
    """Of one question, or in one mail of all that one assessment asks about the same thing."""
    row = ObligationQuestion.objects.select_related("rule", "duty_holder").get(pk=event.subject_id)
    together = list(list_asked_together(row))
    return _about_several(together) if len(together) > 1 else _about_one(row)


def _about_one(row: ObligationQuestion) -> Matter:
    rule, due = name_rule(row.rule), _say_if_so(row)
    facts = [
        (_("Rule"), f"{rule.title}. {rule.citation} ({rule.bindingness})"),
        (_("Why it is asked"), row.get_cause_display()),
        (_("Not known"), list_missing(row.missing)),
        (_("Due if it applies"), due),
        (_("Duty-holder"), row.duty_holder.name),
    ]
    return Matter(
        name=rule.title,
        title=_("Does it apply? %(rule)s – %(by_when)s")
        % {"rule": rule.title, "by_when": _say_by_when(due)},
        lead=_(
            "The data cannot say whether this duty applies, or may not: a person must. "
            "Its clock runs meanwhile as if it did."
        ),
        facts=tuple((label, said) for label, said in facts if said),
        page=f"/admin/clocks/#question-{row.id}",
        synthetic=row.duty_holder.synthetic,
    )


def _about_several(rows: list[ObligationQuestion]) -> Matter:
    """The one that would be due first leads: the rows come in that order."""
    first = rows[0]
    return Matter(
        name=name_rule(first.rule).title,
        title=_("Do they apply? %(n)d duties – the first, %(by_when)s")
        % {"n": len(rows), "by_when": _say_by_when(_say_if_so(first))},
        lead=_(
            "The data cannot say whether these duties apply, or may not: a person must say it of each. "
            "Their clocks run meanwhile as if they did."
        ),
        facts=(
            *((name_rule(row.rule).title, _say_question(row)) for row in rows),
            (_("Duty-holder"), first.duty_holder.name),
        ),
        page="/admin/clocks/#questions",
        synthetic=first.duty_holder.synthetic,
    )


def _say_question(row: ObligationQuestion) -> str:
    """In one line: where the rule stands, why it is asked, what is not known, when it would be due."""
    rule, missing, due = name_rule(row.rule), list_missing(row.missing), _say_if_so(row)
    cause = row.get_cause_display()
    asked = f"{cause}: {missing}" if missing else cause
    said = [f"{rule.citation} ({rule.bindingness})", asked]
    if due:
        said.append(_say_by_when(due))
    return "; ".join(said)


def _say_if_so(row: ObligationQuestion) -> str:
    """When it would be due, or nothing where no time can be said."""
    if row.would_be_due is None:
        return ""
    return say_due(row.would_be_due, row.rule.document["counting"]["zone"])


def _say_by_when(due: str) -> str:
    return _("if so, due %(due)s") % {"due": due} if due else _("no time can be said yet")


MATTERS: Mapping[str, Callable[[AuditEvent], Matter]] = {
    "obligation": _about_duty,
    "obligation_question": _about_question,
}
"""What an event about a duty or a question is about, by the type of its subject."""
