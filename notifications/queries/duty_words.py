"""A duty in words: by when, for whom, under which rule, what is to be done next, what was sent.

One wording for the board, the pages and the mails. Nothing here tells what happened: no title and no
summary of an incident, so that each may be shown to whoever may know that the duty exists.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.choices import FilingStatus, Unaddressed
from notifications.models import Filing, Obligation
from registry.choices import Bindingness, Regime
from registry.models import ObligationRule
from registry.periods import Flag

_FLAGS = {
    "no_table": gettext_lazy("A holiday table is missing, so the latest moment cannot be said."),
    "no_recipient": gettext_lazy("Nobody is registered to receive it."),
}
_SAID_ELSEWHERE = {Flag.NO_NUMBER, Flag.INTERPRETATION}
_NEXT = {
    FilingStatus.DRAFT: gettext_lazy("complete the notification and have it reviewed"),
    FilingStatus.REVIEWED: gettext_lazy("a second person signs it off"),
    FilingStatus.SIGNED: gettext_lazy("send it"),
    FilingStatus.BOUNCED: gettext_lazy("it was not delivered: send it again"),
    FilingStatus.DISPATCHED: gettext_lazy("record that it was received"),
    FilingStatus.RECEIVED: gettext_lazy("record the acknowledgement"),
    FilingStatus.ACKNOWLEDGED: gettext_lazy("nothing: it is acknowledged"),
}
_DRAFT = gettext_lazy("draft the notification")
_FIRST: Mapping[str, Promise] = {
    Unaddressed.IN_HOUSE: gettext_lazy("do it, and write down what was done"),
    Unaddressed.PUBLIC: gettext_lazy("draft what is to be published"),
}
_SHOWN_FIELDS = 3


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule is called, where it stands, and how far it binds."""

    title: str
    citation: str
    bindingness: str
    regime: str


def name_rule(rule: ObligationRule) -> RuleWords:
    """The rule of an edition, as its document says."""
    document: dict[str, Any] = rule.document
    return RuleWords(
        title=document["title"],
        citation=document["citation"],
        bindingness=str(Bindingness(document["bindingness"]).label),
        regime=name_regime(document["regime"]),
    )


def name_regime(regime: str) -> str:
    """A body of rules, as people call it."""
    return str(Regime(regime).label)


def list_warnings(row: Obligation) -> list[str]:
    """What is wrong with the clock, a sentence each. That a number is missing, or a reading, is said elsewhere."""
    said = (_say_flag(flag) for flag in row.flags if flag not in _SAID_ELSEWHERE)
    return list(dict.fromkeys(said))


def _say_flag(flag: str) -> str:
    if flag in _FLAGS:
        return str(_FLAGS[flag])
    return Flag(flag).sentence if flag in set(Flag) else flag.replace("_", " ")


def name_recipient(row: Obligation) -> str:
    """Who must be told: the authority, those whom no authority stands for, or the key to which nobody answers yet."""
    if row.recipient in Unaddressed.values:
        return str(Unaddressed(row.recipient).label)
    if row.authority is None:
        return _("“%(key)s” (nobody is registered)") % {"key": row.recipient}
    return row.authority.organization.name


def say_due(moment: dt.datetime, zone: str) -> str:
    """A closing instant as people keep it: the last day that counts, or the hour, in the rule's own zone."""
    local = moment.astimezone(ZoneInfo(zone))
    city = zone.rpartition("/")[2].replace("_", " ")
    if local.time() == dt.time.min:
        day = date_format(local - dt.timedelta(days=1), "D j M Y")
        return _("end of %(day)s (%(city)s)") % {"day": day, "city": city}
    return _("%(moment)s (%(city)s)") % {
        "moment": date_format(local, "D j M Y, H:i"),
        "city": city,
    }


def say_target(row: Obligation) -> str:
    """By when, or that no number is given."""
    if row.target_due is None:
        return _("without undue delay")
    return say_due(row.target_due, row.zone)


