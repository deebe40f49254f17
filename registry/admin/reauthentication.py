"""The password once more, before an act that must be meant: limited, so that an open screen is no way to guess it."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from registry.attempts import count, forget
from registry.errors import Forbidden

TRIES = 5
PAUSE_SECONDS = 300


class PasswordWrong(Forbidden):
    code = "password_wrong"
    text = _("This is not your password.")


class TooManyTries(Forbidden):
    code = "too_many_tries"
    text = _(
        "Too many wrong passwords: try again in %(minutes)s minutes, or ask another restrictor."
    )


def check_password(request: HttpRequest, password: str) -> None:
    """See that the person at the screen is the one who signed in. Raises PasswordWrong, TooManyTries."""
    key = f"reauthentication:{request.user.pk}"
    if count(key, seconds=PAUSE_SECONDS) > TRIES:
        raise TooManyTries(minutes=PAUSE_SECONDS // 60)
    if not request.user.check_password(password):
        raise PasswordWrong
    forget(key)
