import datetime as dt
import os
from pathlib import Path

import pytest
from pytest_django import Settings

from notifications.operations import filings_dispatch
from notifications.operations.filings_proofs import ProofFile, keep_proof, sweep_files
from registry import files
from registry.files import tell_type
from tests import filings as making
from tests import make
from tests.notifications.test_filings_dispatch import PDF, PORTAL

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.STORAGE = tmp_path
    return tmp_path / "files"


def age(folder: Path) -> None:
    for place in folder.glob("??/*"):
        os.utime(place, (NOW.timestamp() - 86_401, NOW.timestamp() - 86_401))


class TestKeepProof:
    @pytest.mark.parametrize(
        ("name", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\proofs\\receipt.pdf", "receipt.pdf"),
            ('a"b\n.pdf', "ab.pdf"),
            ("", "proof"),
        ],
    )
    def test_keeps_the_last_part_of_its_name(self, name: str, kept: str) -> None:
        assert keep_proof(ProofFile(name, PDF)).name == kept

    def test_tells_by_its_bytes_what_it_is(self) -> None:
        assert tell_type(PDF) == "application/pdf"
        assert tell_type(b"\x89PNG\r\n\x1a\n") == "image/png"
        assert tell_type(b"From: office") == "text/plain; charset=utf-8"
        assert tell_type(b"\x00\x01") is None


class TestSweep:
    def test_removes_what_nothing_names_after_a_day(self, folder: Path) -> None:
        orphan = files.keep(b"orphan")
        assert sweep_files(at=NOW) == 0
        age(folder)
        assert sweep_files(at=NOW) == 1
        with pytest.raises(FileNotFoundError):
            files.read(orphan)

    def test_never_what_a_notification_names(self, folder: Path) -> None:
        row = filings_dispatch.dispatch(
            make.by(making.desk()),
            filing=making.signed().id,
            way=PORTAL,
            proof=ProofFile("receipt.pdf", PDF),
        ).value
        age(folder)
        assert sweep_files(at=NOW) == 0
        assert files.read(row.pdf_sha256)
        assert files.read(row.proof_sha256) == PDF
