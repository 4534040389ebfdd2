"""What people choose to be sent; and what they cannot choose away."""

import pytest
from django.urls import reverse

from appointments.tests.factories import booked
from clinic.notices.models import Delivery, Kind, Preference
from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory

from .factories import announced

pytestmark = pytest.mark.django_db
PAGE = "notices:preferences"
PHONE = "+351 912 345 678"


def channels_to(user, kind):
    return set(Delivery.objects.filter(notice__recipient=user, notice__kind=kind).values_list("channel", flat=True))


def moved_news_of(patient):
    """What is sent of a visit that is cancelled."""
    appointment = booked(patient=patient)
    appointment.cancel(by=patient.user, reason="other")
    announced(appointment)
    return channels_to(patient.user, Kind.CANCELLED)


def ticked(page):
    return {name for name, field in page.context["form"].fields.items() if field.initial is True}


def test_text_messages_need_a_number():
    assert moved_news_of(PatientFactory()) == {"email"}
    assert moved_news_of(PatientFactory(user__phone=PHONE)) == {"email", "sms"}


def test_a_choice_is_kept_and_followed(client):
    patient = PatientFactory(user__phone=PHONE)
    client.force_login(patient.user)
    on = ticked(client.get(reverse(PAGE))) - {"cancelled-sms"}

    client.post(reverse(PAGE), {"phone": PHONE, **dict.fromkeys(on, "on")})

    assert [(row.kind, row.channel, row.is_on) for row in Preference.objects.all()] == [("cancelled", "sms", False)]
    assert moved_news_of(patient) == {"email"}


def test_what_is_off_by_default_can_be_switched_on(client):
    patient = PatientFactory(user__phone=PHONE)
    client.force_login(patient.user)
    on = ticked(client.get(reverse(PAGE))) | {"confirmed-sms"}

    client.post(reverse(PAGE), {"phone": PHONE, **dict.fromkeys(on, "on")})
    announced(booked(patient=patient))

    assert channels_to(patient.user, Kind.CONFIRMED) == {"email", "sms"}


def test_what_must_reach_people_cannot_be_switched_off(client):
    patient = PatientFactory()
    client.force_login(patient.user)

    client.post(reverse(PAGE), {"phone": ""})
    Preference.objects.create(user=patient.user, kind=Kind.CANCELLED, channel="email", is_on=False)

    assert moved_news_of(patient) == {"email"}


def test_the_usual_needs_no_rows(client):
    patient = PatientFactory()
    client.force_login(patient.user)
    on = ticked(client.get(reverse(PAGE)))

    client.post(reverse(PAGE), {"phone": "", **dict.fromkeys(on, "on")})

    assert not Preference.objects.exists()


@pytest.mark.parametrize(
    ("maker", "sees", "not_sees"),
    [
        (lambda: PatientFactory().user, "Visit moved", "Request received"),
        (lambda: DoctorFactory().user, "Request received", "Follow-up due"),
        (StaffFactory, "Patient asked for a call", "Visit moved"),
    ],
)
def test_people_choose_among_what_concerns_them(client, maker, sees, not_sees):
    client.force_login(maker())

    page = client.get(reverse(PAGE)).content.decode()

    assert sees in page
    assert not_sees not in page


@pytest.mark.parametrize("typed", ["912345678", "none", "+1", "+351 912 345 678 999 999"])
def test_a_number_that_reaches_nobody_is_refused(client, typed):
    patient = PatientFactory(user__phone=PHONE)
    client.force_login(patient.user)

    page = client.post(reverse(PAGE), {"phone": typed}).content.decode()

    patient.user.refresh_from_db()
    assert "Enter a phone number with its country code" in page
    assert patient.user.phone == PHONE


def test_the_page_asks_the_database_little(client, django_assert_max_num_queries):
    client.force_login(PatientFactory().user)

    with django_assert_max_num_queries(14):
        client.get(reverse(PAGE))
