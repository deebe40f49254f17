"""Who runs the local services. PostgreSQL refuses to run as root, so root hands it to somebody with less power."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Owner:
    """The user that services run as; `change` tells whether that is somebody else than we are."""

    uid: int
    gid: int
    change: bool

    def options(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that start a process as this user."""
        if not self.change:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, path: Path) -> None:
        """Make the user the owner of one file or folder of ours."""
        if self.change:
            os.chown(path, self.uid, self.gid)

    def reads(self, folder: Path) -> bool:
        """Whether the user can list the folder and open what is in it."""
        return self._may('test -r "$0" && test -x "$0"', folder)

    def reaches(self, folder: Path) -> bool:
        """Whether the user can come to what is in the folder, through every folder above it."""
        return self._may('test -x "$0"', folder)

    def _may(self, question: str, path: Path) -> bool:
        asked = subprocess.run(
            ["/bin/sh", "-c", question, str(path)],
            check=False,
            cwd="/",
            **self.options(),
        )
        return asked.returncode == 0


def pick_owner(project: Path) -> Owner:
    """Ourselves; for root, whoever owns the project, and `nobody` where that is root as well."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), change=False)
    held = project.stat()
    if held.st_uid != 0:
        return Owner(held.st_uid, held.st_gid, change=True)
    nobody = pwd.getpwnam("nobody")
    return Owner(nobody.pw_uid, nobody.pw_gid, change=True)


def reachable_home(project: Path, folder: Path, owner: Owner) -> Path:
    """Where the owner's data can live: `folder`, or a place outside where folders above it are closed.

    Permissions of folders that are not ours are never changed: a closed home stays closed.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    if not owner.change or owner.reaches(folder):
        return folder
    name = hashlib.sha256(str(project).encode()).hexdigest()[:16]
    outside = Path("/var/tmp") / f"concordat-{name}"  # noqa: S108 - checked below: ours, and no link
    outside.mkdir(mode=0o711, exist_ok=True)
    found = outside.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(f"{outside} is not a folder of ours")
    return outside


def reachable_copy(source: Path, home: Path, owner: Owner) -> Path:
    """`source` itself, or a copy below `home` where the owner cannot reach it."""
    if not owner.change or owner.reads(source):
        return source
    copy = home / source.name
    if not copy.exists():
        half = home / f"{source.name}.part"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(source, half, symlinks=True)
        half.rename(copy)
    return copy


def installed(package: str) -> Path:
    """The folder of an installed package, found without running it: its code is not what we use."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{package} is not installed")
    return Path(spec.origin).parent
