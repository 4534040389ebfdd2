"""Starting other programs so that none of them outlives us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user that a program runs as."""

    uid: int
    gid: int

    def reaches(self, folder: Path) -> bool:
        """Whether this user may go into `folder`; asked of the kernel, since a parent may be closed."""
        probe = spawn(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], account=self, stderr=subprocess.DEVNULL)
        return probe.wait() == 0


class Interruption:
    """A signal that ends us, as KeyboardInterrupt: at once, or once a fork is over, in which Python swallows it."""

    def __init__(self) -> None:
        self.is_forking = self.has_come = False

    def come(self) -> None:
        self.has_come = self.is_forking
        if not self.is_forking:
            raise KeyboardInterrupt

    @contextmanager
    def held_back(self) -> Iterator[None]:
        self.is_forking = True
        try:
            yield
        finally:
            self.is_forking = False
        if self.has_come:
            self.has_come = False
            raise KeyboardInterrupt


interruption = Interruption()


def spawn(
    command: Sequence[str | Path],
    *,
    account: Account | None = None,
    on_our_death: signal.Signals = signal.SIGKILL,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that a Ctrl-C reaches only us; as `account` if one is given.

    Linux sends it `on_our_death` when we end without stopping it, however we end. Call this from the main
    thread only: Linux takes the end of the calling thread for ours.
    """
    if account:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    with interruption.held_back():
        return subprocess.Popen(
            [str(word) for word in command],
            start_new_session=True,
            preexec_fn=_tie_to_parent(on_our_death),  # noqa: PLW1509 (only our single-threaded programs start others)
            stdin=subprocess.DEVNULL,
            **options,
        )


def end_with_parent(signal_: signal.Signals) -> None:
    """Have Linux send us `signal_` when our parent ends."""
    if libc:
        libc.prctl(PR_SET_PDEATHSIG, signal_)


def stop(process: subprocess.Popen[bytes], *signals: signal.Signals, patience: float = 10) -> None:
    """End `process`: each of `signals` in turn, then SIGKILL, with `patience` seconds for each of them."""
    for signal_ in signals:
        process.send_signal(signal_)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a program that `spawn` started, and of its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tie_to_parent(signal_: signal.Signals) -> Callable[[], None]:
    """What the child does between fork and exec: ask for the signal, or end at once if we are gone already."""
    parent = os.getpid()

    def tie() -> None:
        end_with_parent(signal_)
        if os.getppid() != parent:
            os._exit(1)

    return tie
