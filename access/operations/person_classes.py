"""Classes of persons, as the instruments that restrict them define them."""

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import PersonClass
from registry import audit
from registry.choices import AssertionKind, Role
from registry.commands import Command, command, read_clock
from registry.constraints import violation_means
from registry.errors import Conflict
from registry.policies import check_role


class PersonClassKnown(Conflict):
    code = "person_class_known"
    text = _("There is a class of persons “%(slug)s” already.")


@command
def define(
    command: Command,
    *,
    slug: str,
    name: str,
    definition: str,
    instrument: str,
    outside_by: AssertionKind,
) -> PersonClass:
    """A class of persons as an instrument defines it. Raises RoleMissing, PersonClassKnown."""
    check_role(command.by, Role.RESTRICTOR, Role.INTAKE)
    clock = read_clock(command)
    row = PersonClass(
        slug=slug,
        name=name,
        definition=definition,
        instrument=instrument,
        outside_by=outside_by,
        changed_at=clock.at,
    )
    with violation_means("access_personclass_slug_key", PersonClassKnown(slug=slug)):
        row.save(force_insert=True)
    audit.record(
        Event.PERSON_CLASS_DEFINED,
        row,
        command,
        occurred_at=clock.at,
        slug=slug,
        outside_by=outside_by,
        instrument=instrument,
    )
    return row
