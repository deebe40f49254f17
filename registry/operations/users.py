"""Members of staff and their roles."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, Invalid
from registry.events import Event
from registry.models import RoleHolding, User
from registry.policies import check_role


class UsernameTaken(Conflict):
    code = "username_taken"
    text = _("Someone already signs in as “%(username)s”.")


class PasswordTooWeak(Invalid):
    code = "password_too_weak"
    text = _("This password will not do: %(problems)s")


class EmailUnreadable(Invalid):
    code = "email_unreadable"
    text = _("“%(email)s” is not an e-mail address.")


class RoleAlreadyHeld(Conflict):
    code = "role_already_held"
    text = _("%(username)s already holds the role %(role)s.")


class RoleNotHeld(Conflict):
    code = "role_not_held"
    text = _("%(username)s does not hold the role %(role)s.")


class OwnRoles(Forbidden):
    """Nobody makes themselves more powerful."""

    code = "own_roles"
    text = _("Another administrator must change your roles.")


class LastAdministrator(Conflict):
    code = "last_administrator"
    text = _("This is the last administrator: give the role to someone else first.")


class SomebodySignedIn(Conflict):
    code = "somebody_signed_in"
    text = _("Somebody has signed in already: an administrator registers the next person.")


class ActivityUnchanged(Conflict):
    code = "activity_unchanged"
    text = _("The account is so already.")


@command
def register(
    command: Command, *, username: str, display_name: str, email: str, password: str
) -> User:
    """A new member of staff, who holds no role yet.

    Raises RoleMissing, UsernameTaken, PasswordTooWeak, EmailUnreadable.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    return _register(
        command, username=username, display_name=display_name, email=email, password=password
    )


@command
def give_role(command: Command, *, user: str, role: Role) -> User:
    """Give a role from now on. Raises RoleMissing, OwnRoles, NotFound, RoleAlreadyHeld."""
    check_role(command.by, Role.ADMINISTRATOR)
    row, clock = _lock_other(command, user)
    refusal = RoleAlreadyHeld(username=row.username, role=role.label)
    with violation_means("role_held_once", refusal):
        _give(command, row, role=role, clock=clock)
    return row


@command
def take_role(command: Command, *, user: str, role: Role) -> User:
    """Take a role away from now on.

    Raises RoleMissing, OwnRoles, NotFound, RoleNotHeld, LastAdministrator.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row, clock = _lock_other(command, user)
    # Two administrators who take each other's role wait here for one another.
    held = RoleHolding.objects.filter(role=role, taken_at__isnull=True).order_by("id")
    holdings = {holding.user_id: holding for holding in held.select_for_update()}
    holding = holdings.get(row.id)
    if holding is None:
        raise RoleNotHeld(username=row.username, role=role.label)
    if role is Role.ADMINISTRATOR and len(holdings) == 1:
        raise LastAdministrator
    holding.taken_by, holding.taken_at = command.by.key, clock.at
    holding.save(update_fields=["taken_by", "taken_at"])
    touch(row, clock)
    audit.record(Event.ROLE_TAKEN, row, command, occurred_at=clock.at, role=role)
    return row


@command
def deactivate(command: Command, *, user: str) -> User:
    """The person signs in no more and is told nothing; their sessions end with this commit.

    Raises RoleMissing, OwnRoles, NotFound, ActivityUnchanged.
    """
    return _change_activity(command, user, active=False)


@command
def reactivate(command: Command, *, user: str) -> User:
    """The person signs in again, with the roles they hold. Raises as `deactivate`."""
    return _change_activity(command, user, active=True)


@command
def enroll_first_administrator(
    command: Command, *, username: str, display_name: str, email: str, password: str
) -> User:
    """The one user that nobody's role can register: the first. Again, under the same name, is no harm.

    For the command line only: no interface reaches it. Once anybody has signed in, only administrators
    register people. Raises SomebodySignedIn, PasswordTooWeak, EmailUnreadable.
    """
    first = User.objects.filter(username=username.lower()).first()
    if first is not None:
        return first
    if User.objects.filter(last_login__isnull=False).exists():
        raise SomebodySignedIn
    row = _register(
        command, username=username, display_name=display_name, email=email, password=password
    )
    _give(command, row, role=Role.ADMINISTRATOR, clock=read_clock(command, row))
    return row


def _change_activity(command: Command, user: str, *, active: bool) -> User:
    check_role(command.by, Role.ADMINISTRATOR)
    row, clock = _lock_other(command, user)
    if row.is_active is active:
        raise ActivityUnchanged
    row.is_active = active
    touch(row, clock, "is_active")
    event = Event.USER_REACTIVATED if active else Event.USER_DEACTIVATED
    audit.record(event, row, command, occurred_at=clock.at)
    return row


def _register(
    command: Command, *, username: str, display_name: str, email: str, password: str
) -> User:
    clock = read_clock(command)
    row = User(
        username=username.lower(), display_name=display_name, email=email, changed_at=clock.at
    )
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise EmailUnreadable(email=email) from wrong
    try:
        validate_password(password, row)
    except ValidationError as weak:
        raise PasswordTooWeak(problems=" ".join(weak.messages)) from weak
    row.set_password(password)
    with violation_means("registry_user_username_key", UsernameTaken(username=username)):
        row.save(force_insert=True)
    audit.record(Event.USER_REGISTERED, row, command, occurred_at=clock.at)
    return row


def _lock_other(command: Command, username: str) -> tuple[User, Clock]:
    found = User.objects.filter(username=username).values_list("id", flat=True).first()
    if found is not None and found == command.by.id:
        raise OwnRoles
    row = lock(User.objects.all(), found, command, what="user")
    return row, read_clock(command, row)


def _give(command: Command, row: User, *, role: Role, clock: Clock) -> None:
    RoleHolding.objects.create(user=row, role=role, given_by=command.by.key, given_at=clock.at)
    touch(row, clock)
    audit.record(Event.ROLE_GIVEN, row, command, occurred_at=clock.at, role=role)
