"""Files as answers, for pages: tables as CSV, and what was handed in."""

import csv
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from registry import files
from registry.models import StoredFile
from registry.queries.stored_files import headers_of

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def answer_file(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """The table as a file to keep. A spreadsheet must not take a name for a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return response


def send_file(row: StoredFile) -> HttpResponse:
    """What somebody uploaded, to be kept and not to be shown. Whoever asks may have it: that is asked before."""
    return HttpResponse(files.read(row.sha256), headers=headers_of(row))


def _plain(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
