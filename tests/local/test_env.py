"""The environment, read typed."""

import datetime as dt

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


class TestHours:
    def test_are_whole_and_none_or_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATIENCE", "36")
        assert env.hours("PATIENCE", "4") == dt.timedelta(hours=36)

    def test_have_a_default(self) -> None:
        assert env.hours("PATIENCE_THAT_NOBODY_SET", "0") == dt.timedelta(0)

    @pytest.mark.parametrize("said", ["", "-1", "1.5", "four", "²"])
    def test_anything_else_stops_the_start(
        self, monkeypatch: pytest.MonkeyPatch, said: str
    ) -> None:
        monkeypatch.setenv("PATIENCE", said)
        with pytest.raises(ImproperlyConfigured, match="PATIENCE"):
            env.hours("PATIENCE", "4")
