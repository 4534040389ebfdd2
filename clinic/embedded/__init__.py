"""PostgreSQL and Redis for the demo and the tests, from wheels, with nothing to install or configure.

Both listen on unix sockets only, in folders that nobody else can open.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen

from clinic.embedded.errors import CannotStart
from clinic.embedded.postgres import Postgres
from clinic.embedded.redis import Redis
from clinic.embedded.server import Server

__all__ = ["CannotStart", "Services", "services"]


class Services:
    """Where the database and Redis are: as the environment says, else embedded in `folder`."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """With `durable` off, data is lost when the machine fails, and everything is faster."""
        self.servers: list[Server] = []
        self.database_url = os.environ.get("DATABASE_URL") or self._own(Postgres(folder / "postgres", durable=durable))
        self.redis_url = os.environ.get("REDIS_URL") or self._own(Redis(folder / "redis", durable=durable))

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    @property
    def processes(self) -> dict[str, Popen[bytes]]:
        """The running embedded servers by name."""
        return {server.name: server.process for server in self.servers if server.process}

    def _own(self, server: Server) -> str:
        self.servers.append(server)
        return server.url


@contextmanager
def services(folder: Path, *, durable: bool = True) -> Iterator[Services]:
    """Start what is embedded in `folder`, and stop it at the end. Raises CannotStart with one line for people."""
    with ExitStack() as stack:
        found = Services(folder, durable=durable)
        for server in found.servers:
            stack.enter_context(server.running())
        yield found
