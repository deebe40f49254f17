import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.checkpoints import Checkpoint, CheckpointUnreadable, read, read_all, read_key, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOTE = Checkpoint("registry.invalid/ledger", 3, bytes(32))


class TestSign:
    def test_what_was_signed_reads_back(self) -> None:
        assert read(sign(NOTE, KEY), KEY.public_key()) == NOTE

    def test_has_the_form_of_a_signed_note(self) -> None:
        lines = sign(NOTE, KEY).split("\n")
        assert lines[:4] == [
            "registry.invalid/ledger",
            "3",
            base64.b64encode(bytes(32)).decode(),
            "",
        ]
        assert lines[4].startswith("— registry.invalid/ledger ")
        assert len(base64.b64decode(lines[4].split(" ")[2])) == 4 + 64

    def test_a_key_is_read_from_base64(self) -> None:
        text = base64.b64encode(bytes(range(32))).decode()
        assert read_key(text).public_key() == KEY.public_key()


class TestRead:
    @pytest.mark.parametrize(
        "spoil",
        [
            lambda note: note.replace("\n3\n", "\n4\n"),
            lambda note: note.replace("registry.invalid", "another.invalid"),
            lambda note: note[: len(note) // 2],
            lambda note: note.replace("\n3\n", "\nthree\n"),
            lambda _note: "",
        ],
        ids=["size", "origin", "cut", "not a number", "empty"],
    )
    def test_refuses_what_was_changed(self, spoil: object) -> None:
        assert callable(spoil)
        with pytest.raises(CheckpointUnreadable):
            read(spoil(sign(NOTE, KEY)), KEY.public_key())

    def test_refuses_another_key(self) -> None:
        other = Ed25519PrivateKey.from_private_bytes(bytes(32))
        with pytest.raises(CheckpointUnreadable):
            read(sign(NOTE, other), KEY.public_key())

    def test_reads_notes_one_after_another(self) -> None:
        later = Checkpoint(NOTE.origin, 5, bytes(range(32)))
        assert read_all(sign(NOTE, KEY) + sign(later, KEY), KEY.public_key()) == [NOTE, later]
