"""Which duties a rule opens: to whom, which time round, after which other, counted from when."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from notifications.choices import ObligationFlag, ObligationStatus
from notifications.models import Obligation
from notifications.queries.duties import Assessed, Examination, Parent
from notifications.verdicts import Moment, find_anchor
from registry.choices import Anchor


@dataclass(frozen=True, slots=True)
class Opening:
    """One duty that is not there yet. `follows` is the duty met that it comes after."""

    recipient: str
    round: int
    follows: Obligation | None
    moment: Moment


def list_openings(found: Examination, rule: Assessed) -> list[Opening]:
    """Each duty of the rule that is not there. What a person has voided stays void."""
    there = {
        (row.recipient, row.round, row.follows_id)
        for row in found.obligations
        if row.rule.slug == rule.edition.slug
        and (row.status != ObligationStatus.VOID or ObligationFlag.FACTS_CHANGED not in row.flags)
    }
    return [
        opening
        for opening in _list_all(found, rule)
        if (opening.recipient, opening.round, opening.follows and opening.follows.id) not in there
    ]


def recurs(rule: Assessed) -> bool:
    """Whether it begins anew after each filing."""
    return rule.document.period is not None and rule.document.period.recurring


def _list_all(found: Examination, rule: Assessed) -> Iterator[Opening]:
    recipients = rule.document.recipients or ("",)
    if not rule.document.follows:
        for recipient in recipients:
            if rule.judgment.anchor is not None:
                first = Opening(recipient, 1, None, rule.judgment.anchor)
                yield from _list_rounds(found, rule, first)
        return
    for parent in rule.parents:
        moment = _anchor_after(found, rule, parent)
        to = parent.obligation.recipient
        for recipient in (to,) if to in recipients else recipients:
            if moment is not None:
                first = Opening(recipient, 1, parent.obligation, moment)
                yield from _list_rounds(found, rule, first)


def _list_rounds(found: Examination, rule: Assessed, first: Opening) -> Iterator[Opening]:
    """The first; of a rule that recurs, the one after the last that was met, until it is over."""
    if not recurs(rule):
        yield first
        return
    after = first.follows and first.follows.id
    chain = {
        row.round: row
        for row in rule.live
        if (row.recipient, row.follows_id) == (first.recipient, after)
    }
    met = {parent.obligation.id: parent.notified_at for parent in found.parents}
    number, moment = 1, first.moment
    while number in chain and chain[number].id in met:
        moment = Moment(Anchor.NOTIFIED, met[chain[number].id])
        number += 1
    if number not in chain and not found.over:
        yield replace(first, round=number, moment=moment)


def _anchor_after(found: Examination, rule: Assessed, parent: Parent) -> Moment | None:
    told = Moment(Anchor.NOTIFIED, parent.notified_at)
    return find_anchor(rule.document, replace(found.known, moments=(*found.known.moments, told)))
