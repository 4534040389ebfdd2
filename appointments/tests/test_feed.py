"""The private calendar address: what it shows, to whom, and until when."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from appointments.models import Appointment, Feed
from clinic.people.tests.factories import PatientFactory, RepresentationFactory

from .factories import AppointmentFactory, booked

pytestmark = pytest.mark.django_db


def address(user):
    return reverse("calendar-feed", args=[Feed.objects.renew(user, at=timezone.now())])


def events(client, user):
    return Calendar.from_ical(client.get(address(user)).content).walk("VEVENT")


def references(client, user):
    return {str(event["UID"]).split("@")[0].removeprefix("appointment-") for event in events(client, user)}


def test_both_sides_and_who_acts_for_the_patient_see_the_visit(client):
    appointment = booked()
    acting = RepresentationFactory(patient=appointment.patient).user

    for user in (appointment.patient.user, appointment.doctor.user, acting):
        assert references(client, user) == {appointment.reference}


def test_nobody_else_sees_it(client):
    booked()

    assert references(client, PatientFactory().user) == set()


def test_who_no_longer_acts_for_the_patient_no_longer_sees_the_visits(client):
    acting = RepresentationFactory()
    booked(patient=acting.patient, by=acting.user)
    feed = address(acting.user)
    acting.delete()

    assert b"VEVENT" not in client.get(feed).content


def test_cancelled_visits_stay_as_cancelled_and_old_ones_go(client):
    cancelled = booked()
    patient = cancelled.patient
    cancelled.cancel(by=patient.user, reason="mistake")
    AppointmentFactory(patient=patient, begins=timezone.now() - timedelta(days=31))

    [event] = events(client, patient.user)

    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] > 0


def test_it_tells_programs_how_often_to_come(client):
    text = client.get(address(PatientFactory().user)).text

    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "METHOD:PUBLISH" in text


def test_nothing_clinical_and_no_names_are_in_it(client):
    appointment = AppointmentFactory(symptoms="A rash", reason_category=Appointment.Reason.MEDICINE)

    text = client.get(address(appointment.doctor.user)).text

    assert not any(word in text for word in ("rash", "edicine", appointment.patient.family_name))


def test_an_unchanged_calendar_is_not_sent_again(client):
    feed = address(booked().patient.user)
    tag = client.get(feed)["ETag"]

    assert client.get(feed, headers={"If-None-Match": tag}).status_code == 304


def test_a_new_address_replaces_the_old_one(client):
    user = PatientFactory().user
    client.force_login(user)
    first = client.post(reverse("calendar-settings")).context["address"]
    second = client.post(reverse("calendar-settings")).context["address"]

    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_the_address_is_shown_once_and_not_stored(client):
    user = PatientFactory().user
    client.force_login(user)
    token = client.post(reverse("calendar-settings")).context["address"].rsplit("/", 1)[1].removesuffix(".ics")

    assert token not in client.get(reverse("calendar-settings")).text
    assert not Feed.objects.filter(token_digest__contains=token).exists()


def test_a_removed_address_shows_nothing(client):
    user = PatientFactory().user
    feed = address(user)
    client.force_login(user)

    client.post(reverse("calendar-remove"))

    assert client.get(feed).status_code == 404


def test_who_may_no_longer_sign_in_has_no_calendar_either(client):
    user = PatientFactory().user
    feed = address(user)
    user.is_active = False
    user.save()

    assert client.get(feed).status_code == 404


def test_a_full_calendar_takes_as_many_queries_as_an_empty_one(client):
    patient = PatientFactory()
    feed = address(patient.user)

    def queries():
        with CaptureQueriesContext(connection) as made:
            client.get(feed)
        return len(made)

    queries()  # what is read once a process
    booked(patient=patient)
    few = queries()
    for _n in range(4):
        booked(patient=patient)

    assert queries() == few
