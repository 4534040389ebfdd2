import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import STDOUT, Popen
from typing import ClassVar

from clinic.embedded.errors import CannotStart
from clinic.embedded.home import Home, locked
from clinic.processes import spawn, stop

START_SECONDS = 60  # enough to recover after a crash
TAKE_OVER_SECONDS = 15  # for the server of a run that was killed to finish


class Server(ABC):
    """One embedded server in its home. Its log is the file `log` in there."""

    name: ClassVar[str]
    stop_signals: ClassVar[tuple[signal.Signals, ...]]
    home: Home
    process: Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address, as DATABASE_URL and REDIS_URL spell it."""

    @abstractmethod
    def prepare(self) -> None:
        """Make what the server needs before it can start."""

    @abstractmethod
    def command(self) -> list[str | Path]: ...

    @abstractmethod
    def is_ready(self) -> bool: ...

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start, wait until it answers, and stop at the end."""
        folder = self.home.folder
        refusal = f"Another {self.name} runs in {folder}: stop that one first."
        with locked(folder, refusal=refusal, patience=TAKE_OVER_SECONDS) as lock, self.home.sockets():
            self.prepare()
            self.process = self._spawn(lock)
            try:
                self._wait()
                yield
            finally:
                stop(self.process, *self.stop_signals)
                self.process = None

    def _spawn(self, lock: int) -> Popen[bytes]:
        with (self.home.folder / "log").open("wb") as log:
            return spawn(
                self.command(),
                account=self.home.account,
                on_our_death=self.stop_signals[0],
                pass_fds=[lock],
                cwd=self.home.folder,
                stdout=log,
                stderr=STDOUT,
            )

    def _wait(self) -> None:
        assert self.process
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise CannotStart(f"{self.name} did not start: {self.last_words()}")
            time.sleep(0.02)

    def last_words(self) -> str:
        lines = (self.home.folder / "log").read_text(errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing."
