"""The embedded services: started twice on the same data, left over, half made."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.local.errors import CannotStart
from config.local.owner import pick_owner
from config.local.postgres import Postgres
from config.local.valkey import Valkey
from tests.services import FAST, PROJECT

PASSWORD = "pass word/with:signs"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder that whoever runs PostgreSQL can reach, with a space in its path."""
    folder = Path(mkdtemp(prefix="concordat services ", dir="/var/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def cluster(home: Path) -> Postgres:
    owner = pick_owner(PROJECT)
    return Postgres(home, owner, PASSWORD, home / "postgres.log", settings=FAST)


@pytest.fixture
def postgres(home: Path) -> Iterator[Postgres]:
    running = cluster(home)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    running = Valkey("secret", tmp_path_factory.mktemp("valkey") / "valkey.log")
    running.start()
    yield running
    running.stop()


def ask(address: str, statement: str) -> object:
    with psycopg.connect(address, autocommit=True) as connection:
        (answer,) = connection.execute(statement.encode()).fetchone() or (None,)
        return answer


def write_down(postgres: Postgres, number: int) -> None:
    with psycopg.connect(postgres.address("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number integer)")
        connection.execute("TRUNCATE kept")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def read_back(postgres: Postgres) -> object:
    return ask(postgres.address("postgres"), "SELECT number FROM kept")


def note(postgres: Postgres) -> Path:
    return postgres.data / "postmaster.pid"


class TestPostgres:
    def test_a_second_start_finds_the_same_data(self, home: Path, postgres: Postgres) -> None:
        write_down(postgres, 1)
        postgres.stop()
        assert not note(postgres).exists()
        again = cluster(home)
        again.start()
        try:
            assert read_back(again) == 1
        finally:
            again.stop()

    def test_takes_over_from_one_that_was_left_running(
        self, home: Path, postgres: Postgres
    ) -> None:
        write_down(postgres, 2)
        assert postgres.process is not None
        old = psutil.Process(postgres.process.pid)
        again = cluster(home)
        again.start()
        try:
            assert not old.is_running()
            assert read_back(again) == 2
        finally:
            again.stop()

    def test_a_note_whose_number_is_somebody_elses_is_no_hindrance(
        self, home: Path, postgres: Postgres
    ) -> None:
        lines = note(postgres).read_text().splitlines()
        postgres.stop()
        other = psutil.Process()
        note(postgres).write_text("\n".join([str(other.pid), *lines[1:]]))
        again = cluster(home)
        again.start()
        again.stop()
        assert other.is_running()

    def test_a_cluster_half_made_is_made_anew(self, home: Path) -> None:
        folder = home / "another"
        half = folder / "postgres.part"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18")
        running = cluster(folder)
        running.start()
        try:
            assert ask(running.address("postgres"), "SELECT 1") == 1
            assert not half.exists()
        finally:
            running.stop()

    def test_answers_on_loopback_only_and_to_its_password_only(self, postgres: Postgres) -> None:
        assert ask(postgres.address("postgres"), "SHOW listen_addresses") == "127.0.0.1"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(postgres.address("postgres", password="guess"), "SELECT 1")

    def test_prepare_may_be_repeated_and_the_last_password_counts(
        self, postgres: Postgres
    ) -> None:
        postgres.prepare("a base", {"owner": "first", "worker": "one"})
        write_down(postgres, 3)
        postgres.prepare("a base", {"owner": "se'cond", "worker": "two"})
        address = postgres.address("a base", "owner", "se'cond")
        assert ask(address, "SELECT current_user") == "owner"
        owned = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'a base'"
        assert ask(address, owned) == "owner"
        with pytest.raises(psycopg.OperationalError):
            ask(postgres.address("a base", "owner", "first"), "SELECT 1")
        assert read_back(postgres) == 3

    def test_data_made_with_other_secrets_are_named(self, home: Path, postgres: Postgres) -> None:
        postgres.stop()
        stranger = cluster(home)
        stranger.password = "another"
        try:
            with pytest.raises(CannotStart, match="other secrets"):
                stranger.start()
        finally:
            stranger.stop()

    def test_says_where_to_look_when_it_cannot_start(self, home: Path, postgres: Postgres) -> None:
        postgres.stop()
        broken = cluster(home)
        broken.settings = ("no_such_setting=1",)
        with pytest.raises(CannotStart, match=r"postgres\.log"):
            broken.start()


class TestValkey:
    @pytest.mark.parametrize("password", [None, "guess"])
    def test_refuses_without_the_password(self, valkey: Valkey, password: str | None) -> None:
        with (
            redis.Redis(
                port=valkey.port, password=password, retry=Retry(NoBackoff(), 0)
            ) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()

    def test_answers_with_it(self, valkey: Valkey) -> None:
        with redis.Redis.from_url(valkey.address(0)) as client:
            assert client.ping()
            assert client.config_get("save") == {"save": ""}

    def test_shows_its_password_to_nobody_and_listens_on_loopback(self, valkey: Valkey) -> None:
        assert valkey.process is not None
        process = psutil.Process(valkey.process.pid)
        assert "secret" not in " ".join(process.cmdline())
        heard = {found.laddr.ip for found in process.net_connections() if found.status == "LISTEN"}
        assert heard == {"127.0.0.1"}

    def test_stopping_twice_is_no_mistake(self, tmp_path: Path) -> None:
        running = Valkey("secret", tmp_path / "valkey.log")
        running.start()
        running.stop()
        running.stop()
        assert running.process is not None
        assert running.process.poll() is not None
