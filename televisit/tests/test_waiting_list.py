"""Who waits, on the doctor's day."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.people.tests.factories import DoctorFactory, PatientFactory
from televisit.models.participants import GONE_AFTER

from .factories import SOON, a_seat_of_the_patient, a_visit, both_in

pytestmark = pytest.mark.django_db
EARLIER = timedelta(minutes=-15)  # 20 minutes before the other one


def waiting_for(client, doctor):
    client.force_login(doctor.user)
    return list(client.get(reverse("televisit:waiting-list")).context["waiting"])


def test_everybody_who_waits_for_the_doctor_is_listed_who_came_first_leads(client):
    doctor = DoctorFactory()
    running, next_one = a_visit(doctor=doctor, starts_in=EARLIER), a_visit(doctor=doctor)
    came_first, came_second = a_seat_of_the_patient(next_one), a_seat_of_the_patient(running)

    assert waiting_for(client, doctor) == [came_first, came_second]


def test_who_waits_for_another_doctor_is_not_listed(client):
    a_seat_of_the_patient(a_visit())

    assert waiting_for(client, DoctorFactory()) == []


def test_who_was_let_in_does_not_wait_any_more(client):
    visit = a_visit()
    both_in(visit)

    assert waiting_for(client, visit.host) == []


def test_who_went_away_is_not_listed(client):
    visit = a_visit()
    a_seat_of_the_patient(visit)

    with time_machine.travel(timezone.now() + GONE_AFTER, tick=False):
        assert waiting_for(client, visit.host) == []


def test_the_list_leads_to_the_room_and_says_the_age(client):
    visit = a_visit()
    a_seat_of_the_patient(visit)
    client.force_login(visit.host.user)

    page = client.get(reverse("televisit:waiting-list"))

    assert reverse("televisit:room", args=[visit.code]) in page.text
    assert "years old" in page.text


@pytest.mark.parametrize("starts", [[SOON], [EARLIER, SOON]])
def test_the_list_takes_as_many_queries_for_two_as_for_one(client, django_assert_max_num_queries, starts):
    doctor = DoctorFactory()
    for starts_in in starts:
        a_seat_of_the_patient(a_visit(doctor=doctor, starts_in=starts_in))
    client.force_login(doctor.user)
    client.get(reverse("televisit:waiting-list"))

    with django_assert_max_num_queries(8):
        client.get(reverse("televisit:waiting-list"))


def test_it_is_for_doctors_only(client):
    client.force_login(PatientFactory().user)

    assert client.get(reverse("televisit:waiting-list")).status_code == 403
