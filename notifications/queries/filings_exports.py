"""A notification as a file: its content as JSON, and on paper. Of a draft, as it would be now, marked so."""

from dataclasses import dataclass

from notifications.models import Filing
from notifications.queries.filings import find_authority, write_canonically, write_document
from notifications.queries.filings_pdf import print_document
from registry import files


@dataclass(frozen=True, slots=True)
class Export:
    """A file with its name and type."""

    name: str
    content_type: str
    content: bytes


def export_json(row: Filing) -> Export:
    """The canonical JSON; of a fixed one exactly the bytes whose SHA-256 is its checksum."""
    document = row.document or write_document(row, find_authority(row.obligation))
    return Export(f"{_name(row)}.json", "application/json", write_canonically(document))


def export_pdf(row: Filing) -> Export:
    """The stored PDF, or a draft's. Raises CharacterUnprintable, FileDamaged.

    Where the folder of files was lost it is made anew from the content, which the database holds.
    """
    if row.document is None:
        document = write_document(row, find_authority(row.obligation))
        content = print_document(document, draft=True)
    else:
        try:
            content = files.read(row.pdf_sha256)
        except FileNotFoundError:
            content = print_document(row.document)
    return Export(f"{_name(row)}.pdf", "application/pdf", content)


def _name(row: Filing) -> str:
    return f"notification-{row.id}{'' if row.document else '-draft'}"
