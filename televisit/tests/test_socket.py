"""The socket of a visit: who is let in, what is passed on, when it closes."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from clinic.people.tests.factories import RepresentationFactory, UserFactory
from televisit.models import Attendance, Participant, Visit
from televisit.tests.factories import a_seat_of_the_patient, a_visit
from televisit.tests.pages import Page, in_loop, two_pages

pytestmark = pytest.mark.django_db(transaction=True)
in_db = sync_to_async
LONG = timedelta(hours=1)


async def one_waits() -> tuple[Participant, Page, Page]:
    """The patient's seat; the page of the doctor, who is in the room, and that of the patient, who waits."""
    visit = await in_db(a_visit)()
    seat = await in_db(a_seat_of_the_patient)(visit)
    doctor = await Page.inside(visit, visit.host.user)
    patient = await Page.open(visit, seat.user)
    await patient.hello()
    await patient.hears("waiting")
    return seat, doctor, patient


@in_loop
async def test_patient_waits_and_is_let_in():
    seat, doctor, patient = await one_waits()
    await doctor.hears("news")

    await in_db(seat.admit)(by=seat.visit.host.user, at=timezone.now())

    admitted = await patient.hears("admitted")
    assert admitted["you"] == {"peer": patient.peer, "participant": seat.uid, "role": "patient", "name": seat.name}
    assert (await doctor.hears("peer-joined"))["who"] == admitted["you"]
    assert (await patient.hears("peer-here"))["who"]["peer"] == doctor.peer


@in_loop
async def test_doctor_admits_over_the_socket():
    seat, doctor, patient = await one_waits()

    await doctor.say(type="admit", participant=seat.uid)

    assert (await patient.hears("admitted"))["you"]["participant"] == seat.uid


@in_loop
async def test_nobody_else_admits_over_the_socket():
    visit, _doctor, patient = await two_pages()
    relative = await in_db(a_relative)(visit)

    await patient.say(type="admit", participant=relative.uid)

    assert (await patient.hears("error"))["code"] == "not_allowed"
    await in_db(relative.refresh_from_db)()
    assert not relative.is_admitted


@in_loop
async def test_both_in_the_room_make_the_visit_active():
    visit, _doctor, _patient = await two_pages()

    await in_db(visit.refresh_from_db)()

    assert visit.status == Visit.Status.ACTIVE
    assert await in_db(Attendance.objects.filter(left_at=None).count)() == 2


@in_loop
async def test_signals_go_to_the_peer_they_are_for_and_bear_the_senders_name():
    _visit, doctor, patient = await two_pages()

    await patient.signal(doctor, description={"type": "offer", "sdp": "v=0"})

    heard = await doctor.hears("signal")
    assert heard == {"type": "signal", "from": patient.peer, "data": {"description": {"type": "offer", "sdp": "v=0"}}}
    assert await patient.hears_nothing_of("signal")


@in_loop
async def test_who_waits_neither_sends_nor_hears_signals():
    _seat, doctor, patient = await one_waits()

    await patient.signal(doctor, reset=True)
    await doctor.signal(patient, reset=True)

    assert (await patient.hears("error"))["code"] == "no_such_peer"
    assert (await doctor.hears("error"))["code"] == "no_such_peer"
    assert await patient.hears_nothing_of("signal")


@in_loop
async def test_peer_of_another_visit_cannot_be_addressed():
    _visit, doctor, patient = await two_pages()
    _other, stranger, _third = await two_pages()

    await stranger.signal(doctor, description={"type": "offer", "sdp": "v=0"})

    assert (await stranger.hears("error"))["code"] == "no_such_peer"
    assert await doctor.hears_nothing_of("signal")
    assert await patient.hears_nothing_of("signal")


@in_loop
async def test_reload_and_broken_line_do_not_return_anybody_to_the_waiting_room():
    visit, doctor, patient = await two_pages()
    user = visit.appointment.patient.user

    await patient.vanish()
    left = await doctor.hears("peer-left")
    again = await Page.inside(visit, user)

    assert left["clean"] is False
    assert (await doctor.hears("peer-joined"))["who"]["peer"] == again.peer


@in_loop
async def test_goodbye_is_a_clean_leave():
    _visit, doctor, patient = await two_pages()

    await patient.say(type="bye")

    assert await patient.is_closed_with() == (1000, "bye")
    assert (await doctor.hears("peer-left")) == {"type": "peer-left", "peer": patient.peer, "clean": True}
    assert await in_db(Attendance.objects.filter(left_at=None).count)() == 1


@in_loop
async def test_second_page_of_a_person_takes_over():
    visit, doctor, patient = await two_pages()

    second = await Page.inside(visit, visit.appointment.patient.user)

    assert await patient.is_closed_with() == (4409, "taken_over")
    assert (await doctor.hears("peer-joined"))["who"]["peer"] == second.peer
    assert await doctor.hears_nothing_of("peer-left")
    assert await in_db(Attendance.objects.filter(left_at=None).count)() == 2


