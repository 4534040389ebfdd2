import base64
import os
import runpy
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PRODUCTION = {"DEBUG": "0", "PUBLIC_URL": "https://clinic.example"}
SHORT_KEY = base64.b64encode(b"too short").decode()


@pytest.fixture
def load(monkeypatch):
    """Reads the settings anew, in production with `changes`; None takes a variable away."""

    def load(**changes):
        for name, value in (PRODUCTION | changes).items():
            if value is None:
                monkeypatch.delenv(name)
            else:
                monkeypatch.setenv(name, value)
        return runpy.run_path(str(settings.BASE_DIR / "clinic" / "settings.py"))

    return load


def test_production_starts_with_good_secrets(load):
    loaded = load()

    assert loaded["DEBUG"] is False
    assert loaded["SESSION_COOKIE_SECURE"]
    assert loaded["CSRF_COOKIE_SECURE"]
    assert loaded["SECURE_SSL_REDIRECT"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "too-short"),
        ("SECRET_KEY", "a" * 60),
        ("ENCRYPTION_KEYS", None),
        ("ENCRYPTION_KEYS", ""),
        ("ENCRYPTION_KEYS", SHORT_KEY),
        ("ENCRYPTION_KEYS", "not base64!"),
        ("SIGNING_KEYS", None),
        ("SIGNING_KEYS", SHORT_KEY),
        ("PUBLIC_URL", "http://clinic.example"),
    ],
)
def test_production_does_not_start_without(load, name, value):
    with pytest.raises(ImproperlyConfigured, match=name):
        load(**{name: value})


def test_a_command_says_in_one_line_what_is_not_set():
    variables = os.environ | PRODUCTION | {"ENCRYPTION_KEYS": SHORT_KEY}

    command = [sys.executable, "manage.py", "migrate"]
    run = subprocess.run(command, check=False, env=variables, cwd=settings.BASE_DIR, capture_output=True, text=True)

    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert run.stderr.startswith("ENCRYPTION_KEYS must hold")


def test_debug_is_off_unless_asked_for(load):
    assert load(DEBUG=None)["DEBUG"] is False
