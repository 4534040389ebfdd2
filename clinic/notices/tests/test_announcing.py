"""Who is told what of an event: once each, whatever is run twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from appointments.models import AppointmentEvent
from appointments.tests.factories import SlotFactory, booked
from clinic.notices.models import Delivery, Notice, Reminder
from clinic.notices.outboxes import OUTBOXES
from clinic.notices.tasks import announce, announce_left_over
from clinic.people.tests.factories import PatientFactory, RepresentationFactory, UserFactory
from prescriptions.tests.factories import issued, revoked

from .factories import announced, requested

pytestmark = pytest.mark.django_db


def told(appointment):
    """Who was told what so far, as (side, kind)."""
    sides = {appointment.doctor.user_id: "doctor", appointment.patient.user_id: "patient"}
    return {(sides.get(notice.recipient_id, "representative"), notice.kind) for notice in Notice.objects.all()}


def test_a_request_is_told_to_both():
    appointment = requested()

    announced(appointment)

    assert told(appointment) == {("doctor", "request_received"), ("patient", "requested")}


@pytest.mark.parametrize(
    ("step", "kinds"),
    [
        ("accept", {("doctor", "confirmed"), ("patient", "confirmed")}),
        ("decline", {("patient", "declined")}),
        ("cancel", {("doctor", "cancelled"), ("patient", "cancelled")}),
        ("expire", {("doctor", "expired"), ("patient", "expired")}),
    ],
)
def test_the_end_of_a_request_is_told(step, kinds):
    appointment = requested()
    announced(appointment)
    Notice.objects.all().delete()
    arguments = {
        "accept": {"by": appointment.doctor.user},
        "decline": {"by": appointment.doctor.user, "reason": "other"},
        "cancel": {"by": appointment.patient.user, "reason": "other"},
        "expire": {"at": appointment.respond_by},
    }

    getattr(appointment, step)(**arguments[step])
    announced(appointment)

    assert told(appointment) == kinds


def test_steps_of_a_visit_are_not_told():
    appointment = booked()
    announced(appointment)
    Notice.objects.all().delete()

    appointment.begin()
    appointment.complete()

    assert announced(appointment) == []
    assert not AppointmentEvent.objects.unannounced().exists()


def test_who_acts_for_the_patient_is_told_too_if_the_clinic_has_checked_it():
    child = PatientFactory(user=None)
    mother = RepresentationFactory(patient=child).user
    RepresentationFactory(patient=child, checked_by=None)
    RepresentationFactory(patient=child, valid_until=date(2021, 1, 1))
    RepresentationFactory(patient=child, user=UserFactory(is_active=False))

    announced(booked(patient=child, by=mother))

    assert set(Notice.objects.values_list("recipient", flat=True)) == {
        mother.pk,
        Notice.objects.get(recipient__doctor__isnull=False).recipient_id,
    }


def test_a_prescription_is_told_to_the_patient_alone():
    prescription = revoked()

    for event in prescription.events.all():
        OUTBOXES["prescriptions"].announce(event.pk, at=timezone.now())

    assert Counter(Notice.objects.values_list("recipient", "kind")) == {
        (prescription.patient.user_id, "prescription_issued"): 1,
        (prescription.patient.user_id, "prescription_revoked"): 1,
    }


def test_announcing_twice_tells_once():
    appointment = booked()
    [event] = appointment.events.all()

    first = OUTBOXES["appointments"].announce(event.pk, at=timezone.now())
    second = OUTBOXES["appointments"].announce(event.pk, at=timezone.now())

    assert (len(first), len(second)) == (2, 0)
    assert Notice.objects.count() == Delivery.objects.count() == 2


def test_an_announcement_that_was_lost_halfway_is_made_up_for():
    appointment = booked()
    announced(appointment)
    AppointmentEvent.objects.update(announced_at=None)
    Delivery.objects.filter(notice__recipient=appointment.doctor.user).delete()

    announced(appointment)

    assert Notice.objects.count() == Delivery.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_tell_once():
    appointment = booked()
    [event] = appointment.events.all()

    def tell(_worker):
        try:
            return len(OUTBOXES["appointments"].announce(event.pk, at=timezone.now()))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        queued = sum(pool.map(tell, range(8)))

    assert queued == 2
    assert Notice.objects.count() == Delivery.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_equal_notices_at_once_are_kept_once():
    appointment = booked()
    facts = {"kind": "confirmed", "appointment": appointment, "recipient": appointment.patient.user}

    def give(_worker):
        try:
            Notice.objects.give([Notice(key="the same", at=timezone.now(), **facts)])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(give, range(8)))

    assert Notice.objects.filter(key="the same").count() == 1
    assert Delivery.objects.filter(notice__key="the same").count() == 1


def test_a_booking_queues_its_announcement_after_the_commit(django_capture_on_commit_callbacks, monkeypatch):
    queued = []
    monkeypatch.setattr(announce, "delay", lambda *arguments: queued.append(arguments))

    with django_capture_on_commit_callbacks(execute=True):
        appointment = booked()
        assert queued == []

    assert ("appointments", appointment.events.get().pk) in queued


def test_an_issued_prescription_queues_its_announcement(django_capture_on_commit_callbacks, monkeypatch):
    queued = []
    monkeypatch.setattr(announce, "delay", lambda *arguments: queued.append(arguments))

    with django_capture_on_commit_callbacks(execute=True):
        prescription = issued()

    assert ("prescriptions", prescription.events.get().pk) in queued


@pytest.mark.django_db(transaction=True)
def test_a_booking_stands_when_the_queue_is_away(monkeypatch, caplog):
    def broken(*arguments):
        raise ConnectionError("no Redis")

    monkeypatch.setattr(announce, "delay", broken)

    appointment = booked()

    assert AppointmentEvent.objects.unannounced().filter(appointment=appointment).exists()
    assert "no Redis" in caplog.text


def test_the_sweep_finds_what_was_left_for_five_minutes(monkeypatch):
    queued = []
    monkeypatch.setattr(announce, "delay", lambda *arguments: queued.append(arguments))
    old, _young = booked().events.get(), booked()
    AppointmentEvent.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(minutes=6))

    announce_left_over()

    assert queued == [("appointments", old.pk)]


def test_a_sweep_takes_the_oldest_and_leaves_the_rest_to_the_next():
    at = timezone.now()
    pks = [booked().events.get().pk for _each in range(3)]
    for minutes, pk in enumerate(reversed(pks)):
        AppointmentEvent.objects.filter(pk=pk).update(at=at - timedelta(minutes=minutes))

    assert OUTBOXES["appointments"].left_over(before=at, limit=2) == pks[:2]


def test_a_confirmation_plans_the_reminders_of_the_clinic():
    slot = SlotFactory()
    slot.doctor.clinic.reminder_minutes = [60, 2880]
    slot.doctor.clinic.save()

    appointment = booked(slot)
    announced(appointment)

    starts_at = appointment.starts_at
    due = set(Reminder.objects.filter(appointment=appointment).values_list("due_at", flat=True))
    assert due == {starts_at - timedelta(hours=1), starts_at - timedelta(days=2)}
