"""What people read when a page cannot be shown."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from django.views.defaults import permission_denied
from redis.exceptions import RedisError

from clinic.people.tests.factories import ClinicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def harbour():
    return ClinicFactory(name="Harbour Clinic", phone="+351 210 555 010")


def test_an_unknown_address_leads_home_and_to_the_telephone(client):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "Page not found – Harbour Clinic" in response.content.decode()
    assert "+351 210 555 010" in response.content.decode()


@pytest.mark.parametrize("path", ["/nowhere/", "/doctors/nobody/"])
def test_the_demo_says_it_in_the_same_words(client, settings, path):
    settings.DEBUG = True

    response = client.get(path)

    assert response.status_code == 404
    assert "Page not found – Harbour Clinic" in response.content.decode()
    assert "URLconf" not in response.content.decode()


def test_an_address_without_its_slash_still_leads_on_in_the_demo(client, settings):
    settings.DEBUG = True

    assert client.get("/doctors").headers["Location"] == "/doctors/"


def test_a_form_from_elsewhere_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.org"})

    assert response.status_code == 403
    assert "This page was open for too long" in response.content.decode()


def test_what_one_may_not_do_is_refused_in_words():
    response = permission_denied(RequestFactory().get("/admin/"), PermissionDenied())

    assert response.status_code == 403
    assert "You may not do this" in response.content.decode()


@pytest.fixture
def broken(client, monkeypatch):
    """Calls an address whose view raises what is asked for, as production answers."""
    client.raise_request_exception = False

    def call(path, error):
        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr("clinic.views.database_is_ready", fail)
        monkeypatch.setattr("clinic.api_docs.document", fail)
        return client.get(path)

    return call


@pytest.mark.parametrize("error", [RedisError(), OperationalError(), InterfaceError()])
def test_an_outage_says_to_come_back(broken, error):
    response = broken("/health/ready", error)

    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "The portal cannot answer right now" in response.content.decode()


def test_a_mistake_of_ours_is_called_one(broken):
    response = broken("/health/ready", ValueError("secret"))

    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize(("error", "status"), [(RedisError(), 503), (ValueError(), 500)])
def test_programs_are_told_as_json(broken, error, status):
    response = broken("/api/docs/", error)

    assert response.status_code == status
    assert "Try again in a minute" in response.json()["detail"]


def test_pages_need_no_redis(client, settings):
    settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}}

    assert client.get("/").status_code == 200
    assert client.get("/doctors/").status_code == 200
