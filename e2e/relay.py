"""A TURN server for the tests, Debian's coturn on loopback; and pages that may use nothing else."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from clinic.processes import spawn, stop

SECRET = "of-the-test-relay"
START_SECONDS = 20
# Media through the relay or not at all.
RELAY_ONLY = """
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(settings) { super({ ...settings, iceTransportPolicy: "relay" }); }
};
"""
SELECTED_PAIR = """
async () => {
  const stats = await window.connections.at(-1).getStats();
  const [transport] = [...stats.values()].filter((report) => report.type === "transport");
  const pair = stats.get(transport?.selectedCandidatePairId);
  const local = stats.get(pair?.localCandidateId);
  return local && { type: local.candidateType, port: local.port };
}
"""


@dataclass(frozen=True)
class Relay:
    """A running TURN server."""

    url: str

    def settings(self, *, seconds: int = 3600) -> dict[str, str]:
        """The portal's variables for this relay, with credentials that are good for so long."""
        return {"TURN_URLS": self.url, "TURN_SECRET": SECRET, "TURN_SECONDS": str(seconds)}


@contextmanager
def running_relay() -> Iterator[Relay]:
    """Skips the test where coturn is missing; `make browser` installs it where it may."""
    if shutil.which("turnserver") is None:
        pytest.skip("coturn is not installed, and only root can install it")
    port = free_udp_port()
    with tempfile.TemporaryDirectory() as folder:
        process = spawn(command(port, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until_open(port, process)
            yield Relay(f"turn:127.0.0.1:{port}")
        finally:
            stop(process)


def command(port: int, folder: str) -> list[str]:
    given = {
        "listening-ip": "127.0.0.1",
        "relay-ip": "127.0.0.1",
        "listening-port": port,
        "min-port": 49160,
        "max-port": 49259,
        "static-auth-secret": SECRET,
        "realm": "clinic.test",
        "pidfile": f"{folder}/turn.pid",
        "userdb": f"{folder}/turn.sqlite",
        "log-file": "stdout",
    }
    flags = [
        "use-auth-secret",
        "fingerprint",
        "no-tls",
        "no-dtls",
        "no-cli",
        "no-multicast-peers",
        "allow-loopback-peers",
    ]
    return [
        "turnserver",
        "-n",
        *(f"--{flag}" for flag in flags),
        *(f"--{name}={value}" for name, value in given.items()),
    ]


def wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    """It listens on TCP as well, on the same port."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("coturn did not start.")


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
