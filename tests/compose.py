"""docker-compose.yml as Docker would read it, with its services' commands run here instead of in containers."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import yaml
from django.conf import settings

from clinic.keys import new_secrets
from clinic.processes import spawn, stop

BASE = settings.BASE_DIR
PROGRAMS = Path(sys.executable).parent
PATIENCE_SECONDS = 180  # machines that run tests are busy
EXAMPLE = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", (BASE / ".env.example").read_text(), re.MULTILINE))
PASSWORDS = {name: secrets.token_hex() for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "TURN_SECRET")}
VARIABLES = EXAMPLE | new_secrets() | PASSWORDS | {"EMAIL_URL": "consolemail://"}


def services():
    """The services by name, with new secrets, and the rest of the variables as in .env.example."""
    return filled(yaml.safe_load((BASE / "docker-compose.yml").read_text())["services"])


def filled(value):
    """A part of the file with its variables replaced."""
    if isinstance(value, dict):
        return {name: filled(part) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part) for part in value]
    if isinstance(value, str):
        return re.sub(r"\$\{([A-Z0-9_]+)[^}]*\}", lambda match: VARIABLES[match[1]], value).replace("$$", "$")
    return value


class Deployment:
    """The app's services on embedded servers, each on a port of its own."""

    def __init__(self, found, folder):
        self.services = services()
        place = {"CLINIC_DATA": str(folder), "STATIC_ROOT": str(folder / "static"), "HOME": str(folder)}
        self.environment = {
            **self.services["web"]["environment"],
            **found.environment,
            **place,
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        }
        self.running = []

    def run(self, command):
        """What a command says that runs to its good end in a container."""
        result = subprocess.run(
            command,
            cwd=BASE,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def start(self, name):
        """Start a service and wait until its own health check is content. Gives its port."""
        port = free_port()
        process = spawn(self._here(self.services[name]["command"], port), cwd=BASE, env=self.environment)
        self.running.append(process)
        check = self._here(self._health_check(name), port)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while subprocess.run(check, cwd=BASE, env=self.environment, check=False, capture_output=True).returncode:
            assert process.poll() is None, f"{name} ended"
            assert time.monotonic() < deadline, f"{name} is not healthy"
            time.sleep(0.2)
        return port

    def stop(self):
        for process in self.running:
            process.terminate()
        for process in self.running:
            stop(process, signal.SIGTERM)

    def _health_check(self, name):
        how, *command = self.services[name]["healthcheck"]["test"]
        return ["sh", "-c", *command] if how == "CMD-SHELL" else command

    def _here(self, command, port):
        """The command with this machine's loopback and `port` instead of what a container has for itself."""
        return [re.sub(r"\b800[01]\b", str(port), word.replace("0.0.0.0", "127.0.0.1")) for word in command]


def dockerfile_step(containing):
    """The RUN step of the Dockerfile with a text in it."""
    steps = re.findall(r"^RUN ((?:.*\\\n)*.*)$", (BASE / "Dockerfile").read_text(), re.MULTILINE)
    (step,) = [step for step in steps if containing in step]
    return ["sh", "-ec", step]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
