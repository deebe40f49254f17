"""What a letter is about, before it is put into words for one reader."""

from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Matter:
    """What an event is about, in words: `name` for the title, `facts` as pairs, `said` as somebody's own words."""

    name: str
    facts: tuple[tuple[Words, str], ...]
    said: str = ""
    page: str = ""
