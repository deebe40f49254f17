"""The sources of a received position: documents that were handed over, and publications that are cited.

A document is kept before the transaction that names it; an orphan is swept after a day.
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from access.models import Position, PositionPaper
from registry import files
from registry.choices import SourceGrade
from registry.commands import Clock, Command
from registry.errors import Invalid, NotFound
from registry.models import Source

LARGEST = 10 * 1024 * 1024
_LONGEST_NAME = 200


class PaperUnacceptable(Invalid):
    code = "paper_unacceptable"
    text = _("A document must hold something, and at most 10 MB.")


class PaperVague(Invalid):
    code = "paper_vague"
    text = _(
        "A source of a position is a titled document, or a registered publication with a grade."
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """One source as it comes in: a file with what it is called, or the slug of a publication with its grade."""

    title: str
    content: bytes = b""
    file_name: str = ""
    dated_on: dt.date | None = None
    source: str | None = None
    grade: SourceGrade | None = None
    passage: str = ""


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """One source, its file in store under `sha256` where it has one."""

    title: str
    sha256: str = ""
    file_name: str = ""
    dated_on: dt.date | None = None
    source: str | None = None
    grade: SourceGrade | None = None
    passage: str = ""


def keep(paper: Paper) -> KeptPaper:
    """Store its file, outside of any transaction. Raises PaperUnacceptable, PaperVague."""
    cited = paper.source is not None
    if not paper.title.strip() or cited != (paper.grade is not None):
        raise PaperVague
    if cited:
        if paper.content:
            raise PaperVague
        return KeptPaper(
            paper.title,
            dated_on=paper.dated_on,
            source=paper.source,
            grade=paper.grade,
            passage=paper.passage,
        )
    if not paper.content or len(paper.content) > LARGEST:
        raise PaperUnacceptable
    return KeptPaper(
        paper.title,
        sha256=files.keep(paper.content),
        file_name=_plain_name(paper.file_name),
        dated_on=paper.dated_on,
        passage=paper.passage,
    )


def _add(
    command: Command, position: Position, papers: tuple[KeptPaper, ...], *, clock: Clock
) -> None:
    """Write down the sources of a locked or new position, after those it has. Raises NotFound, PaperVague."""
    before = position.papers.count()
    for number, paper in enumerate(papers, start=before + 1):
        source = None
        if paper.source is not None:
            source = Source.objects.filter(slug=paper.source).first()
            if source is None:
                raise NotFound("source")
        PositionPaper.objects.create(
            position=position,
            number=number,
            title=paper.title,
            sha256=paper.sha256,
            file_name=paper.file_name,
            dated_on=paper.dated_on,
            source=source,
            grade=paper.grade or "",
            passage=paper.passage,
            added_by=command.by.key,
            recorded_at=clock.recorded,
        )


def _plain_name(name: str) -> str:
    """Its last part, without what no file name should hold."""
    last = PurePath(name.replace("\\", "/")).name
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    return shown.replace('"', "")[-_LONGEST_NAME:] or "document"
