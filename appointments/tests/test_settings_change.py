"""A doctor's open slots follow the doctor's settings at once, not only when the hourly task comes round."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments import hours, tasks
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, SpecialtyFactory, StaffFactory

SETTINGS = {
    "zone": "Europe/Lisbon",
    "booking_mode": "instant",
    "slot_minutes": "30",
    "buffer_before_minutes": "",
    "buffer_after_minutes": "",
    "languages": ["en"],
}


@pytest.fixture
def queued(monkeypatch):
    """The doctors whose slots were put in the queue."""
    doctors: list[int] = []
    monkeypatch.setattr(tasks.open_slots_of, "delay_on_commit", doctors.append)
    return doctors


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "renews"),
    [
        ({}, False),
        ({"about": "Sees children too"}, False),
        ({"zone": "Asia/Tokyo"}, True),
        ({"slot_minutes": "20"}, True),
        ({"buffer_after_minutes": "5"}, True),
    ],
)
def test_slots_are_renewed_when_they_may_be_others_now(client, queued, change, renews):
    doctor = DoctorFactory(slot_minutes=30)
    client.force_login(doctor.user)

    client.post(reverse("settings:doctor"), SETTINGS | change)

    assert queued == ([doctor.pk] if renews else [])


@pytest.mark.django_db
def test_slots_are_renewed_when_staff_change_the_settings(client, queued):
    doctor = DoctorFactory(slot_minutes=30, specialties=[SpecialtyFactory()])
    client.force_login(StaffFactory())
    address = reverse("admin:people_doctor_change", args=[doctor.pk])
    form = client.get(address).context["adminform"].form
    sent = {name: value for name, value in form.initial.items() if value is not None}
    specialties = [specialty.pk for specialty in doctor.specialties.all()]

    client.post(address, sent | {"specialties": specialties, "slot_minutes": "15"})

    assert Doctor.objects.get(pk=doctor.pk).slot_minutes == 15
    assert queued == [doctor.pk]


@pytest.mark.django_db
def test_the_task_makes_the_open_slots_what_the_new_settings_say():
    doctor = DoctorFactory(slot_minutes=30)
    at = timezone.now()
    day = (at + timedelta(days=2)).weekday()
    hours.add_hours(doctor, at=at, weekday=day, starts=time(9), ends=time(10))
    before = doctor.slots.count()
    doctor.slot_minutes = 15
    doctor.save()

    tasks.open_slots_of(doctor.pk)

    assert doctor.slots.count() == 2 * before
