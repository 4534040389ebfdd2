"""Browser tests: a real portal in its own process, real Chromium with a fake camera and microphone.

Run them with ``make browser``: in a network that has nothing but loopback. What a test writes stays in the test
database until the run is over, since the portal's processes hold on to its data keys; each test makes its own people.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from clinic.people.models import User
from clinic.processes import spawn, stop
from e2e.rooms import REMEMBER_CONNECTIONS
from televisit.models import Visit
from televisit.tests.factories import a_visit

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread, and our queries are sound

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(which, NAMES)), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAKE_DEVICES = [
    "--use-fake-device-for-media-stream=device-count=3",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
]
START_SECONDS = 60
PATIENCE_MS = 20_000  # machines that run tests are busy
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session", autouse=True)
def database(django_test_environment, django_db_blocker) -> Iterator[None]:
    """A test database whose rows are committed, so that the portal's processes see them."""
    with django_db_blocker.unblock():
        before = setup_databases(verbosity=0, interactive=False)
        yield
        teardown_databases(before, verbosity=0)


@pytest.fixture(scope="session")
def portal(database) -> Iterator[str]:
    """The address of a running portal."""
    with running_portal() as address:
        yield address


@pytest.fixture(scope="session")
def worker(database) -> Iterator[None]:
    """A Celery worker beside the portal: mail goes out, as files under CLINIC_DATA/outbox."""
    with running([sys.executable, "-m", "celery", "--quiet", "--app", "clinic", "worker", "--concurrency", "1"]):
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET + FAKE_DEVICES)
        yield chromium
        chromium.close()
        connections.close_all()  # those of this thread while Playwright's loop is in it


@pytest.fixture
def visitor(browser, portal) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts: ``visitor(user)`` is signed in, ``visitor()`` is nobody. Options go to new_context()."""
    contexts: list[BrowserContext] = []

    def visit(user: User | None = None, **options) -> BrowserContext:
        address = options.setdefault("base_url", portal)
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(REMEMBER_CONNECTIONS)
        if user is not None:
            context.add_cookies([session_cookie(user, address)])
        contexts.append(context)
        return context

    yield visit
    for context in contexts:
        context.close()


def session_cookie(user: User, address: str) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": address}


@contextmanager
def running_portal(port: int | None = None, **variables: str) -> Iterator[str]:
    """One more portal process on the test database and Redis, perhaps with its own variables: its address."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "--lifespan", "off", "--no-access-log", "--log-level", "warning"]
    with running(
        [*command, "--port", str(port), "clinic.asgi:application"], PUBLIC_URL=address, **variables
    ) as process:
        wait_until_live(address, process)
        yield address


@contextmanager
def running(command: list[str], **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """`command` as a process on the test database, stopped at the end; video services may be on this machine."""
    environment = {**os.environ, "DATABASE_URL": test_database_url(), "VIDEO_HTTP_ON_LOOPBACK": "true", **variables}
    process = spawn(command, env=environment, cwd=Path(__file__).parent.parent)
    try:
        yield process
    finally:
        stop(process, signal.SIGTERM)


def test_database_url() -> str:
    """DATABASE_URL, but for the name at the end of its path."""
    url = urlsplit(os.environ["DATABASE_URL"])
    folder, _slash, _name = url.path.rpartition("/")
    return url._replace(path=f"{folder}/{connection.settings_dict['NAME']}").geturl()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_live(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"The portal ended with {process.returncode} instead of starting.")
        with suppress(OSError), urlopen(f"{address}/health/live", timeout=2):
            return
        time.sleep(0.05)
    pytest.fail("The portal did not start.")


@pytest.fixture
def visit() -> Visit:
    """One about to begin."""
    return a_visit()


@pytest.fixture
def patient(visitor, visit) -> BrowserContext:
    """The browser of the visit's patient."""
    return visitor(visit.appointment.patient.user)


@pytest.fixture
def doctor(visitor, visit) -> BrowserContext:
    """The browser of the visit's doctor."""
    return visitor(visit.host.user)
