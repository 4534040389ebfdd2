"""What runs by the clock: slots for the days to come, and the end of requests and offers that nobody answered."""

from celery import shared_task
from django.utils import timezone

from clinic.people.models import Doctor

from . import hours
from .models import Appointment


@shared_task
def open_slots(clinic_id: int | None = None) -> None:
    """Queue the turn of each doctor, or of each of one clinic: what is wrong with one does not stop the others."""
    doctors = hours.publishing_doctors()
    if clinic_id is not None:
        doctors = doctors.filter(clinic=clinic_id)
    for pk in doctors.values_list("pk", flat=True):
        open_slots_of.delay(pk)


@shared_task
def open_slots_of(doctor_id: int) -> int:
    """Keep the doctor's slots in step with the weekly hours. Gives how many were opened; safe to run again."""
    doctor = Doctor.objects.select_related("clinic").get(pk=doctor_id)
    return hours.open_slots(doctor, at=timezone.now())


@shared_task
def expire_requests() -> None:
    """Queue the end of each request whose time to be answered is over."""
    for pk in Appointment.objects.overdue_requests(timezone.now()).values_list("pk", flat=True):
        expire_request.delay(pk)


@shared_task
def expire_request(appointment_id: int) -> bool:
    """End one request, unless it was answered meanwhile. Gives whether this run did it; safe to run again."""
    return Appointment.objects.get(pk=appointment_id).expire(at=timezone.now())


@shared_task
def expire_offers() -> None:
    """Queue the end of each offer whose time to be answered is over."""
    for pk in Appointment.objects.with_overdue_offers(timezone.now()).values_list("pk", flat=True):
        expire_offer.delay(pk)


@shared_task
def expire_offer(appointment_id: int) -> bool:
    """End one appointment's offer, unless it was answered meanwhile. Gives whether this run did it; may run again."""
    return Appointment.objects.get(pk=appointment_id).expire_offer(at=timezone.now())


@shared_task
def chase_emergencies() -> None:
    """Queue a look at each emergency that nobody has taken."""
    for pk in Appointment.objects.untaken().values_list("pk", flat=True):
        chase_emergency.delay(pk)


@shared_task
def chase_emergency(appointment_id: int) -> bool:
    """Say that nobody has taken it, once it has waited long enough. Gives whether this run did it; may run again."""
    return Appointment.objects.get(pk=appointment_id).tell_untaken(at=timezone.now())
