import datetime as dt
import os
from pathlib import Path

import pytest
from pytest_django import Settings

from registry import files

NOW = dt.datetime(2026, 7, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.STORAGE = tmp_path
    return tmp_path / "files"


def age(digest: str, at: dt.datetime, folder: Path) -> None:
    os.utime(folder / digest[:2] / digest, (at.timestamp(), at.timestamp()))


class TestKeep:
    def test_is_read_under_the_digest_of_what_it_holds(self) -> None:
        digest = files.keep(b"abc")
        assert digest.startswith("ba7816bf")
        assert files.read(digest) == b"abc"

    def test_a_repeat_stores_nothing_twice(self, folder: Path) -> None:
        assert files.keep(b"abc") == files.keep(b"abc")
        assert [place.name for place in folder.glob("??/*")] == [files.keep(b"abc")]


class TestRead:
    def test_says_so_where_the_content_is_not_what_was_kept(self, folder: Path) -> None:
        digest = files.keep(b"abc")
        (folder / digest[:2] / digest).write_bytes(b"abd")
        with pytest.raises(files.FileDamaged):
            files.read(digest)

    def test_says_so_where_there_is_none(self) -> None:
        with pytest.raises(FileNotFoundError):
            files.read("0" * 64)


class TestDiscard:
    def test_removes_what_was_last_kept_before(self, folder: Path) -> None:
        old, young = files.keep(b"old"), files.keep(b"young")
        age(old, NOW - DAY, folder)
        age(young, NOW, folder)
        assert list(files.list_kept(before=NOW)) == [old]
        assert [files.discard(one, before=NOW) for one in (old, young, old)] == [
            True,
            False,
            False,
        ]

    def test_what_is_kept_again_is_young_again(self, folder: Path) -> None:
        digest = files.keep(b"abc")
        age(digest, NOW - DAY, folder)
        files.keep(b"abc")
        assert not files.discard(digest, before=NOW)
