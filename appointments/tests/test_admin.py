"""Django's admin for hours, slots and appointments."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from appointments import hours
from appointments.models import Appointment, Availability, Closure, Slot, TimeOff
from clinic.audit.models import AuditEntry
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory

from .factories import AppointmentFactory, AvailabilityFactory, SlotFactory, booked

pytestmark = pytest.mark.django_db
KINDS = ("appointment", "availability", "closure", "oncall", "slot", "timeoff")


@pytest.fixture
def staff(client):
    staff = StaffFactory()
    client.force_login(staff)
    return staff


def page(name: str, kind: str, *args: int) -> str:
    return reverse(f"admin:appointments_{kind}_{name}", args=args)


def act(client, kind: str, action: str, *rows, **more):
    body = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(page("changelist", kind), body, follow=True)


@pytest.mark.parametrize(("who", "status"), [("patient", 302), ("doctor", 302), ("staff", 200)])
@pytest.mark.parametrize("kind", KINDS)
def test_who_opens_the_lists(client, who, status, kind):
    users = {"patient": lambda: PatientFactory().user, "doctor": lambda: DoctorFactory().user, "staff": StaffFactory}
    client.force_login(users[who]())

    assert client.get(page("changelist", kind)).status_code == status


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_of_appointments_is_constant_in_queries(client, staff, django_assert_max_num_queries, number):
    for _ in range(number):
        AppointmentFactory()

    with django_assert_max_num_queries(15):
        response = client.get(page("changelist", "appointment"))

    assert len(response.context["cl"].result_list) == number


@pytest.mark.parametrize("query", ["reference", "patient", "doctor"])
def test_staff_find_an_appointment(client, staff, query):
    appointment = AppointmentFactory()
    AppointmentFactory()
    words = {
        "reference": appointment.reference,
        "patient": appointment.patient.family_name,
        "doctor": appointment.doctor.user.email,
    }

    found = client.get(page("changelist", "appointment"), {"q": words[query]}).context["cl"].result_list

    assert list(found) == [appointment]


def test_that_staff_have_read_an_appointment_is_in_the_audit_log(client, staff):
    appointment = AppointmentFactory()

    client.get(page("changelist", "appointment"))
    client.get(page("change", "appointment", appointment.pk))

    line = AuditEntry.objects.get()
    assert (line.action, line.actor, line.patient) == ("read", staff, appointment.patient)
    assert line.subject_id == appointment.reference


def test_staff_see_no_symptoms(client, staff):
    appointment = AppointmentFactory(symptoms="A most private rash.")

    response = client.get(page("change", "appointment", appointment.pk))

    assert response.status_code == 200
    assert "private rash" not in response.content.decode()


def test_the_page_of_an_appointment_has_nothing_to_save_and_says_the_end_in_words(client, staff):
    appointment = AppointmentFactory()

    text = client.get(page("change", "appointment", appointment.pk)).content.decode()

    assert 'name="_save"' not in text
    assert "Ends:" in text
    assert "+00:00" not in text


def test_cancelling_needs_a_reason(client, staff):
    appointment = AppointmentFactory()

    response = act(client, "appointment", "cancel", appointment)

    appointment.refresh_from_db()
    assert appointment.status == Appointment.Status.CONFIRMED
    assert "Choose a reason" in response.content.decode()


def test_staff_cancel_with_a_reason(client, staff):
    appointment = AppointmentFactory()

    act(client, "appointment", "cancel", appointment, reason="doctor_unavailable")

    appointment.refresh_from_db()
    assert (appointment.status, appointment.end_reason) == ("cancelled", "doctor_unavailable")
    assert appointment.events.get().actor == staff


def test_an_action_says_which_rows_the_rules_refuse(client, staff):
    asked = booked(SlotFactory(doctor=DoctorFactory(booking_mode=Doctor.Mode.REQUEST)))
    confirmed = booked()

    response = act(client, "appointment", "accept", asked, confirmed)

    text = response.content.decode()
    assert "1 request accepted." in text
    assert f"{confirmed.reference}: This appointment has moved on" in text


def test_a_booked_slot_is_not_withdrawn(client, staff):
    slot = SlotFactory()
    booked(slot)

    act(client, "slot", "withdraw", slot)

    slot.refresh_from_db()
    assert slot.status == Slot.Status.BOOKED


def test_hours_added_by_staff_open_slots(client, staff):
    doctor = DoctorFactory()
    body = {"doctor": doctor.pk, "weekday": 1, "starts": "09:00", "ends": "10:00", "valid_from": "2026-01-01"}

    client.post(page("add", "availability"), body)

    assert doctor.slots.exists()


def test_hours_deleted_by_staff_close_them(client, staff):
    doctor = DoctorFactory()
    body = {"doctor": doctor.pk, "weekday": 1, "starts": "09:00", "ends": "10:00", "valid_from": "2026-01-01"}
    client.post(page("add", "availability"), body)

    client.post(page("delete", "availability", Availability.objects.get().pk), {"post": "yes"})

    assert not doctor.slots.exists()


def test_time_off_ending_before_it_starts_is_refused(client, staff):
    body = {"doctor": DoctorFactory().pk, "start_0": "2027-01-02", "start_1": "10:00"}
    body |= {"end_0": "2027-01-02", "end_1": "09:00"}

    response = client.post(page("add", "timeoff"), body)

    assert "The end must come after the start." in response.content.decode()
    assert not TimeOff.objects.exists()


def test_a_booked_time_of_hours_that_staff_changed_is_gone_once_it_is_free(client, staff):
    doctor = DoctorFactory()
    body = {"doctor": doctor.pk, "weekday": 1, "starts": "09:00", "ends": "10:00", "valid_from": "2026-01-01"}
    client.post(page("add", "availability"), body)
    appointment = booked(doctor.slots.last())

    client.post(page("change", "availability", Availability.objects.get().pk), {**body, "weekday": 2})
    appointment.cancel(by=staff, reason="other")

    assert not doctor.slots.filter(period=appointment.period).exists()


CLOSED = {"name": "Christmas", "first_day": "2027-01-11", "last_day": "2027-01-12"}


@pytest.fixture
def early_in_january(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    with time_machine.travel(datetime(2027, 1, 4, 12, tzinfo=UTC), tick=False):
        yield


def test_staff_close_a_clinic_for_days_of_its_calendar(client, early_in_january, django_capture_on_commit_callbacks):
    client.force_login(StaffFactory())
    doctor = AvailabilityFactory(weekday=0).doctor
    hours.open_slots(doctor, at=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("add", "closure"), CLOSED | {"clinic": doctor.clinic.pk})

    closure = Closure.objects.get()
    assert (f"{closure.first_day}", f"{closure.last_day}") == ("2027-01-11", "2027-01-12")
    assert doctor.slots.exists()
    assert not doctor.slots.filter(period__overlap=closure.period).exists()


def test_a_closure_names_the_visits_that_are_booked_then(client, early_in_january):
    client.force_login(StaffFactory())
    visit = AppointmentFactory(begins=datetime(2027, 1, 11, 9, tzinfo=UTC))

    response = client.post(page("add", "closure"), CLOSED | {"clinic": visit.clinic.pk}, follow=True)

    assert visit.reference in response.text


@pytest.mark.parametrize(
    "days", [{"last_day": "2027-01-10"}, {"last_day": "9999-12-31"}, {"first_day": "soon"}, {"clinic": ""}]
)
def test_an_impossible_closure_is_refused(client, early_in_january, days):
    client.force_login(StaffFactory())
    clinic = DoctorFactory().clinic

    response = client.post(page("add", "closure"), CLOSED | {"clinic": clinic.pk} | days)

    assert response.status_code == 200
    assert not Closure.objects.exists()


def test_staff_who_take_hours_away_read_which_visits_lie_outside_now(client, staff):
    doctor = DoctorFactory()
    body = {"doctor": doctor.pk, "weekday": 1, "starts": "09:00", "ends": "10:00", "valid_from": "2026-01-01"}
    client.post(page("add", "availability"), body)
    visit = booked(doctor.slots.last())

    change = page("change", "availability", Availability.objects.get().pk)
    response = client.post(change, {**body, "weekday": 2}, follow=True)

    assert f"cancel or move: {visit.reference}" in response.text
