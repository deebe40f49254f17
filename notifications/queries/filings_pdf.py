"""A notification on paper: its document, set as an accessible PDF (PDF/UA-1). Pure: the same document, the same bytes.

What people wrote is handed over as data and never becomes part of the template. Only the fonts that come with
the typesetter are used, no package is loaded and nothing is asked of the network.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.queries.filings import write_canonically
from registry.choices import Bindingness, Regime, Trigger
from registry.errors import Invalid

_TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "notifications" / "filing.typ"
_UNSHOWN = re.compile(r"the text `\"(.+?)\"` could not be displayed")


class CharacterUnprintable(Invalid):
    """A document with gaps must not go to an authority: the fonts do not have every script."""

    code = "character_unprintable"
    text = gettext_lazy(
        "The document cannot show “%(character)s”: write it in Latin, Greek or Cyrillic letters."
    )


def print_document(document: Mapping[str, Any], *, draft: bool = False) -> bytes:
    """The PDF of a document as `write_document` writes it. A draft says so in big letters.

    Raises CharacterUnprintable.
    """
    said = {
        "document": document,
        "draft": draft,
        "sha256": sha256(write_canonically(document)).hexdigest(),
        "title": _("Notification: %(title)s") % {"title": document["rule"]["title"]},
        "facts": _list_facts(document),
        "words": _words(),
    }
    try:
        printed = typst.compile(
            _template(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"input": json.dumps(said)},
            pdf_standards="ua-1",
        )
    except typst.TypstError as problem:
        unshown = _UNSHOWN.search(str(problem))
        if unshown is None:
            raise
        raise CharacterUnprintable(character=unshown[1]) from problem
    assert isinstance(printed, bytes)
    return printed


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def _list_facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The frame of it, as pairs of label and words."""
    rule, authority = document["rule"], document["authority"]
    facts = [
        (_("To"), _("nobody is registered yet") if authority is None else authority["name"]),
        (_("From"), document["duty_holder"]["name"]),
        (_("Under"), rule["citation"]),
        (
            _("Regime"),
            f"{Regime(rule['regime']).label} ({Bindingness(rule['bindingness']).label})",
        ),
        (
            _("About"),
            f"{document['subject']['title']} ({Trigger(document['subject']['kind']).label})",
        ),
        (_("Reference"), document["reference"]),
    ]
    if document["amends"] is not None:
        facts.append((_("Amends"), document["amends"]))
    return facts


def _words() -> dict[str, str]:
    """The template's own words."""
    return {
        "synthetic": _("SYNTHETIC"),
        "synthetic_why": _(
            "Made for demonstration. Nobody in it exists, and nothing in it happened."
        ),
        "draft": _("DRAFT"),
        "draft_why": _("Not reviewed, and not to be sent."),
        "content": _("Content"),
        "unknown": _("Recorded as unknown:"),
        "missing": _("Not said yet."),
        "reference": _("Reference"),
        "page": _("Page"),
        "of": _("of"),
        "checksum": _("SHA-256 of the content in canonical JSON (RFC 8785):"),
        "no_checksum": _("none, because the content is not fixed yet"),
    }
