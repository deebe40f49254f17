"""What every dated entry about dealings with authorities has in common: who may write it, on what it rests."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from access.choices import Marking
from notifications.models.marked import Entry
from registry.choices import Precision, Role, SubjectOrigin
from registry.commands import Command, read_clock
from registry.errors import Invalid, NotFound, WorldsApart
from registry.models import ReportedFact
from registry.operations.facts import (
    CitationSaid,
    FactSaid,
    Period,
    report_event_within_transaction,
)
from registry.policies import check_role

E = TypeVar("E", bound=Entry)
M = TypeVar("M", bound=Model)


class EntryAhead(Invalid):
    code = "entry_ahead"
    text = _("This has not happened yet: an entry tells what was.")


class WordsMissing(Invalid):
    code = "entry_words_missing"
    text = _("Say what happened: a title, and words.")


class RestsOnBoth(Invalid):
    code = "rests_on_both"
    text = _("Name new sources, or a fact reported before; not both.")


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, in a line and in our own words, when, and how exactly that is known.

    With `citations` it is a new reported fact, and stands on the timeline; with `fact` it rests on one
    reported before. With neither the desk knows it at first hand. What a source has published is open,
    whatever `marking` says.
    """

    title: str
    words: str
    happened_at: dt.datetime
    precision: Precision = Precision.DAY
    marking: Marking = Marking.OPEN
    citations: tuple[CitationSaid, ...] = ()
    fact: UUID | None = None

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.words.strip():
            raise WordsMissing
        if self.citations and self.fact is not None:
            raise RestsOnBoth

    @property
    def is_reported(self) -> bool:
        return bool(self.citations) or self.fact is not None


def check_may_write(command: Command, told: Told | None = None) -> None:
    """The desk writes what it knows; what a source reports is intake's, as every reported fact.

    Raises RoleMissing.
    """
    reported = told is not None and told.is_reported
    check_role(command.by, Role.INTAKE if reported else Role.AUTHORITY_DESK)


def check_one_world(told: Told, *synthetic: bool) -> None:
    """Raises WorldsApart. What sources report is about the real world only."""
    if len(set(synthetic)) > 1 or (told.is_reported and any(synthetic)):
        raise WorldsApart


def _write(command: Command, row: E, told: Told) -> E:
    """Save the entry, inside the caller's transaction. Raises RoleMissing, NotFound, EntryAhead."""
    check_may_write(command, told)
    fact = _find_fact(command, told)
    clock = read_clock(command)
    if told.happened_at > clock.recorded:
        raise EntryAhead
    row.title, row.words = told.title, told.words
    row.happened_at, row.precision = told.happened_at, told.precision
    row.origin = SubjectOrigin.OBSERVED if fact is None else SubjectOrigin.REPORTED
    row.fact = fact
    row.marking = told.marking if fact is None else Marking.OPEN
    row.recorded_by, row.recorded_at = command.by.key, clock.recorded
    row.save(force_insert=True)
    return row


def find_one(model: type[M], pk: UUID | None, what: str) -> M | None:
    """The row that an identifier names; None where none is given. Raises NotFound."""
    if pk is None:
        return None
    found = model._default_manager.filter(pk=pk).first()
    if found is None:
        raise NotFound(what)
    return found


def find_all(model: type[M], wanted: Iterable[UUID], what: str) -> list[M]:
    """The rows that the identifiers name, in their order. Raises NotFound."""
    found = model._default_manager.in_bulk(set(wanted))
    if len(found) != len(set(wanted)):
        raise NotFound(what)
    return [found[pk] for pk in sorted(found)]


def _find_fact(command: Command, told: Told) -> ReportedFact | None:
    if told.citations:
        said = FactSaid(told.words, told.precision, told.citations)
        period = Period.lasting(told.happened_at, told.precision)
        fact, _recorded = report_event_within_transaction(
            command, said, title=told.title, period=period
        )
        return fact
    return find_one(ReportedFact, told.fact, "fact")
