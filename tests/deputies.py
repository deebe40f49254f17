"""Who stands in for whom; for tests."""

import datetime as dt
from typing import Any

from access.models import Deputation
from access.operations import deputations
from registry.actors import Actor
from registry.choices import Role
from tests import make
from tests.people import person_of


def on_record(*roles: Role) -> Actor:
    """A new member of staff whose roles are on record."""
    person = make.staff(*roles)
    for role in roles:
        person_of(person).role_holdings.create(role=role, given_by="x", given_at=make.MORNING)
    return person


def stand_in(deputy: Actor, person: Actor, /, **more: Any) -> Deputation:
    """The person names the deputy, for a month from now."""
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    return deputations.name_deputy(
        make.by(person), deputy=person_of(deputy).username, **({"until": until} | more)
    ).value
