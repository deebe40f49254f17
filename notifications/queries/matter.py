"""What a mail is about, in words: shared by the modules that find them, one for each subject."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Matter:
    """What an event is about: `name` for the title, `facts` as pairs, `said` as somebody's own words.

    `lead` and `happened` replace the event's own first sentence and title, where one event tells of
    several kinds of things.
    """

    name: str
    facts: tuple[tuple[Words, str], ...]
    said: str = ""
    page: str = ""
    lead: Words = ""
    happened: Words = ""


def write_moment(text: str | dt.datetime) -> str:
    """A recorded moment as people write it, in UTC."""
    moment = text if isinstance(text, dt.datetime) else dt.datetime.fromisoformat(text)
    return date_format(moment.astimezone(dt.UTC), r"j F Y, H:i \U\T\C")
