"""The staff of the demonstration world: one person for each part in the procedure, two where two are needed."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from registry.actors import SYSTEM, Actor, Command
from registry.choices import Role
from registry.models import User
from registry.operations import users

STAFF: Mapping[str, tuple[str, Role]] = MappingProxyType(
    {
        "administrator": ("Ada Administrator", Role.ADMINISTRATOR),
        "administrator2": ("Abel Administrator", Role.ADMINISTRATOR),
        "intake": ("Ines Intake", Role.INTAKE),
        "reviewer": ("Rosa Reviewer", Role.REVIEWER),
        "reviewer2": ("Ravi Reviewer", Role.REVIEWER),
        "decider": ("Dora Decider", Role.DECIDER),
        "decider2": ("Dan Decider", Role.DECIDER),
        "countersigner": ("Cora Countersigner", Role.COUNTERSIGNER),
        "restrictor": ("Rhea Restrictor", Role.RESTRICTOR),
        "restrictor2": ("Remi Restrictor", Role.RESTRICTOR),
        "authority_desk": ("Alma Authority-Desk", Role.AUTHORITY_DESK),
        "authority_desk2": ("Anton Authority-Desk", Role.AUTHORITY_DESK),
        "cleared": ("Cleo Cleared", Role.CLEARED),
        "auditor": ("Otto Auditor", Role.AUDITOR),
    }
)
"""Usernames, each with the name on screen and the role."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The staff as actors, and the usernames of those who were registered just now."""

    actors: Mapping[str, Actor]
    new: frozenset[str]


def enroll_staff(*, clock: Callable[[], dt.datetime], password: str) -> Enrolled:
    """Register whoever is missing, all with one password.

    A role that an administrator took away stays away. Raises UsernameTaken where somebody else has
    one of the usernames, and PasswordTooWeak.
    """
    found = {username: _find(username) for username in STAFF}
    new = frozenset(username for username, user in found.items() if user is None)
    administrator = _find_administrator(clock, password)
    actors = {
        username: _enroll(username, user, by=administrator, clock=clock, password=password)
        for username, user in found.items()
    }
    return Enrolled(actors, new)


def find_able(enrolled: Enrolled, password: str) -> list[str]:
    """Who signs in with this password: whoever is new, and whoever was given it before."""
    return [
        username
        for username in enrolled.actors
        if username in enrolled.new or _signs_in(username, password)
    ]


def _enroll(
    username: str,
    user: User | None,
    *,
    by: Actor,
    clock: Callable[[], dt.datetime],
    password: str,
) -> Actor:
    display_name, role = STAFF[username]
    user = user or _find(username)  # the first administrator registers nobody twice
    if user is None:
        user = users.register(
            _command(by, clock),
            username=username,
            display_name=f"{display_name} (synthetic)",
            email=_email(username),
            password=password,
        ).value
    if not user.role_holdings.filter(role=role).exists():
        users.give_role(_command(by, clock), user=username, role=role)
    return user.as_actor()


def _find_administrator(clock: Callable[[], dt.datetime], password: str) -> Actor:
    """An administrator who is there already, or the first."""
    found = User.objects.filter(
        role_holdings__role=Role.ADMINISTRATOR,
        role_holdings__taken_at__isnull=True,
        is_active=True,
    ).first()
    if found is None:
        found = users.enroll_first_administrator(
            _command(SYSTEM, clock),
            username="administrator",
            display_name=f"{STAFF['administrator'][0]} (synthetic)",
            email=_email("administrator"),
            password=password,
        ).value
    return found.as_actor()


def _signs_in(username: str, password: str) -> bool:
    user = _find(username)
    return user is not None and user.check_password(password)


def _find(username: str) -> User | None:
    return User.objects.filter(username=username, email=_email(username)).first()


def _email(username: str) -> str:
    return f"{username}@concordat.invalid"


def _command(by: Actor, clock: Callable[[], dt.datetime]) -> Command:
    return Command(by=by, at=clock(), request_id="seed-demo")
