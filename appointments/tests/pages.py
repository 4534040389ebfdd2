"""What the tests of pages do: book step by step, sign in as somebody, and send a doctor's hours. All at NOON."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse

from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, PatientFactory, RepresentationFactory, StaffFactory

from .factories import AppointmentFactory, SlotFactory, booked

NOON = datetime(2026, 6, 8, 11, tzinfo=UTC)  # a Monday, 12:00 in Lisbon
REASON = {"reason_category": "new_problem", "symptoms": "Dizzy when I stand up."}


def choose(client, slot):
    return client.post(reverse("appointments:choose"), {"slot": slot.uid}, follow=True)


def step(name, slot):
    return reverse(f"appointments:{name}", args=[slot.uid])


def answer(client, slot, **answers):
    return client.post(step("book-reason", slot), REASON | answers, follow=True)


def confirm(client, slot, key=None):
    page = client.get(step("book-check", slot), follow=True)
    key = key or page.context["form"]["key"].value()
    return client.post(step("book-check", slot), {"key": key})


def book_all_the_way(client, slot, **answers):
    choose(client, slot)
    answer(client, slot, **answers)
    return confirm(client, slot)


def at(hours_ahead, **facts):
    return AppointmentFactory(begins=NOON + timedelta(hours=hours_ahead), **facts)


def requested(**facts):
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST)
    return booked(SlotFactory(doctor=doctor, begins=NOON + timedelta(days=1)), **facts)


def signed_in_as(client, who, appointment):
    """Sign in as somebody who stands so to the appointment; gives the user."""
    people = {
        "patient": lambda: appointment.patient.user,
        "representative": lambda: RepresentationFactory(patient=appointment.patient).user,
        "doctor": lambda: appointment.doctor.user,
        "other patient": lambda: PatientFactory().user,
        "other doctor": lambda: DoctorFactory().user,
        "staff": StaffFactory,
    }
    user = people[who]()
    client.force_login(user)
    return user


def address(name, appointment):
    return reverse(f"appointments:{name}", args=[appointment.reference])


def send(client, name, form, **fields):
    return client.post(reverse(f"doctor:{name}"), {f"{form}-{field}": value for field, value in fields.items()})


def errors_of(response):
    return response.context["form"].errors
