"""What a mail is about, before it is one: the parts that every letter is made of."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Matter:
    """What an event is about, in words.

    `facts` are pairs; `said` are somebody's own words; `page` is where staff go on. `name` begins the
    subject line and `happened` ends it, unless `title` is the whole of it; `happened` and `lead`, the first
    sentence, are those of the event's name where one event does not tell of several kinds of things.
    `whose` is the organization: staff, who are told of many, read it in the subject line.
    """

    name: str
    facts: tuple[tuple[Words, str], ...]
    said: str = ""
    page: str = ""
    title: str = ""
    lead: Words = ""
    happened: Words = ""
    synthetic: bool = False
    whose: str = ""


def write_moment(text: str | dt.datetime) -> str:
    """A recorded moment as people write it, in UTC."""
    moment = text if isinstance(text, dt.datetime) else dt.datetime.fromisoformat(text)
    return date_format(moment.astimezone(dt.UTC), r"j F Y, H:i \U\T\C")
