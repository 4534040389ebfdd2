"""What staff see of visits: which there are and what happened, not where people are."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people.tests.factories import StaffFactory, staff_in
from televisit.tests.factories import a_visit, both_in

pytestmark = pytest.mark.django_db


def test_staff_find_a_visit_by_code_reference_or_name(client):
    visit, other = a_visit(), a_visit()
    client.force_login(StaffFactory())

    for words in (visit.code, visit.appointment.reference, visit.appointment.patient.family_name):
        page = client.get(reverse("admin:televisit_visit_changelist"), {"q": words}).content.decode()
        assert visit.spoken_code in page
        assert other.spoken_code not in page


def test_staff_see_what_happened_but_not_where_people_are(client):
    visit = a_visit()
    both_in(visit)
    client.force_login(StaffFactory())

    page = client.get(reverse("admin:televisit_visit_change", args=[visit.pk])).content.decode()

    assert "Came to the waiting room" in page
    assert "Harbour" not in page


def test_nobody_changes_a_visit_by_hand(client):
    visit = a_visit()
    client.force_login(StaffFactory())

    client.post(reverse("admin:televisit_visit_change", args=[visit.pk]), {"status": 2, "code": "X"})

    visit.refresh_from_db()
    assert visit.status == 0
    assert client.get(reverse("admin:televisit_visit_add")).status_code == 403
    assert client.post(reverse("admin:televisit_visit_delete", args=[visit.pk])).status_code == 403


def test_the_page_of_a_held_visit_takes_few_queries_for_who_is_limited_to_a_clinic(
    client, django_assert_max_num_queries
):
    visit = a_visit()
    both_in(visit)
    visit.end(by=visit.host.user, at=timezone.now())
    client.force_login(staff_in("manager", visit.clinic))
    page = reverse("admin:televisit_visit_change", args=[visit.pk])
    client.get(page)

    with django_assert_max_num_queries(12):
        answer = client.get(page)

    assert answer.status_code == 200
