"""The virus scanner: clamd's INSTREAM over TCP or a Unix socket, where CLAMAV_URL names one."""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

BLOCK = 64 * 1024
TIMEOUT_SECONDS = 60
DEFAULT_PORT = 3310


class ScannerAway(OSError):
    """The scanner did not answer, or could not look at what it was sent."""


def is_configured() -> bool:
    return bool(settings.CLAMAV_URL)


def find_virus(content: bytes) -> str:
    """What the scanner calls the virus in `content`; empty for a clean file. Raises ScannerAway."""
    try:
        with connect() as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), BLOCK):
                block = content[start : start + BLOCK]
                line.sendall(struct.pack("!I", len(block)) + block)
            line.sendall(struct.pack("!I", 0))
            answer = hear(line)
    except OSError as error:
        raise ScannerAway(str(error)) from error
    return virus_in(answer)


def connect() -> socket.socket:
    address = urlsplit(settings.CLAMAV_URL)
    if address.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT_SECONDS)
        line.connect(address.path)
        return line
    return socket.create_connection((address.hostname or "", address.port or DEFAULT_PORT), timeout=TIMEOUT_SECONDS)


def hear(line: socket.socket) -> str:
    """The scanner's answer, to its end."""
    heard = b""
    while not heard.endswith(b"\0") and (more := line.recv(4096)):
        heard += more
    return heard.rstrip(b"\0").decode(errors="replace").strip()


def virus_in(answer: str) -> str:
    """The name in "stream: Eicar-Test-Signature FOUND"; empty for "stream: OK". Raises ScannerAway for all else."""
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if not verdict.endswith(" FOUND"):
        raise ScannerAway(answer or "no answer")
    return verdict.removesuffix(" FOUND")
