"""The whole portal in one terminal, with its own PostgreSQL and Redis and a demo clinic: ``make run``.

``python -m clinic.run python manage.py shell`` runs one command on the same data, whether the portal runs or not.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from clinic.embedded import CannotStart, Services, services
from clinic.embedded.home import locked
from clinic.keys import kept_secrets
from clinic.processes import end_with_parent, interruption
from clinic.supervisor import PartEnded, Supervisor, say

BASE = Path(__file__).resolve().parent.parent
DJANGO = (sys.executable, "manage.py")
CELERY = (sys.executable, "-m", "celery", "--quiet", "--app", "clinic")
UVICORN = (sys.executable, "-m", "uvicorn", "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "3")


def main() -> None:
    options = parse(sys.argv[1:])
    if options.end_with_parent:
        end_with_parent(signal.SIGTERM)
    os.chdir(BASE)
    try:
        folder = data_folder(os.environ.get("CLINIC_DATA") or "var")
        if options.command:
            sys.exit(run_command(folder, options.command))
        run_portal(folder)
    except (CannotStart, PartEnded) as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        say("Stopped.")


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m clinic.run", description=__doc__)
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the starting program ends (Linux)")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="a command to run instead of the portal")
    return parser.parse_args(arguments)


def run_portal(folder: Path) -> None:
    """Run until a signal raises KeyboardInterrupt, or CannotStart or PartEnded come; then nothing is left running."""
    interrupt_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    port = free_port(os.environ.get("PORT") or "8000")
    with locked(folder, refusal=f"The portal already runs on {folder}: stop it, or set CLINIC_DATA elsewhere."):
        say("Starting PostgreSQL and Redis.")
        with services(folder) as found:
            serve(found, environment(folder, found, port), port)


def serve(found: Services, variables: Mapping[str, str], port: int) -> None:
    """Prepare the database, start all parts, say where they are, and stop them at the end."""
    supervisor = Supervisor(variables, also_watched=found.processes)
    try:
        say("Preparing the database.")
        supervisor.run("migrate", [*DJANGO, "migrate", "--no-input"])
        supervisor.start("web", [*UVICORN, "--host", "127.0.0.1", "--port", str(port), "clinic.asgi:application"])
        supervisor.start("worker", [*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"])
        supervisor.start("beat", [*CELERY, "beat"])
        accounts = supervisor.run("demo", [*DJANGO, "demo", "--if-empty", "--skip-checks"])
        supervisor.watch(until=lambda: answers(port))
        for line in [f"The portal is at {variables['PUBLIC_URL']}/", *accounts, "Ctrl-C stops it."]:
            say(line)
        supervisor.watch()
    finally:
        supervisor.stop()


def run_command(folder: Path, command: list[str]) -> int:
    """The status of `command`, run on the portal's data, with servers of its own if the portal does not run."""
    interrupt_on(signal.SIGTERM, signal.SIGHUP)
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the command
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder, refusal="The portal runs, and with it the servers."))
        except CannotStart:
            found = Services(folder)
        else:
            found = stack.enter_context(services(folder))
        return subprocess.run(command, check=False, env=environment(folder, found)).returncode


def data_folder(name: str) -> Path:
    """The folder of all that the portal keeps; new files in it are closed to other users."""
    folder = Path(name).absolute()
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)  # PostgreSQL may run as another user, who passes through
    except OSError as error:
        raise CannotStart(f"CLINIC_DATA cannot be {folder}: {error.strerror}.") from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise CannotStart(f"CLINIC_DATA cannot be {folder}: it belongs to another user.")
    os.umask(0o077)
    return folder


def environment(folder: Path, found: Services, port: int = 8000) -> dict[str, str]:
    """What the portal's programs read: the environment, and before that what suits a demo on this machine."""
    demo = {
        "DEBUG": "1",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",  # that the demo runs as root
    }
    return demo | kept_secrets(folder / "secrets.env") | os.environ | found.environment | {"CLINIC_DATA": str(folder)}


def free_port(text: str) -> int:
    """The port that `text` names. Raises CannotStart if it cannot be had."""
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise CannotStart(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise CannotStart(f"Port {text}: {error.strerror}. Choose another one: make run PORT=8001") from error
    return int(text)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def interrupt_on(*signals: signal.Signals) -> None:
    """The first of `signals` raises KeyboardInterrupt; later ones do not disturb the clearing up."""

    def interrupt(*_: object) -> None:
        for signal_ in signals:
            signal.signal(signal_, lambda *_: None)
        interruption.come()

    for signal_ in signals:
        signal.signal(signal_, interrupt)


if __name__ == "__main__":
    main()
