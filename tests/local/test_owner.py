"""Who runs the local services, and where their data lives. Nobody else's folder changes for it."""

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from config.local.owner import Owner, pick_owner, reachable_copy, reachable_home

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts services as another user")


@pytest.fixture
def nobody() -> Owner:
    found = pwd.getpwnam("nobody")
    return Owner(found.pw_uid, found.pw_gid, change=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """A person's home: closed to everybody else."""
    folder = Path(mkdtemp(prefix="a home ", dir="/var/tmp"))
    folder.chmod(0o700)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def project(home: Path) -> Path:
    folder = home / "the project"
    folder.mkdir(mode=0o755)
    return folder


def mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


class TestPickOwner:
    @pytest.mark.skipif(os.geteuid() == 0, reason="root hands over to somebody else")
    def test_an_ordinary_person_runs_everything_alone(self, tmp_path: Path) -> None:
        assert pick_owner(tmp_path) == Owner(os.geteuid(), os.getegid(), change=False)

    @as_root
    def test_root_hands_over_to_whoever_owns_the_project(self, project: Path) -> None:
        os.chown(project, 12345, 54321)
        assert pick_owner(project) == Owner(12345, 54321, change=True)

    @as_root
    def test_root_hands_its_own_project_to_nobody(self, project: Path, nobody: Owner) -> None:
        assert pick_owner(project) == nobody


class TestReachableHome:
    @pytest.fixture
    def outside(self, project: Path, nobody: Owner) -> Iterator[Path]:
        """The place outside that a closed home makes necessary."""
        found = reachable_home(project, project / "var", nobody)
        yield found
        if not found.is_relative_to(project):
            found.rmdir()

    def test_is_the_folder_itself_for_ourselves(self, project: Path) -> None:
        ourselves = Owner(os.geteuid(), os.getegid(), change=False)
        assert reachable_home(project, project / "var", ourselves) == project / "var"

    @as_root
    def test_is_the_folder_itself_where_the_way_is_open(
        self, home: Path, project: Path, nobody: Owner
    ) -> None:
        home.chmod(0o711)
        assert reachable_home(project, project / "var", nobody) == project / "var"

    @as_root
    def test_lies_outside_a_closed_home_which_stays_closed(
        self, home: Path, project: Path, nobody: Owner, outside: Path
    ) -> None:
        assert not outside.is_relative_to(home)
        assert nobody.reaches(outside)
        assert (mode(home), mode(project), home.stat().st_uid) == (0o700, 0o755, 0)

    @as_root
    def test_is_the_same_place_next_time(
        self, project: Path, nobody: Owner, outside: Path
    ) -> None:
        assert reachable_home(project, project / "var", nobody) == outside

    @as_root
    def test_refuses_a_place_that_somebody_else_has_made(
        self, project: Path, nobody: Owner, outside: Path
    ) -> None:
        os.chown(outside, nobody.uid, nobody.gid)
        with pytest.raises(PermissionError):
            reachable_home(project, project / "var", nobody)

    @as_root
    def test_refuses_a_link_that_somebody_has_laid(
        self, home: Path, project: Path, nobody: Owner, outside: Path
    ) -> None:
        outside.rmdir()
        outside.symlink_to(home)
        try:
            with pytest.raises(PermissionError):
                reachable_home(project, project / "var", nobody)
        finally:
            outside.unlink()
            outside.mkdir()


@as_root
class TestReachableCopy:
    @pytest.fixture
    def programs(self, project: Path) -> Path:
        folder = project / "programs"
        folder.mkdir(mode=0o755)
        (folder / "run").write_text("run")
        return folder

    def test_is_the_source_where_the_owner_can_read_it(
        self, home: Path, programs: Path, nobody: Owner, tmp_path: Path
    ) -> None:
        home.chmod(0o755)
        assert reachable_copy(programs, tmp_path, nobody) == programs

    def test_is_made_once_where_the_owner_cannot(
        self, home: Path, programs: Path, nobody: Owner, tmp_path: Path
    ) -> None:
        copy = reachable_copy(programs, tmp_path, nobody)
        assert copy == tmp_path / "programs"
        assert (copy / "run").read_text() == "run"
        (copy / "kept").touch()
        assert reachable_copy(programs, tmp_path, nobody) == copy
        assert (copy / "kept").exists()
        assert mode(home) == 0o700

    def test_is_made_anew_after_half_a_copy(
        self, programs: Path, nobody: Owner, tmp_path: Path
    ) -> None:
        half = tmp_path / "programs.part"
        half.mkdir()
        (half / "torn").touch()
        copy = reachable_copy(programs, tmp_path, nobody)
        assert {path.name for path in copy.iterdir()} == {"run"}
        assert not half.exists()
