"""What Prometheus reads: requests by route, queue, heartbeats, engines."""

import socket
from urllib.request import urlopen

import pytest
from django.urls import reverse
from prometheus_client import REGISTRY

from clinic import heartbeats, metrics
from clinic.metrics import Pulse, serve

pytestmark = pytest.mark.django_db(transaction=True)


def count(route, method="GET", status="200"):
    labels = {"route": route, "method": method, "status": status}
    return REGISTRY.get_sample_value("clinic_requests_total", labels) or 0


def pulse():
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in Pulse().collect()
        for sample in family.samples
    }


def test_requests_are_counted_by_route_and_never_by_path(client):
    before = count("/verify/<str:code>/", status="404")

    client.get("/verify/7K3M2Q9AX4TBW5RC/")

    assert count("/verify/<str:code>/", status="404") == before + 1
    assert not [sample for family in REGISTRY.collect() for sample in family.samples if "7K3M" in str(sample.labels)]


def test_made_up_addresses_and_methods_make_no_new_rows(client):
    before = count("an address that is no page", "other", "404")
    for number in range(3):
        client.generic(f"METHOD{number}", f"/nowhere/{number}/")

    assert count("an address that is no page", "other", "404") == before + 3


def test_health_checks_are_not_counted(client):
    client.get(reverse("health-live"))

    assert count("/health/live") == 0


def test_the_pulse_tells_of_engines_queue_and_heartbeats():
    heartbeats.note("worker")

    found = pulse()

    assert found["clinic_database_up",] == found["clinic_redis_up",] == 1
    assert found["clinic_queue_length",] == 0
    assert 0 <= found["clinic_heartbeat_age_seconds", "worker"] < 60
    assert (
        found["clinic_heartbeat_age_seconds", "beat"] != found["clinic_heartbeat_age_seconds", "beat"]
    )  # not a number


def test_the_pulse_goes_on_without_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert pulse()["clinic_redis_up",] == 0


def test_each_process_takes_the_next_free_port(settings, monkeypatch):
    monkeypatch.setattr(metrics.REGISTRY, "register", lambda _collector: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.METRICS_PORT = taken.getsockname()[1]

        port = serve()

        assert port > settings.METRICS_PORT
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"clinic_requests_total" in answer.read()


def test_without_a_port_nothing_listens():
    assert serve() is None
