"""The help pages: open to everybody, reached from the foot of every page."""

import pytest
from django.urls import reverse

from clinic.people.tests.factories import DoctorFactory

pytestmark = pytest.mark.django_db


def test_the_foot_leads_to_help_and_on(client):
    foot = client.get(reverse("find")).content.decode()
    first = client.get(reverse("help:index")).content.decode()

    assert f'href="{reverse("help:index")}"' in foot
    for page in ("help:patients", "help:doctors"):
        assert f'href="{reverse(page)}"' in first


@pytest.mark.parametrize("page", ["index", "patients", "doctors"])
def test_help_needs_no_query_but_for_the_clinic(client, page, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        response = client.get(reverse(f"help:{page}"))

    assert response.status_code == 200


def test_doctors_reach_help_from_their_rail(client):
    client.force_login(DoctorFactory().user)

    assert f'href="{reverse("help:doctors")}"' in client.get(reverse("doctor:today")).content.decode()


@pytest.mark.parametrize("page", ["patients", "doctors"])
def test_every_heading_is_reached_from_the_top(client, page):
    words = client.get(reverse(f"help:{page}")).content.decode()

    for part in words.split('<h2 id="')[1:]:
        assert f'href="#{part.partition(chr(34))[0]}"' in words
