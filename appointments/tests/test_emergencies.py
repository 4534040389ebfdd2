"""Emergencies go to whoever is on call; the first to take one has it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments import tasks
from appointments.errors import AlreadyTaken, NobodyOnCall, NotOnCall, OverlapsOwnAppointment
from appointments.models import Appointment, AppointmentEvent, OnCall, Slot
from clinic.people.tests.factories import ClinicFactory, DoctorFactory, PatientFactory, SpecialtyFactory, StaffFactory

from .factories import AppointmentFactory, SlotFactory, booked, period_from

pytestmark = pytest.mark.django_db

Status, Kind = Appointment.Status, AppointmentEvent.Kind
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def on_call(**facts):
    doctor = DoctorFactory(**facts)
    OnCall.objects.create(doctor=doctor, period=period_from(timezone.now() - HOUR, 8 * HOUR))
    return doctor


@pytest.fixture
def doctor():
    return on_call()


def emergency(patient=None) -> Appointment:
    patient = patient or PatientFactory()
    facts = {"by": patient.user, "at": timezone.now(), "symptoms": "Cannot keep anything down."}
    return Appointment.objects.call_for_help(patient=patient, **facts)


def test_an_emergency_has_neither_time_nor_doctor(doctor):
    asked = emergency()

    assert (asked.status, asked.doctor, asked.period, asked.is_emergency) == (Status.REQUESTED, None, None, True)


def test_nobody_on_call_means_no_emergency():
    DoctorFactory()

    with pytest.raises(NobodyOnCall):
        emergency()


def test_who_asks_for_a_specialty_waits_for_its_doctors(doctor):
    surgeon, surgery = on_call(), SpecialtyFactory()
    surgeon.specialties.add(surgery)
    patient = PatientFactory()
    facts = {"patient": patient, "by": patient.user, "at": timezone.now(), "symptoms": "Cannot keep anything down."}

    asked = Appointment.objects.call_for_help(specialty=surgery, **facts)

    assert Appointment.objects.visible_to(surgeon.user).contains(asked)
    assert not Appointment.objects.visible_to(doctor.user).contains(asked)
    with pytest.raises(NotOnCall):
        asked.take(doctor, at=timezone.now())


def test_a_specialty_of_which_nobody_is_on_call_is_refused(client, doctor):
    patient, other = PatientFactory(), SpecialtyFactory()
    client.force_login(patient.user)
    body = {"symptoms": "Cannot keep anything down.", "specialty": other.slug}

    answer = client.post("/api/v1/appointments/emergency/", body, "application/json")

    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_on_call")
    assert not Appointment.objects.exists()


def test_an_ordinary_booking_is_urgent_only_while_somebody_is_on_call():
    slot = SlotFactory()
    with pytest.raises(NobodyOnCall):
        booked(slot, is_emergency=True)

    on_call()

    assert booked(slot, is_emergency=True).is_emergency


def test_asking_twice_is_one_emergency(doctor):
    patient = PatientFactory()

    assert emergency(patient) == emergency(patient)


def test_who_takes_it_has_it_with_a_visit_that_is_open_now(doctor):
    asked = emergency()

    asked.take(doctor, at=timezone.now())

    assert (asked.status, asked.doctor, asked.visit.host) == (Status.CONFIRMED, doctor, doctor)
    assert asked.visit.phase(timezone.now()) == "open"


def test_the_second_doctor_is_told(doctor):
    asked = emergency()
    asked.take(doctor, at=timezone.now())

    with pytest.raises(AlreadyTaken):
        asked.take(on_call(), at=timezone.now())


def test_who_is_not_on_call_takes_nothing(doctor):
    with pytest.raises(NotOnCall):
        emergency().take(DoctorFactory(), at=timezone.now())


def test_an_emergency_goes_before_the_doctors_own_visits(doctor):
    AppointmentFactory(doctor=doctor, begins=timezone.now() - MINUTE)
    asked = emergency()

    asked.take(doctor, at=timezone.now())

    assert asked.overbooked


def test_it_ends_where_the_patients_next_visit_begins(doctor):
    asked = emergency()
    following = AppointmentFactory(patient=asked.patient, begins=timezone.now() + 10 * MINUTE)

    asked.take(doctor, at=timezone.now())

    assert asked.period.upper == following.period.lower


def test_who_is_in_a_visit_calls_nobody_else(doctor):
    patient = PatientFactory()
    AppointmentFactory(patient=patient, begins=timezone.now() - MINUTE)

    with pytest.raises(OverlapsOwnAppointment):
        emergency(patient)


def test_what_the_doctor_offered_meanwhile_is_offered_no_more(doctor):
    free = SlotFactory(doctor=doctor, begins=timezone.now() + 5 * MINUTE)

    emergency().take(doctor, at=timezone.now())

    free.refresh_from_db()
    assert free.status == Slot.Status.COVERED


@pytest.mark.parametrize(("minutes", "kinds"), [(1, []), (2, [Kind.UNTAKEN]), (5, [Kind.UNTAKEN, Kind.STILL_UNTAKEN])])
def test_what_nobody_takes_is_told_after_two_and_five_minutes(doctor, minutes, kinds):
    asked = emergency()
    at = asked.created_at + minutes * MINUTE

    asked.tell_untaken(at=at)
    asked.tell_untaken(at=at)

    assert list(asked.events.exclude(kind=Kind.REQUESTED).values_list("kind", flat=True)) == kinds


def test_the_task_looks_at_what_nobody_has_taken(settings, doctor):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    asked = emergency()
    Appointment.objects.update(created_at=timezone.now() - 3 * MINUTE)

    tasks.chase_emergencies()

    assert asked.events.filter(kind=Kind.UNTAKEN).exists()


def test_doctors_on_call_see_and_read_it_and_others_do_not(client, doctor):
    asked = emergency()

    found = {}
    for each in (doctor, DoctorFactory()):
        client.force_login(each.user)
        found[each] = [
            client.get(asked.get_absolute_url()).status_code,
            asked in client.get("/doctor/requests/").context["requests"],
        ]

    assert list(found.values()) == [[200, True], [404, False]]


def test_a_doctor_takes_it_from_the_list(client, doctor):
    asked = emergency()
    client.force_login(doctor.user)

    client.post(reverse("doctor:take", args=[asked.reference]))

    asked.refresh_from_db()
    assert asked.doctor == doctor


def test_the_others_read_who_took_it(client, doctor):
    asked, other = emergency(), on_call()
    asked.take(doctor, at=timezone.now())
    client.force_login(other.user)

    assert doctor.name in client.get("/doctor/requests/").content.decode()


def test_a_patient_asks_on_a_page_of_its_own(client, doctor):
    patient = PatientFactory()
    client.force_login(patient.user)

    client.post(reverse("appointments:emergency"), {"patient": patient.uid, "symptoms": "Very dizzy."})

    assert Appointment.objects.get().symptoms == "Very dizzy."


def test_without_anybody_on_call_the_page_has_the_numbers_and_no_form(client):
    doctor = DoctorFactory(clinic__emergency_phone="112", clinic__out_of_hours_phone="808 24 24 24")
    client.force_login(PatientFactory().user)

    page = client.get(reverse("appointments:emergency")).content.decode()

    assert doctor.clinic.out_of_hours_phone in page
    assert "Call a doctor" not in page


def test_after_five_minutes_the_page_says_to_call(client, doctor):
    asked = emergency()
    Appointment.objects.update(created_at=timezone.now() - 5 * MINUTE)
    client.force_login(asked.patient.user)

    assert "Do not wait: call now." in client.get(asked.get_absolute_url()).content.decode()


def test_the_page_says_who_has_taken_it(client, doctor):
    asked = emergency()
    asked.take(doctor, at=timezone.now())
    client.force_login(asked.patient.user)

    page = client.get(asked.get_absolute_url()).text

    assert "has taken it: come in now." in page
    now = page[page.index('id="now"') : page.index("</dl>")]
    assert "Confirmed" in now


def test_a_patient_withdraws_what_nobody_has_taken(client, doctor):
    asked = emergency()
    client.force_login(asked.patient.user)
    address = reverse("appointments:cancel", args=[asked.reference])

    assert "A doctor at once" in client.get(address).content.decode()
    client.post(address, {"reason": "feeling_better"})

    asked.refresh_from_db()
    assert asked.status == Status.CANCELLED


def test_staff_decline_what_nobody_has_taken(client, doctor):
    client.force_login(StaffFactory())

    page = client.get(reverse("appointments:decline", args=[emergency().reference]))

    assert page.status_code == 200


def test_without_a_time_there_is_nothing_to_confirm_and_without_a_doctor_no_chat(client, doctor):
    asked = emergency()
    client.force_login(asked.patient.user)

    assert client.get(reverse("appointments:booked", args=[asked.reference])).url == asked.get_absolute_url()
    assert client.get(reverse("chat:panel", args=[asked.reference])).status_code == 404


def test_home_leads_back_to_the_emergency(client, doctor):
    client.force_login(emergency().patient.user)

    page = client.get(reverse("appointments:list")).content.decode()

    assert "You asked for a doctor at once." in page


def test_programs_call_for_help_too(client, doctor):
    patient = PatientFactory()
    client.force_login(patient.user)

    answer = client.post("/api/v1/appointments/emergency/", {"symptoms": "Very dizzy."}, "application/json")

    assert (answer.status_code, answer.json()["doctor"], answer.json()["status"]) == (201, None, "requested")


@pytest.mark.parametrize("page", ["account_login", "account_signup", "account_request_login_code"])
def test_who_must_sign_in_first_reads_whom_to_call_meanwhile(client, page):
    clinic = ClinicFactory(emergency_phone="112")

    on_the_way = client.get(reverse(page), {"next": reverse("appointments:emergency")}).content.decode()
    elsewhere = client.get(reverse(page)).content.decode()

    assert f'href="tel:{clinic.emergency_phone}"' in on_the_way
    assert f'href="tel:{clinic.emergency_phone}"' not in elsewhere
