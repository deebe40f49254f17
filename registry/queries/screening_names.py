"""How a name is compared: without case, accents, punctuation and spacing, which no two lists write alike."""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Latin letters that Unicode does not take apart."""
_APART = re.compile(r"[\W_]+")
_JOINED = re.compile(r"[.'’]")
"""What stands inside a word and is left out of it: S.A. is SA."""


def normalize(name: str) -> str:
    """The name as it is compared; empty where it has neither letters nor digits."""
    parts = _JOINED.sub("", unicodedata.normalize("NFKD", name.casefold()))
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return _APART.sub(" ", plain.translate(_LETTERS)).strip()


def latin_of(normalized: str) -> str:
    """The same where it is all in Latin letters and digits, else empty.

    Likeness is measured on these alone: which other letters PostgreSQL takes for letters depends on how a
    database was made, and one list must not answer differently on two of them.
    """
    return normalized if normalized.isascii() else ""
