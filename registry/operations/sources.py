import datetime as dt

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role, SourceGrade
from registry.commands import Command, command, read_clock
from registry.constraints import violation_means
from registry.errors import Conflict
from registry.events import Event
from registry.models import Source
from registry.policies import check_role


class SourceKnown(Conflict):
    code = "source_known"
    text = _("There is a source “%(slug)s” already.")


@command
def register(
    command: Command,
    *,
    slug: str,
    publisher: str,
    title: str,
    grade: SourceGrade,
    location: str = "",
    published_on: dt.date | None = None,
) -> Source:
    """A publication that facts are taken from. `published_on` stays empty where nobody has seen the date.

    Raises RoleMissing, SourceKnown.
    """
    check_role(command.by, Role.INTAKE)
    clock = read_clock(command)
    row = Source(
        slug=slug,
        publisher=publisher,
        title=title,
        grade=grade,
        location=location,
        published_on=published_on,
        changed_at=clock.at,
    )
    with violation_means("registry_source_slug_key", SourceKnown(slug=slug)):
        row.save(force_insert=True)
    audit.record(
        Event.SOURCE_REGISTERED, row, command, occurred_at=clock.at, slug=slug, grade=grade
    )
    return row
