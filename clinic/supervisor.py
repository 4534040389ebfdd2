"""Programs that run together in one terminal: their output with their names, and all end when one does."""

import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from typing import IO

from clinic.processes import kill_group, spawn

PATIENCE_SECONDS = 8
NAME_WIDTH = 8


class PartEnded(Exception):
    """One of the programs ended, which it should not have."""

    def __init__(self, name: str, status: int) -> None:
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        super().__init__(f"{name} {how}, so everything was stopped.")


class Supervisor:
    """Starts programs, relays what they say, and notices when one of them, or of `also_watched`, ends."""

    def __init__(self, environment: Mapping[str, str], *, also_watched: Mapping[str, Popen[bytes]]) -> None:
        self.environment = environment
        self.watched = dict(also_watched)
        self.parts: list[Popen[bytes]] = []
        self.selector = selectors.DefaultSelector()

    def start(self, name: str, command: Sequence[str | Path]) -> None:
        self.watched[name] = self._spawn(command, partial(say, name=name))

    def run(self, name: str, command: Sequence[str | Path]) -> list[str]:
        """What a program says until its good end. Raises PartEnded if it fails, or if another one ends."""
        said: list[str] = []
        step = self._spawn(command, said.append)
        self.watch(until=lambda: step.poll() is not None)
        self._relay_rest()
        if step.returncode:
            for line in said:
                say(line, name=name)
            raise PartEnded(name, step.returncode)
        return said

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Relay what is said until `until` is true. Raises PartEnded as soon as a program ends."""
        while not until():
            self._relay()
            for name, process in self.watched.items():
                if process.poll() is not None:
                    self._relay_rest()
                    raise PartEnded(name, process.returncode)

    def stop(self) -> None:
        """Ask all to end, wait, and kill what is left."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        try:
            for part in self.parts:
                part.terminate()
            while time.monotonic() < deadline and any(part.poll() is None for part in self.parts):
                self._relay()
        finally:
            for part in self.parts:
                kill_group(part)
            self._hang_up(*self.selector.get_map().values())

    def _spawn(self, command: Sequence[str | Path], listener: Callable[[str], None]) -> Popen[bytes]:
        part = spawn(command, env=self.environment, stdout=PIPE, stderr=STDOUT)
        assert part.stdout
        self.parts.append(part)
        self.selector.register(part.stdout, selectors.EVENT_READ, Relay(part.stdout, listener))
        return part

    def _relay(self, *, wait_seconds: float = 0.1) -> bool:
        """Pass on what is said next. Returns whether something was."""
        heard = self.selector.select(wait_seconds)
        for key, _ in heard:
            if not key.data.relay():
                self._hang_up(key)
        return bool(heard)

    def _relay_rest(self) -> None:
        while self._relay(wait_seconds=0):
            continue

    def _hang_up(self, *keys: selectors.SelectorKey) -> None:
        for key in keys:
            self.selector.unregister(key.fileobj)
            key.data.stream.close()


class Relay:
    """Passes on what a program says, line by line."""

    def __init__(self, stream: IO[bytes], listener: Callable[[str], None]) -> None:
        self.stream = stream
        self.listener = listener
        self.rest = b""

    def relay(self) -> bool:
        """Pass on what can be read now. Returns whether there may be more."""
        chunk = os.read(self.stream.fileno(), 65536)
        *lines, self.rest = (self.rest + (chunk or b"\n" * bool(self.rest))).split(b"\n")
        for line in lines:
            self.listener(line.decode(errors="replace"))
        return bool(chunk)


def say(text: str, *, name: str = "portal") -> None:
    sys.stdout.write(f"{name:<{NAME_WIDTH}}| {text}\n")
    sys.stdout.flush()
