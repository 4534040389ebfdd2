"""Booking by phone: staff find or enter the patient, book a time, and give access; override with a reason."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import Appointment, Slot
from clinic.audit.models import AuditEntry
from clinic.people.models import Patient
from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory

from .factories import AvailabilityFactory, SlotFactory, TimeOffFactory, booked

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANA = {"given_name": "Ana", "family_name": "Ferreira", "phone": "+351 912 345 678"}
BORN = {"birth_date_day": "27", "birth_date_month": "3", "birth_date_year": "1954"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def staff(client):
    staff = StaffFactory(zone="Europe/Lisbon")
    client.force_login(staff)
    return staff


@pytest.fixture
def caller():
    return PatientFactory(user=None, birth_date="1954-03-27", **ANA)


def page(name, patient, **query):
    return reverse(f"desk:{name}", args=[patient.uid], query=query or None)


def book(client, patient, slot, **words):
    key = client.get(page("book", patient, slot=slot.uid)).context["form"]["key"].value()
    facts = {"slot": slot.uid, "key": key, "reason_category": "medicine", "symptoms": "Tired.", **words}
    return client.post(page("book", patient), facts)


# Who calls?


@pytest.mark.parametrize("words", ["ferr", "ana ferreira", "912 345", "1954-03-27", "Ana 1954-03-27"])
def test_a_caller_is_found_by_what_they_say(client, staff, caller, words):
    PatientFactory()

    answer = client.get(reverse("desk:who"), {"q": words})

    assert list(answer.context["patients"]) == [caller]


def test_an_empty_search_lists_nobody(client, staff, caller):
    assert not client.get(reverse("desk:who"), {"q": " "}).context["patients"]


def test_a_long_list_of_callers_takes_as_many_queries_as_a_short_one(client, staff, caller):
    def look():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("desk:who"), {"q": "ferreira"})
        return len(answer.context["patients"]), len(queries)

    look()
    _one, queries_of_one = look()
    PatientFactory.create_batch(25, family_name="Ferreira")

    assert look() == (20, queries_of_one)


def test_a_new_patient_is_entered_and_that_is_on_record(client, staff):
    answer = client.post(reverse("desk:new-patient"), ANA | BORN)

    patient = Patient.objects.get()
    assert answer.url == page("times", patient)
    assert (patient.name, patient.user) == ("Ana Ferreira", None)
    assert AuditEntry.objects.filter(action="created", patient=patient, actor=staff).exists()


@pytest.mark.parametrize(
    "other",
    [
        {"phone": ANA["phone"]},
        {"given_name": "ANA", "family_name": "ferreira"},
        {"family_name": "Ferreira", "birth_date": "1954-03-27"},
    ],
)
def test_somebody_alike_is_shown_before_a_new_patient_is_entered(client, staff, other):
    known = PatientFactory(**other)

    answer = client.post(reverse("desk:new-patient"), ANA | BORN)

    assert answer.context["form"].alike == [known]
    assert Patient.objects.count() == 1


def test_staff_may_say_that_it_is_somebody_else(client, staff, caller):
    client.post(reverse("desk:new-patient"), ANA | BORN | {"is_new": "on"})

    assert Patient.objects.count() == 2


# Booking


def test_staff_book_what_the_portal_offers(client, staff, caller):
    slot = SlotFactory(begins=NOON + timedelta(days=1))
    assert slot.uid in client.get(page("times", caller)).text

    answer = book(client, caller, slot)

    appointment = Appointment.objects.get()
    assert answer.url == reverse("desk:booked", args=[appointment.reference])
    assert (appointment.patient, appointment.booked_by, appointment.slot) == (caller, staff, slot)
    assert appointment.reference in client.get(answer.url).text


def test_the_limit_of_open_appointments_does_not_bind_staff(client, staff, caller):
    doctor = DoctorFactory(clinic__open_appointments_limit=1)
    booked(SlotFactory(doctor=doctor), patient=caller, by=staff)

    book(client, caller, SlotFactory(doctor=doctor))

    assert caller.appointments.count() == 2


def test_staff_do_not_see_the_callers_words_afterwards(client, staff, caller):
    answer = book(client, caller, SlotFactory(), symptoms="A rash on both arms.")

    appointment = Appointment.objects.get()
    pages = (answer.url, appointment.get_absolute_url(), f"/admin/appointments/appointment/{appointment.pk}/change/")
    assert appointment.symptoms == "A rash on both arms."
    assert not any("rash" in client.get(address).text for address in pages)


def test_pressing_the_button_twice_books_once(client, staff, caller):
    slot = SlotFactory()
    key = client.get(page("book", caller, slot=slot.uid)).context["form"]["key"].value()
    facts = {"slot": slot.uid, "key": key, "reason_category": "medicine", "symptoms": ""}

    answers = [client.post(page("book", caller), facts) for _press in range(2)]

    assert answers[0].url == answers[1].url
    assert Appointment.objects.count() == 1


def test_a_time_that_is_gone_leaves_what_was_typed_and_offers_the_nearest(client, staff, caller):
    slot = SlotFactory()
    near = SlotFactory(doctor=slot.doctor)
    key = client.get(page("book", caller, slot=slot.uid)).context["form"]["key"].value()
    Slot.objects.filter(pk=slot.pk).update(held_until=None)
    booked(slot)

    answer = client.post(
        page("book", caller), {"slot": slot.uid, "key": key, "reason_category": "medicine", "symptoms": "Tired."}
    )

    assert answer.status_code == 409
    assert near.uid in answer.text
    assert "Tired." in answer.text


def test_a_slot_that_does_not_exist_leads_back_to_the_times(client, staff, caller):
    assert client.get(page("book", caller, slot="NOSUCHSLOT000000")).url == page("times", caller)


# Times of the clinic's own choosing


def own_time(client, patient, doctor, **facts):
    form = {
        "patient": patient.uid,
        "doctor": doctor.pk,
        "day": "2026-11-23",
        "clock": "09:00",
        "minutes": "20",
        "reason_category": "other",
        "key": "k",
    }
    return client.post(page("own-time", patient), form | facts)


@pytest.fixture
def doctor():
    """Works on Mondays from 9 to 12; 23 November 2026 is one."""
    return AvailabilityFactory(doctor__slot_minutes=20).doctor


def test_an_ordinary_time_asks_nothing_more(client, staff, caller, doctor):
    own_time(client, caller, doctor)

    appointment = Appointment.objects.get()
    assert appointment.starts_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert appointment.events.get().note == ""


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"clock": "20:00"}, "outside of the hours"),
        ({"clock": "11:50"}, "outside of the hours"),
        ({"minutes": "60"}, "It takes 60 minutes"),
        ({"day": "2026-11-16"}, "It is in the past"),
    ],
)
@pytest.mark.usefixtures("staff")
def test_an_unusual_time_is_told_and_needs_a_reason(client, caller, doctor, facts, words):
    refused = own_time(client, caller, doctor, **facts)

    assert words in refused.text
    assert not Appointment.objects.exists()

    own_time(client, caller, doctor, because="The patient works at night.", anyway="on", **facts)

    assert Appointment.objects.get().events.get().note == "The patient works at night."
    assert not Appointment.objects.get().overbooked


@pytest.mark.usefixtures("staff")
def test_the_patient_reads_why_the_time_is_unusual(client, doctor):
    patient = PatientFactory()
    own_time(client, patient, doctor, clock="20:00", because="The patient works at night.", anyway="on")
    client.force_login(patient.user)

    assert "The patient works at night." in client.get(Appointment.objects.get().get_absolute_url()).text


def test_a_double_booking_is_told_and_marked(client, staff, caller, doctor):
    other = booked(SlotFactory(doctor=doctor, begins=datetime(2026, 11, 23, 9, tzinfo=UTC)))

    refused = own_time(client, caller, doctor)
    own_time(client, caller, doctor, because="It cannot wait.", anyway="on")

    assert "has another visit from 09:00 to 09:20" in refused.text
    assert other.patient.name not in refused.text
    assert Appointment.objects.get(patient=caller).overbooked


def test_time_off_is_told(client, staff, caller, doctor):
    TimeOffFactory(doctor=doctor, begins=datetime(2026, 11, 23, tzinfo=UTC))

    assert "has time off then" in own_time(client, caller, doctor).text


@pytest.mark.parametrize("facts", [{"day": "2028-01-01"}, {"minutes": "300"}, {"minutes": "0"}, {"clock": "25:00"}])
def test_a_time_that_makes_no_sense_is_refused(client, staff, caller, doctor, facts):
    answer = own_time(client, caller, doctor, because="No reason.", anyway="on", **facts)

    assert answer.context["form"].errors
    assert not Appointment.objects.exists()


def test_a_time_that_the_clocks_skip_is_refused(client, staff, caller, doctor):
    answer = own_time(client, caller, doctor, day="2027-03-28", clock="01:30", because="Night.", anyway="on")

    assert "this time is skipped" in answer.text


def test_the_same_form_sent_twice_books_once(client, staff, caller, doctor):
    answers = [own_time(client, caller, doctor) for _press in range(2)]

    assert answers[0].url == answers[1].url
    assert Appointment.objects.count() == 1