@in_loop
async def test_removed_person_is_put_out_and_stays_out():
    visit, _doctor, patient = await two_pages()
    seat = await in_db(visit.seat_of)(visit.appointment.patient.user)

    await in_db(seat.remove)(by=visit.host.user, at=timezone.now())
    assert await patient.is_closed_with() == (4403, "removed")
    again = await Page.open(visit, seat.user)
    await again.hello()

    assert await again.is_closed_with() == (4403, "removed")


@in_loop
async def test_end_of_the_visit_closes_every_socket():
    visit, doctor, patient = await two_pages()

    await in_db(visit.end)(by=visit.host.user, at=timezone.now())

    assert await doctor.is_closed_with() == (4410, "ended")
    assert await patient.is_closed_with() == (4410, "ended")


@in_loop
async def test_cancelling_sends_away_who_waits():
    visit = await in_db(a_visit)()
    seat = await in_db(a_seat_of_the_patient)(visit)
    patient = await Page.open(visit, seat.user)
    await patient.hello()
    await patient.hears("waiting")

    await in_db(visit.cancel)(by=visit.host.user, at=timezone.now())

    assert await patient.is_closed_with() == (4410, "cancelled")


@in_loop
async def test_sockets_close_at_expiry_without_any_task():
    visit, doctor, patient = await two_pages(starts_in=-timedelta(minutes=35) + timedelta(seconds=5))

    assert await doctor.is_closed_with() == (4408, "expired")
    assert await patient.is_closed_with() == (4408, "expired")
    assert timezone.now() - visit.expires_at < timedelta(seconds=1)


@in_loop
async def test_moved_visit_tells_its_pages_the_new_hours():
    visit, doctor, _patient = await two_pages()
    before = visit.expires_at
    await in_db(lengthen)(visit)

    await in_db(visit.follow_appointment)(by=None, at=timezone.now())

    times = await doctor.hears("times")
    assert times["expires_at"] == int((before + timedelta(minutes=10)).timestamp() * 1000)


def a_relative(visit):
    return visit.participants.create(role="relative", name="Ana", user=UserFactory())


def lengthen(visit):
    period = visit.appointment.period
    visit.appointment.period = type(period)(period.lower, period.upper + timedelta(minutes=10))
    visit.appointment.save(update_fields=["period"])


@in_loop
async def test_idle_socket_stays_open():
    _visit, doctor, patient = await two_pages()

    await doctor.say(type="ping")

    assert await doctor.hears("pong")
    assert await patient.hears_nothing_of("pong")


@in_loop
async def test_extended_visit_tells_its_pages_the_new_hours():
    visit, doctor, patient = await two_pages()

    await in_db(visit.extend)(10, by=visit.host.user, at=timezone.now())

    for page in (doctor, patient):
        assert (await page.hears("times"))["ends_at"] == int(visit.ends_at.timestamp() * 1000)


@in_loop
async def test_sockets_stay_open_when_time_was_added_and_nobody_said_so():
    visit, doctor, _patient = await two_pages(starts_in=-timedelta(minutes=35) + timedelta(seconds=2))

    await in_db(Visit.objects.filter(pk=visit.pk).update)(extended_minutes=5, expires_at=timezone.now() + LONG)

    assert (await doctor.hears("times"))["expires_at"] > timezone.now().timestamp() * 1000


@in_loop
async def test_patient_hears_that_the_doctor_goes_on_by_phone():
    visit, _doctor, patient = await two_pages()

    await in_db(visit.go_on_by_phone)(by=visit.host.user, at=timezone.now())

    await patient.hears("by-phone")


@in_loop
async def test_fifth_person_is_told_that_the_room_is_full():
    visit, _doctor, _patient = await two_pages()
    for role in ("relative", "interpreter"):
        guest = await in_db(visit.participants.create)(role=role, name="Guest", admitted_at=timezone.now())
        await in_db(guest.attendances.create)(joined_at=timezone.now())
    acting = await in_db(RepresentationFactory)(patient=visit.appointment.patient)
    seat = await in_db(visit.take_seat)(acting.user, at=timezone.now())
    await in_db(seat.say_at_door)(agrees=True, at=timezone.now())
    await in_db(seat.admit)(by=visit.host.user, at=timezone.now())

    fifth = await Page.open(visit, acting.user)
    await fifth.hello()

    assert await fifth.is_closed_with() == (4409, "full")


@in_loop
async def test_doctor_finds_a_place_in_a_full_room():
    visit, doctor, _patient = await two_pages()
    await doctor.say(type="bye")
    for role in ("relative", "interpreter"):
        guest = await in_db(visit.participants.create)(role=role, name="Guest", admitted_at=timezone.now())
        await in_db(guest.attendances.create)(joined_at=timezone.now())

    again = await Page.open(visit, visit.host.user)
    await again.hello()

    await again.hears("admitted")
    await again.hears("news")
