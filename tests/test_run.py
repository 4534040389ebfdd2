import os
import signal
import socket
import stat
import subprocess
import sys
from http.client import HTTPConnection

import pytest
from django.conf import settings

from clinic.embedded.home import locked
from clinic.keys import new_secrets
from tests.compose import free_port
from tests.processes import all_end, processes_of

SET_FOR_TESTS = {"DATABASE_URL", "REDIS_URL", "DEBUG", "DJANGO_SETTINGS_MODULE", *new_secrets()}
RUN = (sys.executable, "-m", "clinic.run")
SHELL = (sys.executable, "manage.py", "shell", "--no-imports", "--command")
COUNT_PEOPLE = (*SHELL, "from clinic.people.models import User; print(User.objects.count())")


class Portal:
    """What `make run` starts, on the data in `folder`."""

    def __init__(self, folder, *command, **variables):
        self.folder = folder
        self.port = free_port()
        environment = {name: value for name, value in os.environ.items() if name not in SET_FOR_TESTS}
        environment |= {"CLINIC_DATA": str(folder), "PORT": str(self.port), **variables}
        self.process = subprocess.Popen(
            [*RUN, *command],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def wait_until_up(self):
        return self.wait_for("Ctrl-C stops it.")

    def wait_for(self, text):
        """Read what it says until it says `text`."""
        for line in self.process.stdout:
            self.said += line
            if text in line:
                return self
        self.end()
        pytest.fail(self.said)

    def end(self, signal_=None):
        """Send a signal if one is given, and wait for the end. Gives the exit status."""
        if signal_:
            self.process.send_signal(signal_)
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode

    def get(self, path):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture(scope="module")
def first_run(reachable_folders):
    """The first run on an empty folder, from start to Ctrl-C."""
    portal = Portal(reachable_folders() / "var").wait_until_up()
    portal.end(signal.SIGINT)
    return portal


@pytest.fixture(scope="module")
def later_runs(first_run, reachable_folders):
    """Starts later runs, each on data of its own as the first run left it."""
    started = []

    def start():
        folder = reachable_folders()
        subprocess.run(["cp", "--archive", f"{first_run.folder}/.", folder], check=True)
        started.append(Portal(folder).wait_until_up())
        return started[-1]

    yield start
    for portal in started:
        if portal.process.poll() is None:
            portal.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def portal(later_runs):
    """A later run for the tests that leave it as it is."""
    return later_runs()


def test_the_first_run_says_where_the_portal_is_and_who_may_sign_in(first_run):
    assert f"The portal is at http://127.0.0.1:{first_run.port}/" in first_run.said
    for name in ("patient", "patient2", "doctor", "doctor2", "staff"):
        assert f"{name}@demo.example" in first_run.said
    assert "demo-clinic-1" in first_run.said


def test_ctrl_c_ends_everything_well(first_run):
    assert first_run.process.returncode == 0
    assert processes_of(first_run.folder) == []


def test_sigterm_in_the_middle_of_the_start_leaves_nothing_behind(folder):
    portal = Portal(folder).wait_for("Preparing the database.")

    assert portal.end(signal.SIGTERM) == 0
    assert processes_of(folder) == []


def test_secrets_are_for_their_owner_only(first_run):
    assert stat.S_IMODE((first_run.folder / "secrets.env").stat().st_mode) == 0o600


def test_a_later_run_answers_with_the_same_data(portal):
    assert portal.get("/") == 200
    assert portal.get("/health/ready") == 200
    assert "patient@demo.example" in portal.said


def test_everything_listens_on_loopback_only(portal):
    listening = {
        connection.laddr.ip
        for process in processes_of(portal.folder)
        for connection in process.net_connections("inet")
        if connection.status == "LISTEN"
    }

    assert listening == {"127.0.0.1"}


def test_a_killed_supervisor_takes_all_with_it(later_runs):
    portal = later_runs()
    programs = processes_of(portal.folder)
    assert len(programs) > 5

    portal.end(signal.SIGKILL)

    assert all_end(programs)


def test_a_part_that_crashes_ends_the_others(later_runs):
    portal = later_runs()
    programs = processes_of(portal.folder)
    worker = next(process for process in programs if "worker" in process.cmdline())

    worker.kill()

    assert portal.end() == 1
    assert "worker was ended by SIGKILL, so everything was stopped." in portal.said
    assert all_end(programs)


def test_a_command_finds_the_data_whether_the_portal_runs_or_not(portal, first_run):
    beside = Portal(portal.folder, *COUNT_PEOPLE)
    alone = Portal(first_run.folder, *COUNT_PEOPLE)

    assert (beside.end(), alone.end()) == (0, 0)
    assert int(alone.said) == int(beside.said) > 0
    assert processes_of(first_run.folder) == []


def test_a_second_run_on_the_same_folder_is_refused(folder):
    with locked(folder, refusal="Taken."):
        second = Portal(folder)

        assert second.end() == 1

    assert second.said == f"The portal already runs on {folder}: stop it, or set CLINIC_DATA elsewhere.\n"


def test_a_port_in_use_is_said_before_anything_starts(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        portal = Portal(folder, PORT=port)

        assert portal.end() == 1

    assert portal.said == f"Port {port}: Address already in use. Choose another one: make run PORT=8001\n"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_refused(folder, port):
    portal = Portal(folder, PORT=port)

    assert portal.end() == 1
    assert portal.said == f"PORT must be a number from 1 to 65535, not '{port}'.\n"


def test_a_data_folder_that_cannot_be_is_said(folder):
    file = folder / "var"
    file.touch()

    portal = Portal(file)

    assert portal.end() == 1
    assert portal.said == f"CLINIC_DATA cannot be {file}: File exists.\n"