def say_latest(row: Obligation) -> str:
    """What would still be allowed, on which basis, marked where it is a reading. Empty where it says no more."""
    if row.latest_due is None:
        return "" if row.target_due is None else _("not known: %(why)s") % {"why": row.basis}
    same = row.latest_due == row.target_due
    if same and not row.basis:
        return ""
    said = _("the same") if same else say_due(row.latest_due, row.zone)
    if row.basis:
        said = f"{said}: {row.basis}"
    return f"{said} ({_('interpretation')})" if row.latest_is_interpretation else said


def say_left(target: dt.datetime | None, *, at: dt.datetime) -> str:
    """How long there is, or by how long it is late, in the two largest units."""
    if target is None:
        return ""
    if at < target:
        return _("%(time)s left") % {"time": timesince(at, target)}
    return _("late by %(time)s") % {"time": timesince(target, at)}


def say_waiting(since: dt.datetime, *, at: dt.datetime) -> str:
    """For how long that which is due without undue delay has been waiting."""
    return _("waiting for %(time)s") % {"time": timesince(since, at)}


def say_age(since: dt.datetime, *, at: dt.datetime) -> str:
    """How long ago its clock began, or in how long it will."""
    if since > at:
        return _("in %(time)s") % {"time": timesince(at, since)}
    return _("%(time)s ago") % {"time": timesince(since, at)}


def list_acts(row: Obligation) -> list[str]:
    """What is to be done next, by whoever can."""
    acts = []
    if not row.owner:
        acts.append(_("assign an owner"))
    if row.authority is None and row.recipient not in Unaddressed.values:
        acts.append(_("register who receives for “%(key)s”") % {"key": row.recipient})
    filing = _find_current(row)
    if filing is None:
        acts.append(str(_FIRST.get(row.recipient, _DRAFT)))
    else:
        acts.append(str(_NEXT[FilingStatus(filing.status)]))
    return acts


def list_missing(row: Obligation) -> list[str]:
    """The fields that the rule asks for and no draft says yet, by their labels."""
    filing = _find_current(row)
    said = {} if filing is None else filing.fields
    return [
        str(field.get("label") or field["name"].replace("_", " "))
        for field in row.rule.document.get("fields", ())
        if field["name"] not in said
    ]


def say_missing(row: Obligation) -> str:
    """The first of the missing fields, and how many more."""
    missing = list_missing(row)
    more = len(missing) - _SHOWN_FIELDS
    said = "; ".join(missing[:_SHOWN_FIELDS])
    if more > 0:
        said += " " + ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}
    return said


def list_proofs(row: Obligation) -> list[str]:
    """What was sent, by which way, with its proof, and what came back."""
    return [said for filing in row.filings.all() for said in _say_sent(filing)]


def say_moment(moment: dt.datetime) -> str:
    """A moment in UTC."""
    return date_format(moment.astimezone(dt.UTC), r"j M Y, H:i \U\T\C")


def _say_sent(filing: Filing) -> list[str]:
    said = []
    if filing.dispatched_at is not None:
        said.append(
            _("sent %(at)s by %(channel)s: %(proof)s")
            % {
                "at": say_moment(filing.dispatched_at),
                "channel": filing.get_channel_display(),
                "proof": filing.dispatch_proof,
            }
        )
    if filing.bounced_at is not None:
        said.append(_("not delivered %(at)s") % {"at": say_moment(filing.bounced_at)})
    if filing.received_at is not None:
        said.append(_("received %(at)s") % {"at": say_moment(filing.received_at)})
    if filing.acknowledged_at is not None:
        said.append(
            _("acknowledged %(at)s: %(number)s")
            % {"at": say_moment(filing.acknowledged_at), "number": filing.acknowledgement}
        )
    return said


def _find_current(row: Obligation) -> Filing | None:
    """The notification in hand: the latest that was not withdrawn."""
    filings = [filing for filing in row.filings.all() if filing.status != FilingStatus.WITHDRAWN]
    return filings[-1] if filings else None
