"""The folder that a server lives in: who owns it, who uses it now, and where its socket is."""

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clinic.embedded.errors import CannotStart
from clinic.processes import Account

LONGEST_HOME = 85  # bytes; with a socket's name it stays below the kernels' limit of 103 (macOS) or 107 (Linux)


@dataclass(frozen=True)
class Home:
    folder: Path
    account: Account | None = None  # whom the server runs as; None: ourselves

    @property
    def socket_folder(self) -> Path:
        """Where the server's socket is: in the folder, or in a short path below /tmp if that would be too long."""
        name = os.fsencode(self.folder)
        if len(name) <= LONGEST_HOME:
            return self.folder
        return Path("/tmp", f"clinic-{hashlib.sha256(name).hexdigest()[:16]}")  # noqa: S108 (short; sockets() checks it)

    @contextmanager
    def sockets(self) -> Iterator[None]:
        """Makes the sockets' folder, and removes it at the end, where it is not the home itself."""
        folder = self.socket_folder
        if folder == self.folder:
            yield
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.lstat().st_uid not in {os.geteuid(), self.account.uid if self.account else None}:
            raise CannotStart(f"{folder} belongs to somebody else: remove it, or set CLINIC_DATA to a shorter path.")
        self.give(folder)
        try:
            yield
        finally:
            for left in folder.iterdir():
                left.unlink()
            folder.rmdir()

    def give(self, path: Path) -> None:
        """Make `path` the server's own."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)


def make_home(wanted: Path, *, unprivileged: Account | None = None) -> Home:
    """The home at `wanted` or where that links to, made if it is missing, closed to others.

    As root, the server runs as the owner of what is there, and what is new is for `unprivileged`. Where that user
    may not enter the parents, the home is a folder below /var/lib and `wanted` a link to it: the permissions of
    the parents are not ours to change.
    """
    if not wanted.exists():
        wanted.unlink(missing_ok=True)  # a link to what is gone
        wanted.parent.mkdir(parents=True, exist_ok=True)
        _make(wanted.absolute(), unprivileged)
    folder = wanted.resolve()
    owner = folder.stat()
    if owner.st_uid == os.geteuid():
        return Home(folder)
    if os.geteuid() != 0:
        raise CannotStart(f"{folder} belongs to another user: run this as that user, or set CLINIC_DATA elsewhere.")
    return Home(folder, Account(owner.st_uid, owner.st_gid))


@contextmanager
def locked(folder: Path, *, refusal: str, patience: float = 0) -> Iterator[int]:
    """Hold `folder` alone. Gives the descriptor, which carries the lock on in a child that inherits it.

    Leaves no file behind. Raises CannotStart with `refusal` when somebody else holds it for longer than `patience`
    seconds.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not _lock(descriptor, until=time.monotonic() + patience):
            raise CannotStart(refusal)
        yield descriptor
    finally:
        os.close(descriptor)


def _make(wanted: Path, account: Account | None) -> None:
    if account and not account.reaches(wanted.parent):
        folder = Path(tempfile.mkdtemp(prefix="clinic-portal-", dir="/var/lib"))
        wanted.symlink_to(folder)
    else:
        folder = wanted
        folder.mkdir(mode=0o700)
    Home(folder, account).give(folder)


def _lock(descriptor: int, *, until: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.1)
        else:
            return True
