"""A NUL in an address is nobody's page."""

import pytest
from django.urls import reverse

from clinic.people.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/record/charts/%00/", "/record/?patient=a%00b", "/%00", "/api/v1/charts/%00/"])
def test_it_is_a_bad_request(client, address):
    client.force_login(PatientFactory().user)

    assert client.get(address).status_code == 400


def test_other_addresses_are_left_alone(client):
    assert client.get(reverse("account_login"), {"next": "/record/?a=%2500"}).status_code == 200
