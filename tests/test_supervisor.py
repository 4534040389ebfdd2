import subprocess
import sys

import psutil
import pytest

from clinic import supervisor as supervisor_module
from clinic.supervisor import PartEnded, Supervisor
from tests.processes import all_end


def python(code):
    return [sys.executable, "-u", "-c", code]


SLEEPER = python("import time; print('ready'); time.sleep(60)")
STUBBORN = python("import signal, time; signal.signal(15, signal.SIG_IGN); print('ready'); time.sleep(60)")
PARENT = python("import subprocess; child = subprocess.Popen(['sleep', '60']); print('child', child.pid); child.wait()")


@pytest.fixture
def supervisor():
    supervisor = Supervisor({}, also_watched={})
    yield supervisor
    supervisor.stop()


def heard(supervisor, capsys, *, until):
    """What the supervisor showed when it came to the text `until`."""
    shown = []

    def came() -> bool:
        shown.append(capsys.readouterr().out)
        return until in "".join(shown)

    supervisor.watch(until=came)
    return "".join(shown)


def test_each_line_carries_the_name_of_its_program(supervisor, capsys):
    supervisor.start("web", python("print('one\\ntwo', end='')"))

    with pytest.raises(PartEnded):
        supervisor.watch()

    assert capsys.readouterr().out == "web     | one\nweb     | two\n"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("raise SystemExit(3)", "worker ended with status 3, so everything was stopped."),
        ("pass", "worker ended with status 0, so everything was stopped."),
        ("import os; os.kill(os.getpid(), 9)", "worker was ended by SIGKILL, so everything was stopped."),
    ],
)
def test_a_program_that_ends_is_noticed(supervisor, code, line):
    supervisor.start("web", SLEEPER)
    supervisor.start("worker", python(code))

    with pytest.raises(PartEnded, match=f"^{line}$"):
        supervisor.watch()


def test_a_server_that_ends_is_noticed():
    server = subprocess.Popen(["sleep", "60"])
    supervisor = Supervisor({}, also_watched={"postgres": server})

    server.kill()

    with pytest.raises(PartEnded, match=r"^postgres was ended by SIGKILL"):
        supervisor.watch()


def test_a_step_gives_what_it_said_and_shows_nothing(supervisor, capsys):
    said = supervisor.run("demo", python("print('patient@demo.example')"))

    assert said == ["patient@demo.example"]
    assert capsys.readouterr().out == ""


def test_a_step_that_fails_shows_what_it_said(supervisor, capsys):
    with pytest.raises(PartEnded, match=r"^migrate ended with status 1"):
        supervisor.run("migrate", python("print('no table'); raise SystemExit(1)"))

    assert capsys.readouterr().out == "migrate | no table\n"


def test_a_step_is_given_up_when_another_program_ends(supervisor):
    supervisor.start("web", python("raise SystemExit(1)"))

    with pytest.raises(PartEnded, match=r"^web ended"):
        supervisor.run("demo", SLEEPER)


def test_stopping_ends_all_programs(supervisor, capsys):
    supervisor.start("web", SLEEPER)
    supervisor.start("worker", SLEEPER)
    heard(supervisor, capsys, until="worker  | ready")

    supervisor.stop()

    assert [part.returncode for part in supervisor.parts] == [-15, -15]


def test_a_program_that_does_not_listen_is_killed(supervisor, capsys, monkeypatch):
    monkeypatch.setattr(supervisor_module, "PATIENCE_SECONDS", 0.1)
    supervisor.start("web", STUBBORN)
    heard(supervisor, capsys, until="ready")

    supervisor.stop()

    assert supervisor.parts[0].returncode == -9


def test_what_a_program_started_ends_with_it(supervisor, capsys):
    supervisor.start("worker", PARENT)
    child = psutil.Process(int(heard(supervisor, capsys, until="\n").split()[-1]))

    supervisor.stop()

    assert all_end([child])
