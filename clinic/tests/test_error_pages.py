"""What people read when a page cannot be shown."""

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.views.defaults import permission_denied

from clinic.people.tests.factories import ClinicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def harbour():
    cache.clear()  # the clinic on every page is kept there
    return ClinicFactory(name="Harbour Clinic", phone="+351 210 555 010")


def test_an_unknown_address_leads_home_and_to_the_telephone(client):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "Page not found – Harbour Clinic" in response.content.decode()
    assert "+351 210 555 010" in response.content.decode()


def test_a_form_from_elsewhere_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.org"})

    assert response.status_code == 403
    assert "This page was open for too long" in response.content.decode()


def test_what_one_may_not_do_is_refused_in_words():
    response = permission_denied(RequestFactory().get("/admin/"), PermissionDenied())

    assert response.status_code == 403
    assert "You may not do this" in response.content.decode()
