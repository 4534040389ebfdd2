"""The pages and calls of moving, offering, coming late and handing over."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment, AppointmentEvent, Slot
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, SpecialtyFactory, StaffFactory

from .factories import AppointmentFactory, SlotFactory, booked

pytestmark = pytest.mark.django_db

Status = Appointment.Status
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def doctor():
    return DoctorFactory(user__zone="Europe/Lisbon")


@pytest.fixture
def appointment(client, doctor):
    """Just booked, its patient signed in."""
    appointment = booked(SlotFactory(doctor=doctor))
    client.force_login(appointment.patient.user)
    return appointment


def page(appointment, name="detail"):
    return reverse(f"appointments:{name}", args=[appointment.reference])


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_patient_picks_another_time(client, doctor, appointment):
    new = SlotFactory(doctor=doctor)

    client.post(page(appointment, "move"), {"slot": new.uid, "seen": appointment.version})

    appointment.refresh_from_db()
    assert appointment.slot == new


def test_a_time_that_is_gone_is_said_and_nothing_changes(client, doctor, appointment):
    gone = SlotFactory(doctor=doctor, status=Slot.Status.BOOKED)

    answer = client.post(page(appointment, "move"), {"slot": gone.uid})

    assert "Somebody else has just taken this time." in text_of(answer)
    assert Appointment.objects.get().starts_at == appointment.starts_at


def test_the_link_of_a_moved_appointment_shows_the_new_time(client, doctor, appointment):
    link, new = appointment.get_absolute_url(), SlotFactory(doctor=doctor)
    appointment.move(new, by=appointment.patient.user, at=timezone.now())

    assert new.starts_at.isoformat()[:16] in text_of(client.get(link)).replace("+00:00", "")


def test_an_old_tab_cancels_nothing(client, doctor, appointment):
    seen = appointment.version
    appointment.move(SlotFactory(doctor=doctor), by=appointment.patient.user, at=timezone.now())

    answer = client.post(page(appointment, "cancel"), {"reason": "mistake", "seen": seen})

    assert "has moved on meanwhile" in text_of(answer)
    assert Appointment.objects.get().status == Status.CONFIRMED


def test_the_cancel_page_of_what_is_over_leads_back(client):
    over = AppointmentFactory(begins=timezone.now() - 24 * HOUR)
    client.force_login(over.patient.user)

    assert client.get(page(over, "cancel")).status_code == 302


def test_too_late_the_page_has_the_clinics_phone_instead(client, doctor):
    soon = AppointmentFactory(doctor=doctor, begins=timezone.now() + 2 * HOUR)
    Appointment.objects.update(created_at=timezone.now() - HOUR)
    doctor.clinic.late_cancelling = False
    doctor.clinic.save()
    client.force_login(soon.patient.user)

    shown = text_of(client.get(page(soon)))

    assert "It is too late to cancel here." in shown
    assert doctor.clinic.phone in shown
    assert page(soon, "cancel") not in shown


def test_doctor_offers_and_patient_takes_the_time(client):
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST)
    request, new = booked(SlotFactory(doctor=doctor)), SlotFactory(doctor=doctor)
    client.force_login(doctor.user)
    client.post(page(request, "offer"), {"slot": new.uid})

    client.force_login(request.patient.user)
    home = text_of(client.get("/appointments/"))
    client.post(page(request, "take-offer"))

    request.refresh_from_db()
    assert "offers another time" in home
    assert (request.status, request.slot) == (Status.CONFIRMED, new)


def test_a_patient_turns_an_offer_down(client):
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST)
    request = booked(SlotFactory(doctor=doctor))
    request.offer(SlotFactory(doctor=doctor), by=doctor.user, at=timezone.now())
    client.force_login(request.patient.user)

    client.post(page(request, "refuse-offer"))

    assert request.events.last().kind == AppointmentEvent.Kind.OFFER_REFUSED


def test_nobody_takes_an_offer_for_the_other_side(client):
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST)
    request = booked(SlotFactory(doctor=doctor))
    request.offer(SlotFactory(doctor=doctor), by=doctor.user, at=timezone.now())
    client.force_login(doctor.user)

    assert client.post(page(request, "take-offer")).status_code == 403


def test_programs_move_an_appointment(client, doctor, appointment):
    new = SlotFactory(doctor=doctor)

    answer = client.post(f"/api/v1/appointments/{appointment.reference}/move/", {"slot": new.uid}, "application/json")

    assert (answer.status_code, answer.json()["sequence"]) == (200, 1)


def test_programs_offer_and_take_a_time(client):
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST)
    request, new = booked(SlotFactory(doctor=doctor)), SlotFactory(doctor=doctor)
    address = f"/api/v1/appointments/{request.reference}/"
    client.force_login(doctor.user)
    offered = client.post(f"{address}offer/", {"slot": new.uid}, "application/json").json()["offer"]

    client.force_login(request.patient.user)
    taken = client.post(f"{address}accept/").json()

    assert (offered["waits_for"], taken["status"], taken["offer"]) == ("patient", "confirmed", None)


def test_a_late_doctor_presses_a_button(client, clock, doctor):
    waiting = AppointmentFactory(doctor=doctor, begins=timezone.now() + MINUTE)
    client.force_login(doctor.user)

    client.post(reverse("doctor:late"), {"minutes": 20})
    client.force_login(waiting.patient.user)

    assert "running about 20 minutes late" in text_of(client.get(page(waiting)))


def test_the_day_tells_a_late_doctor_what_was_said_last(client, clock, doctor):
    waiting = AppointmentFactory(doctor=doctor, begins=timezone.now() + MINUTE)
    client.force_login(doctor.user)
    before = text_of(client.get(reverse("doctor:today")))

    for minutes in (10, 20):
        client.post(reverse("doctor:late"), {"minutes": minutes})

    assert "You told them" not in before
    assert "about 20 minutes." in text_of(client.get(reverse("doctor:today")))
    assert "Delay of about 20 minutes announced" in text_of(client.get(page(waiting)))


def test_a_patient_without_a_doctor_asks_for_a_call(client, doctor):
    waiting = AppointmentFactory(doctor=doctor, begins=timezone.now() - 11 * MINUTE)
    waiting.tell_doctor_absent(at=timezone.now())
    client.force_login(waiting.patient.user)

    client.post(page(waiting, "ask-for-call"))

    assert "The clinic knows that you want to be called." in text_of(client.get(page(waiting)))


def test_the_doctor_reads_who_wants_a_call(client, doctor):
    waiting = AppointmentFactory(doctor=doctor, begins=timezone.now() - 11 * MINUTE)
    waiting.tell_doctor_absent(at=timezone.now())
    waiting.ask_for_call(by=waiting.patient.user)
    client.force_login(doctor.user)

    assert "The patient waits and wants to be called." in text_of(client.get(page(waiting)))


def test_an_asked_time_is_told_from_each_side(client):
    doctor = DoctorFactory(booking_mode="request")
    appointment = booked(SlotFactory(doctor=doctor))
    appointment.accept(by=doctor.user)
    appointment.move(SlotFactory(doctor=doctor), by=appointment.patient.user, at=timezone.now())

    client.force_login(appointment.patient.user)
    own = text_of(client.get(page(appointment)))
    client.force_login(doctor.user)
    doctors = text_of(client.get(page(appointment)))

    assert "You asked for another time" in own
    assert "The patient asks for another time" in doctors


def test_a_no_show_is_taken_back(client, doctor):
    missed = booked(SlotFactory(doctor=doctor))
    Appointment.objects.update(status=Status.NO_SHOW)
    client.force_login(doctor.user)

    client.post(page(missed, "undo-no-show"))

    assert Appointment.objects.get().status == Status.CONFIRMED


def test_the_link_goes_out_again(client, doctor):
    waiting = AppointmentFactory(doctor=doctor, begins=timezone.now() - 5 * MINUTE)
    client.force_login(doctor.user)

    client.post(page(waiting, "send-link"))

    assert waiting.events.last().kind == AppointmentEvent.Kind.LINK_SENT


def test_what_nobody_said_anything_about_stands_on_the_doctors_day(client, doctor):
    over = AppointmentFactory(doctor=doctor, begins=timezone.now() - 24 * HOUR)
    client.force_login(doctor.user)

    assert list(client.get("/doctor/").context["unsettled"]) == [over]


@pytest.fixture
def ill(client):
    """A doctor who cannot come, with two appointments on one day and a free time later; staff are signed in."""
    doctor = DoctorFactory(zone="UTC", specialties=[SpecialtyFactory()])
    noon = (timezone.now() + timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
    for hours in (0, 1):
        booked(SlotFactory(doctor=doctor, begins=noon + hours * HOUR))
    SlotFactory(doctor=doctor, begins=noon + 24 * HOUR)
    client.force_login(StaffFactory(zone="UTC"))
    return doctor


def decide(client, doctor, *choices):
    first, second = doctor.appointments.order_by("starts_at")
    address = reverse("desk:hand-over") + f"?doctor={doctor.slug}&day={first.starts_at:%Y-%m-%d}"
    data = {f"{each.reference}-what": what for each, what in zip((first, second), choices, strict=True)}
    return client.post(address, data, follow=True)


def test_staff_give_one_away_and_cancel_the_other_on_one_screen(client, ill):
    colleague = DoctorFactory(specialties=list(ill.specialties.all()))
    first, second = ill.appointments.order_by("starts_at")

    decide(client, ill, f"doctor:{colleague.slug}", "cancel")

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.doctor, second.status, second.end_reason) == (colleague, Status.CANCELLED, "doctor_unavailable")


def test_staff_move_one_and_leave_the_other(client, ill):
    later = ill.slots.get(status=Slot.Status.OPEN)
    first, second = ill.appointments.order_by("starts_at")

    decide(client, ill, f"time:{later.uid}", "keep")

    first.refresh_from_db()
    assert (first.slot, second.events.count()) == (later, 1)


def test_what_is_not_possible_is_said_and_the_rest_is_done(client, ill):
    stranger = DoctorFactory()

    answer = decide(client, ill, f"doctor:{stranger.slug}", "cancel")

    assert "This is not possible any more." in text_of(answer)
    assert set(Appointment.objects.values_list("status", flat=True)) == {Status.CONFIRMED, Status.CANCELLED}


@pytest.mark.parametrize("number", [1, 6])
def test_handing_over_takes_as_many_queries_for_many_as_for_one(client, ill, django_assert_max_num_queries, number):
    day = ill.appointments.order_by("starts_at").first().starts_at
    for hours in range(2, 1 + number):
        booked(SlotFactory(doctor=ill, begins=day + hours * HOUR))

    with django_assert_max_num_queries(18):
        client.get(reverse("desk:hand-over"), {"doctor": ill.slug, "day": f"{day:%Y-%m-%d}"})
