"""What a stop costs before and at the click, over grants that are written straight into the tables."""

import datetime as dt
from collections.abc import Iterator

from access.choices import RestrictionBasis, RestrictionKind
from access.models import Grant
from access.operations import restrictions
from access.operations.restrictions import Wording
from access.queries.scopes import Scope
from access.queries.stops import list_reached, measure_reach, points_concerned
from bench.copies import RECORDED, analyze, copy, identify
from bench.timing import time_calls
from registry.choices import Role
from registry.models import Member
from tests import make, stops

FEW, MANY = 2_000, 20_000
_MEMBERS = 3
_NUMBERS = "SELECT n FROM generate_series(%(first)s::int, %(last)s::int) n"
_OWN = identify("'reached ' || n")
_HELD = identify("'reached grant ' || n")


def measure_stops() -> Iterator[str]:
    """The preview of a class and of everyone, with its first page, and the click itself."""
    stops.person_class()
    stops.point()
    pattern = make.recorded_grant(surfaces=("aws:1",))
    members = [stops.member(pattern.organization, holds=None) for _ in range(_MEMBERS)]
    scope = Scope(ai_models=(pattern.items.get().ai_model_id,), person_class=stops.CLASS)
    fill(pattern, members, first=1, last=FEW)
    few = time_calls(lambda: _look(scope), 3)
    fill(pattern, members, first=FEW + 1, last=MANY)
    many = time_calls(lambda: _look(scope), 3)
    yield f"the preview of a stop of {MANY} grants costs {many / few:.1f} × one of {FEW} ({many:.2f} s here)"
    click = time_calls(lambda: _stop(scope), 1)
    yield f"the click that stops {MANY} grants costs {click / many:.2f} × its preview ({click:.2f} s here)"


def fill(pattern: Grant, members: list[Member], *, first: int, last: int) -> None:
    """Copies of the grant, its holder and the holder's members, with these numbers."""
    values = {"first": first, "last": last}
    named = {"id": _OWN, "slug": "'reached-' || n"}
    copy(pattern.organization, named, numbers=_NUMBERS, **values)
    own = {"organization_id": _OWN}
    copy(
        pattern,
        own | {"id": _HELD, "external_reference": "'reached ' || n"},
        numbers=_NUMBERS,
        **values,
    )
    surfaces = {"surfaces": "ARRAY['aws:' || n]"}
    copy(
        pattern.items.get(),
        own | {"grant_id": _HELD, "recorded": RECORDED} | surfaces,
        numbers=_NUMBERS,
        **values,
    )
    for member in members:
        named = {"id": identify(f"'member {member.id} ' || n")}
        copy(member, own | named, numbers=_NUMBERS, **values)
    analyze()


def _look(scope: Scope) -> None:
    at = dt.datetime.now(dt.UTC)
    measure_reach(scope, at=at)
    points_concerned(scope, at=at)
    list_reached(scope, at=at)


def _stop(scope: Scope) -> None:
    restrictions.restrict(
        make.by(make.staff(Role.RESTRICTOR)),
        kind=RestrictionKind.STOP,
        basis=RestrictionBasis.ORDER,
        wording=Wording("Bench"),
        scope=scope,
    )
