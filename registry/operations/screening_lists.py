"""Screening lists: which there are, and of which issuer. What they list is loaded as snapshots."""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role, ScreeningListKind
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid
from registry.events import Event
from registry.models import ScreeningList
from registry.operations.organizations import SlugUnreadable
from registry.operations.screening_readers import find_reader
from registry.operations.screening_runs import _lists_changed, _take_turn
from registry.policies import check_role

LIKENESS = range(30, 101)


class ScreeningListKnown(Conflict):
    code = "screening_list_known"
    text = _("There is a screening list “%(slug)s” already.")


class LikenessOutOfRange(Invalid):
    code = "likeness_out_of_range"
    text = _("How like a name must be is said in percent, from %(least)s to %(most)s.")


class ListRetired(Conflict):
    code = "list_retired"
    text = _("The screening list is retired.")


@dataclass(frozen=True, slots=True)
class ListProfile:
    """What is said of a list. `source` is where it comes from; see `ScreeningList` for the rest."""

    slug: str
    name: str
    issuer: str
    kind: ScreeningListKind
    source: str
    reader: str = "sheet"
    likeness: int = 60


@command
def register(command: Command, *, profile: ListProfile, synthetic: bool = False) -> ScreeningList:
    """A list that is used once its first snapshot is.

    Raises RoleMissing, SlugUnreadable, ReaderUnknown, LikenessOutOfRange, ScreeningListKnown.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    try:
        validate_slug(profile.slug)
    except ValidationError as wrong:
        raise SlugUnreadable(slug=profile.slug) from wrong
    find_reader(profile.reader)
    if profile.likeness not in LIKENESS:
        raise LikenessOutOfRange(least=LIKENESS[0], most=LIKENESS[-1])
    clock = read_clock(command)
    row = ScreeningList(
        **asdict(profile),
        synthetic=synthetic,
        registered_by=command.by.key,
        registered_at=clock.at,
        changed_at=clock.at,
    )
    with violation_means("registry_screeninglist_slug_key", ScreeningListKnown(slug=profile.slug)):
        row.save(force_insert=True)
    audit.record(
        Event.SCREENING_LIST_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        slug=row.slug,
        kind=row.kind,
        reader=row.reader,
        likeness=row.likeness,
    )
    return row


@command
def retire(command: Command, *, screening_list: UUID, reason: str) -> ScreeningList:
    """Nobody is screened against it any more. What was found by it stays on record, and counts no more.

    Raises RoleMissing, NotFound, Stale, ListRetired.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    _take_turn()
    row = lock(ScreeningList.objects.all(), screening_list, command, what="screening list")
    if row.retired_at is not None:
        raise ListRetired
    clock = read_clock(command, row)
    row.retired_by, row.retired_at = command.by.key, clock.recorded
    touch(row, clock, "retired_by", "retired_at")
    audit.record(
        Event.SCREENING_LIST_RETIRED,
        row,
        command,
        occurred_at=clock.recorded,
        private={"reason": reason},
    )
    _lists_changed(command, synthetic=row.synthetic)
    return row
