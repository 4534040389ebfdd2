"""The pytest plugin that gives a run its own PostgreSQL and Redis, before Django's settings are read.

DATABASE_URL and REDIS_URL are respected where they are set. Loaded with ``-p clinic.testing``.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from clinic import embedded
from clinic.embedded.home import locked
from clinic.keys import new_secrets

PREFIX = "clinic-test-"
YOUNG_SECONDS = 60


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    if "CLINIC_TEST_RUN" not in os.environ:  # else pytest-xdist started us, and its first process has the servers
        stack = ExitStack()
        early_config.add_cleanup(stack.close)
        stack.enter_context(test_environment())
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["REDIS_URL"] += f"?db={worker.removeprefix('gw')}"  # each has a database of its own
    return (yield)


@contextmanager
def test_environment() -> Iterator[None]:
    """Servers in a temporary folder, and the variables that the settings need; all gone at the end."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # PostgreSQL may run as another user, who has to get through
    with locked(folder):
        try:
            with embedded.services(folder, durable=False) as services:
                os.environ |= services.environment | new_secrets()
                os.environ |= {"DEBUG": "1", "CLINIC_DATA": str(folder), "CLINIC_TEST_RUN": "1"}
                yield
        except embedded.CannotStart as error:
            raise pytest.UsageError(str(error)) from error
        finally:
            shutil.rmtree(folder)


def sweep() -> None:
    """Remove what killed runs left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > YOUNG_SECONDS:
                with locked(folder):
                    shutil.rmtree(folder)
        except OSError:  # in use, or somebody else's
            continue
