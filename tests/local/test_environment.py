"""How a management command finds the running local installation."""

import json
import os
from pathlib import Path

import pytest

from config.local import environment


class TestAdopt:
    @pytest.fixture(autouse=True)
    def _running(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        path = tmp_path / "environment.json"
        path.write_text(json.dumps({"DATABASE_URL": "postgres://running", "LOG_LEVEL": "DEBUG"}))
        monkeypatch.setattr(environment, "FILE", path)
        monkeypatch.setenv("LOG_LEVEL", "INFO")

    def test_takes_what_the_process_was_not_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DATABASE_URL")
        environment.adopt()
        assert os.environ["DATABASE_URL"] == "postgres://running"
        assert os.environ["LOG_LEVEL"] == "INFO"

    def test_a_process_with_a_database_of_its_own_keeps_to_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgres://own")
        environment.adopt()
        assert os.environ["DATABASE_URL"] == "postgres://own"

    def test_where_nothing_runs_nothing_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DATABASE_URL")
        environment.FILE.unlink()
        environment.adopt()
        assert "DATABASE_URL" not in os.environ


class TestCollect:
    def test_writes_what_adopt_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRET_KEY", "kept")
        monkeypatch.setenv("HOME", "/left/out")
        assert json.loads(environment.collect())["SECRET_KEY"] == "kept"
        assert "HOME" not in environment.collect()
