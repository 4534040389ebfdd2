"""The pytest plugin that gives a run its own PostgreSQL and Redis, before Django's settings are read.

DATABASE_URL and REDIS_URL are respected where they are set. ``python -m clinic.testing <command>`` runs one command
with the same servers and variables.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from clinic.embedded import CannotStart, services
from clinic.embedded.home import locked
from clinic.keys import new_secrets
from clinic.loopback import enter_own_network

PREFIX = "clinic-test-"
YOUNG_SECONDS = 60
IN_USE = "A test run is using it."
network = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--own-network", action="store_true", help="run in a network that has nothing but loopback")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    if early_config.known_args_namespace.own_network:
        early_config.stash[network] = leave_network()
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # the first process has started the servers
        os.environ["REDIS_URL"] += f"?db={worker.removeprefix('gw')}"
    else:
        start(early_config)
    return (yield)


def pytest_report_header(config: pytest.Config) -> str:
    return f"network: {config.stash.get(network, 'as it is')}"


def leave_network() -> str:
    """How it went to cut this run off from every other machine."""
    try:
        enter_own_network()
    except OSError as error:
        return f"as it is ({error.strerror or error})"
    return "nothing but loopback"


def start(config: pytest.Config) -> None:
    """Enter the test environment until the run is over."""
    stack = ExitStack()
    config.add_cleanup(stack.close)
    try:
        stack.enter_context(test_environment())
    except CannotStart as error:
        raise pytest.UsageError(str(error)) from error


@contextmanager
def test_environment() -> Iterator[None]:
    """Servers in a temporary folder, and the variables that the settings need; all gone at the end."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # PostgreSQL may run as another user, who has to get through
    try:
        with locked(folder, refusal=IN_USE), services(folder, durable=False) as found:
            os.environ |= {"DEBUG": "1", "CLINIC_DATA": str(folder)} | found.environment | new_secrets()
            yield
    finally:
        shutil.rmtree(folder)


def sweep() -> None:
    """Remove what killed runs left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > YOUNG_SECONDS:
                with locked(folder, refusal=IN_USE):
                    shutil.rmtree(folder)
        except (CannotStart, OSError):  # in use, or somebody else's
            continue


def main(command: list[str]) -> int:
    with test_environment():
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
