"""What a deployment needs from outside, checked one by one: for `check_setup`."""

import secrets
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http.request import validate_host
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from clinic import celery_app
from clinic.beat import LOCK
from clinic.crypto import key_problem

SECONDS = 3.0
CLOCKS_APART = timedelta(seconds=5)
STUN_MAGIC = 0x2112A442
TURN_PORT, TURNS_PORT = 3478, 5349


class Problem(Exception):
    """What is missing, and what to do about it."""


@dataclass(frozen=True)
class Finding:
    """One thing that a deployment needs; `problem` says what to do, and is empty where it is there."""

    name: str
    problem: str


def findings() -> Iterator[Finding]:
    """One after the other, as they are found out. Takes some seconds for each thing that does not answer."""
    for name, check in CHECKS.items():
        yield Finding(name, problem_of(check))


def problem_of(check: Callable[[], None]) -> str:
    try:
        check()
    except Problem as problem:
        return str(problem)
    except (DatabaseError, RedisError):  # said by the check that looks for just that
        return "This cannot be found out while the database or Redis is away."
    return ""


def check_database() -> None:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise Problem(f"DATABASE_URL: no answer ({str(error).splitlines()[0]}).") from error
    if plan:
        raise Problem(f"{len(plan)} migrations are missing: run `manage.py migrate`.")


def check_keys() -> None:
    problem = key_problem()
    if problem:
        raise Problem(problem)
    if not settings.SIGNING_KEYS:
        raise Problem("SIGNING_KEYS is empty: make one with `python -m clinic.keys`.")


def check_clock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs(cursor.fetchone()[0] - timezone.now())
    if apart > CLOCKS_APART:
        raise Problem(
            f"The database's clock and this machine's are {apart.total_seconds():.0f} s apart: set both by NTP."
        )


def check_redis() -> None:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS) as redis:
            redis.ping()
    except RedisError as error:
        raise Problem(f"REDIS_URL: no answer ({error}).") from error


def check_worker() -> None:
    try:
        answers = celery_app.control.ping(timeout=2.0)
    except OperationalError as error:
        raise Problem(f"The queue cannot be reached ({error}).") from error
    if not answers:
        raise Problem("No worker answers: start `celery --app clinic worker`.")


def check_beat() -> None:
    with Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS) as redis:
        if not redis.exists(LOCK):
            raise Problem("Nothing is done by the clock: start `celery --app clinic beat`.")


def check_files() -> None:
    try:
        name = default_storage.save("check-setup", ContentFile(b""))
        default_storage.delete(name)
    except OSError as error:
        raise Problem(f"Files cannot be written ({error.strerror}): see CLINIC_DATA.") from error


def check_address() -> None:
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme != "https" and not settings.DEBUG:
        raise Problem("PUBLIC_URL must start with https://: browsers give camera and microphone to no other page.")
    if not validate_host(address.hostname or "", settings.ALLOWED_HOSTS or [".localhost", "127.0.0.1", "[::1]"]):
        raise Problem(f"ALLOWED_HOSTS must contain {address.hostname}, the host of PUBLIC_URL.")
    try:
        with urlopen(f"{settings.PUBLIC_URL}/health/live", timeout=SECONDS):  # noqa: S310, our own address
            pass
    except (URLError, OSError) as error:
        raise Problem(f"{settings.PUBLIC_URL} does not answer ({getattr(error, 'reason', error)}).") from error


def check_mail() -> None:
    try:
        mail = get_connection(fail_silently=False)
        mail.open()
        mail.close()
    except OSError as error:  # smtplib's errors are OSErrors
        raise Problem(f"EMAIL_URL: the mail server does not take us ({error}).") from error
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        raise Problem("EMAIL_URL is not set: mail is written to the log instead of being sent.")


def check_turn() -> None:
    if not (settings.TURN_URLS and settings.TURN_SECRET):
        raise Problem("TURN_URLS and TURN_SECRET are not set: from behind many firewalls nobody can be seen.")
    for url in settings.TURN_URLS:
        try:
            reach_turn(url)
        except OSError as error:
            raise Problem(f"{url} does not answer ({error}).") from error


def reach_turn(url: str) -> None:
    """Ask the server of a ``turn:`` or ``turns:`` address (RFC 7065) whether it is there. Raises OSError."""
    scheme, _colon, rest = url.partition(":")
    place, _mark, query = rest.partition("?")
    address = urlsplit(f"//{place}")
    host, port = address.hostname or "", address.port or (TURNS_PORT if scheme == "turns" else TURN_PORT)
    if scheme == "turns":
        with socket.create_connection((host, port), SECONDS) as line:
            ssl.create_default_context().wrap_socket(line, server_hostname=host).close()
    elif query == "transport=tcp":
        socket.create_connection((host, port), SECONDS).close()
    else:
        ask_stun(host, port)


def ask_stun(host: str, port: int) -> None:
    """A binding request over UDP (RFC 8489, section 5), which every TURN server answers. Raises OSError."""
    number = secrets.token_bytes(12)
    family, kind, protocol, _name, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as line:
        line.settimeout(SECONDS)
        line.connect(place)  # so that a closed port is an error at once
        line.send(struct.pack("!HHI", 0x0001, 0, STUN_MAGIC) + number)
        if line.recv(1500)[8:20] != number:
            raise OSError("it is no TURN server")


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "keys": check_keys,
    "clock": check_clock,
    "Redis": check_redis,
    "worker": check_worker,
    "beat": check_beat,
    "files": check_files,
    "public address": check_address,
    "mail": check_mail,
    "relay for video": check_turn,
}
