"""What an authority gets to read: text as it was written, in an accessible document."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from notifications.queries.filings_pdf import CharacterUnprintable, print_document

MARKUP = '#panic("no") *bold* _it_ $x^2$ <label> @ref \\ ` // /* #sys.inputs = Not a heading'
DOCUMENT: dict[str, Any] = {
    "format": "concordat-notification/1",
    "reference": "3f1c2a4e-1111-2222-3333-444455556666",
    "amends": None,
    "synthetic": False,
    "rule": {
        "slug": "cop-9.3-3",
        "edition": 1,
        "regime": "gpai-code",
        "title": "Serious incident",
        "citation": "Code of Practice, Measure 9.3(3)",
        "bindingness": "voluntary_code",
    },
    "authority": {"slug": "office", "name": "An Office"},
    "duty_holder": {"slug": "developer", "name": "A Developer"},
    "subject": {"kind": "incident", "id": "x", "title": "Loss of control"},
    "fields": [
        {"name": "dates", "label": "Dates", "value": "1 July 2026\nuntil 2 July"},
        {"name": "harm", "label": "Harm", "unknown": "The hospital has not told."},
    ],
}


def read(document: dict[str, Any], **more: bool) -> str:
    pages = PdfReader(BytesIO(print_document(document, **more))).pages
    return "\n".join(page.extract_text() for page in pages)


def with_value(value: str) -> dict[str, Any]:
    return DOCUMENT | {"fields": [{"name": "dates", "label": "Dates", "value": value}]}


class TestPrintDocument:
    def test_says_under_what_from_whom_and_to_whom(self) -> None:
        text = read(DOCUMENT)
        for words in (
            *("An Office", "A Developer", "Code of Practice, Measure 9.3(3)", "voluntary code"),
            *("Loss of control", "3f1c2a4e-1111-2222-3333-444455556666", "Page 1 of 1"),
        ):
            assert words in text

    def test_says_each_field_in_its_words_or_that_it_is_unknown_and_why(self) -> None:
        text = read(DOCUMENT)
        assert "1. Dates\n1 July 2026\nuntil 2 July" in text
        assert "2. Harm\nRecorded as unknown: The hospital has not told." in text

    @pytest.mark.parametrize(
        "place", ["value", "unknown", "label", "citation", "title", "authority", "holder"]
    )
    def test_markup_that_somebody_wrote_is_printed_and_never_read(self, place: str) -> None:
        document = DOCUMENT | {
            "rule": DOCUMENT["rule"]
            | {key: MARKUP for key in ("citation", "title") if key == place},
            "authority": {"slug": "x", "name": MARKUP if place == "authority" else "x"},
            "duty_holder": {"slug": "x", "name": MARKUP if place == "holder" else "x"},
            "fields": [
                {"name": "dates", "label": "Dates", "value": "x"}
                | {key: MARKUP for key in ("value", "unknown", "label") if key == place}
            ],
        }
        if place == "unknown":
            del document["fields"][0]["value"]
        assert MARKUP.replace(" ", "") in read(document).replace(" ", "").replace("\n", "")

    def test_is_accessible(self) -> None:
        reader = PdfReader(BytesIO(print_document(DOCUMENT)))
        catalog: Any = reader.trailer["/Root"]
        assert catalog["/MarkInfo"]["/Marked"]
        assert catalog["/Lang"].startswith("en")
        assert reader.metadata is not None
        assert reader.metadata.title == "Notification: Serious incident"
        assert b"pdfuaid:part" in catalog["/Metadata"].get_data()

    def test_the_same_content_comes_to_the_same_bytes(self) -> None:
        assert print_document(DOCUMENT) == print_document(DOCUMENT)

    def test_a_synthetic_one_and_a_draft_say_so_in_big_letters(self) -> None:
        assert "SYNTHETIC" not in read(DOCUMENT)
        assert "DRAFT" not in read(DOCUMENT)
        assert read(DOCUMENT | {"synthetic": True}).count("SYNTHETIC") == 2
        draft = read(DOCUMENT, draft=True)
        assert "DRAFT" in draft
        assert "not fixed yet" in draft

    def test_counts_its_pages(self) -> None:
        text = read(with_value("Words and words. " * 800))
        assert "Page 1 of 4" in text
        assert "Page 4 of 4" in text

    def test_greek_and_cyrillic_are_shown(self) -> None:
        assert "Καλημέρα Привет" in read(with_value("Καλημέρα Привет"))

    def test_refuses_rather_than_to_leave_a_gap(self) -> None:
        with pytest.raises(CharacterUnprintable) as refused:
            print_document(with_value("名前"))
        assert refused.value.values["character"] == "名"

    def test_asks_nothing_of_the_network_or_the_disk(self) -> None:
        text = read(with_value('#import "@preview/x:1.0.0" #read("/etc/passwd")'))
        assert "passwd" in text
        assert "root:" not in text
