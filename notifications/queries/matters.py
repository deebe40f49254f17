"""What a mail is about, before it is one: the parts that every letter is made of."""

from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Matter:
    """What an event is about, in words.

    `facts` are pairs; `said` are somebody's own words; `page` is where staff go on. `name` begins the
    subject line, unless `title` is the whole of it; `lead` is the first sentence, unless the event's name
    says it.
    """

    name: str
    facts: tuple[tuple[Words, str], ...]
    said: str = ""
    page: str = ""
    title: str = ""
    lead: Words = ""
    synthetic: bool = False
