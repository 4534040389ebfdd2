"""The production shape, checked without a Docker engine."""

import re
import subprocess
import sys
from pathlib import Path

import yaml
from django.conf import settings

BASE = settings.BASE_DIR
PROGRAMS = Path(sys.executable).parent
COMPOSE = (BASE / "docker-compose.yml").read_text()
SECRETS = {"SECRET_KEY", "ENCRYPTION_KEYS", "SIGNING_KEYS", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "TURN_SECRET"}


def check(*command):
    return subprocess.run(command, cwd=BASE, check=False, capture_output=True, text=True)


def test_the_compose_file_keeps_to_its_schema():
    result = check(PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")

    assert result.returncode == 0, result.stdout


def test_the_dockerfile_has_no_known_flaws():
    result = check(PROGRAMS / "hadolint", "Dockerfile")

    assert result.returncode == 0, result.stdout


def test_every_variable_of_the_compose_file_is_explained():
    used = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE))
    explained = set(re.findall(r"^([A-Z0-9_]+)=", (BASE / ".env.example").read_text(), re.MULTILINE))

    assert used == explained


def test_no_secret_has_a_default():
    for name in SECRETS:
        assert re.search(rf"\$\{{{name}:\?", COMPOSE)
        assert not re.search(rf"\$\{{{name}:?-", COMPOSE)
        assert re.search(rf"^{name}=$", (BASE / ".env.example").read_text(), re.MULTILINE)


def test_only_the_proxy_and_the_relay_are_open_to_the_world():
    services = yaml.safe_load(COMPOSE)["services"]

    assert {name for name, service in services.items() if "ports" in service} == {"proxy", "coturn"}


def test_every_lasting_service_is_watched():
    services = yaml.safe_load(COMPOSE)["services"]

    assert {name for name, service in services.items() if "healthcheck" not in service} == {"migrate"}


def test_nothing_of_the_app_runs_as_root():
    users = re.findall(r"^USER (.+)$", (BASE / "Dockerfile").read_text(), re.MULTILINE)

    assert users == ["10001"]
