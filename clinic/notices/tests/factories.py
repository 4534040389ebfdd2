"""Notices and deliveries for the tests, made as they are made at work."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import SlotFactory, booked
from clinic.notices.models import Delivery, Notice
from clinic.notices.outboxes import OUTBOXES
from clinic.notices.tasks import announce_left_over
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory


def announced(appointment: Appointment) -> list[Delivery]:
    """All that is to be sent about what has happened to `appointment` since it was last asked."""
    at = timezone.now()
    events = appointment.events.unannounced()
    return [each for event in events for each in OUTBOXES["appointments"].announce(event.pk, at=at)]


def requested(**facts: Any) -> Appointment:
    """An appointment that waits for its doctor's answer."""
    return booked(SlotFactory(doctor=DoctorFactory(booking_mode=Doctor.Mode.REQUEST)), **facts)


def a_delivery(**facts: Any) -> Delivery:
    """The mail to the patient about a visit that was just confirmed."""
    appointment = booked()
    announced(appointment)
    delivery = Delivery.objects.get(notice__appointment=appointment, notice__recipient=appointment.patient.user)
    Delivery.objects.filter(pk=delivery.pk).update(**facts)
    delivery.refresh_from_db()
    return delivery


def sweep(delivery: Delivery) -> None:
    """What beat does with a delivery that is due: it was not sent in time, or hangs."""
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    announce_left_over()
    delivery.refresh_from_db()


def notice_to(user: Any, *, kind: str) -> Notice:
    """The newest notice of that kind to `user`, with all that its words need."""
    return Notice.objects.with_subjects().filter(recipient=user, kind=kind).latest("at")


def told():
    """Who was told what, as {(recipient or address, kind)}."""
    return {(notice.recipient or notice.address, notice.kind) for notice in Notice.objects.select_related("recipient")}
