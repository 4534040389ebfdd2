"""check_setup: what is there is ok, and what is missing is said with what to do."""

import socket
import threading
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from redis import Redis

from clinic import deployment
from clinic.beat import LOCK
from clinic.deployment import CHECKS, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def stun_server():
    """Answers one datagram as RFC 8489 says: a success response with the number of the request."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer():
            request, place = server.recvfrom(1500)
            server.sendto(b"\x01\x01\x00\x00" + request[4:20], place)

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


@pytest.mark.parametrize("name", ["database", "keys", "clock", "Redis", "files"])
def test_what_the_tests_have_is_ok(name):
    assert problem_of(CHECKS[name]) == ""


def test_missing_beat_and_worker_are_named(settings, monkeypatch):
    monkeypatch.setattr(deployment.celery_app.control, "ping", lambda **_options: [])

    assert "start `celery --app clinic beat`" in problem_of(CHECKS["beat"])
    assert "start `celery --app clinic worker`" in problem_of(CHECKS["worker"])


def test_a_beat_that_ticks_is_ok(settings):
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.set(LOCK, "somebody")

    assert problem_of(CHECKS["beat"]) == ""


def test_redis_that_is_away_is_said_once(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert problem_of(CHECKS["Redis"]).startswith("REDIS_URL: no answer")
    assert problem_of(CHECKS["beat"]).startswith("This cannot be found out")


@pytest.mark.parametrize(
    ("address", "hosts", "problem"),
    [
        ("http://clinic.example", ["clinic.example"], "must start with https://"),
        ("https://clinic.example", ["other.example"], "ALLOWED_HOSTS must contain clinic.example"),
        ("https://127.0.0.1:1", ["127.0.0.1"], "does not answer"),
    ],
)
def test_an_address_that_nobody_reaches_is_found(settings, address, hosts, problem):
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS, settings.DEBUG = address, hosts, False

    assert problem in problem_of(CHECKS["public address"])


def test_the_portals_own_address_is_ok(settings, live_server):
    settings.PUBLIC_URL, settings.DEBUG = live_server.url, True

    assert problem_of(CHECKS["public address"]) == ""


def test_a_mail_server_that_is_away_is_found(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert "the mail server does not take us" in problem_of(CHECKS["mail"])


def test_mail_to_the_log_is_no_mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    assert "EMAIL_URL is not set" in problem_of(CHECKS["mail"])


def test_a_relay_is_asked_whether_it_is_there(settings, stun_server):
    settings.TURN_URLS, settings.TURN_SECRET = [f"turn:127.0.0.1:{stun_server}"], "secret"

    assert problem_of(CHECKS["relay for video"]) == ""


@pytest.mark.parametrize("kind", ["turns:127.0.0.1:1", "turn:127.0.0.1:1?transport=tcp", "turn:127.0.0.1:1"])
def test_a_relay_that_is_away_is_found(settings, kind):
    settings.TURN_URLS, settings.TURN_SECRET = [kind], "secret"

    assert f"{kind} does not answer" in problem_of(CHECKS["relay for video"])


def test_no_relay_is_said(settings):
    settings.TURN_URLS = []

    assert "TURN_URLS and TURN_SECRET are not set" in problem_of(CHECKS["relay for video"])


def test_the_command_lists_all_and_ends_with_1(monkeypatch):
    monkeypatch.setattr(deployment, "CHECKS", {"database": deployment.check_database, "beat": deployment.check_beat})
    words = StringIO()

    with pytest.raises(CommandError, match="1 of these need you"):
        call_command("check_setup", stdout=words)

    assert words.getvalue().splitlines()[0] == "ok     database"
    assert words.getvalue().splitlines()[1].startswith("to do  beat  Nothing is done by the clock")


def test_the_command_has_nothing_to_do_where_nothing_is_missing(monkeypatch):
    monkeypatch.setattr(deployment, "CHECKS", {"database": deployment.check_database})
    words = StringIO()

    call_command("check_setup", stdout=words)

    assert words.getvalue() == "ok     database\n"


def test_a_test_message_is_sent():
    call_command("check_mail", "anna@example.org", stdout=StringIO())

    assert [message.to for message in mail.outbox] == [["anna@example.org"]]


def test_a_dry_run_sends_nothing():
    words = StringIO()

    call_command("check_mail", "anna@example.org", "--dry-run", stdout=words)

    assert mail.outbox == []
    assert "would be sent from" in words.getvalue()
