"""What booking does when a doctor's settings change."""

from typing import Any

from django.dispatch import receiver

from clinic.people.models import Doctor
from clinic.people.signals import booking_settings_changed

from .hours import close_slots
from .tasks import open_slots_of


@receiver(booking_settings_changed, dispatch_uid="slots follow the doctor's settings")
def renew_slots(doctor: Doctor, **kwargs: Any) -> None:
    if doctor.zone:
        open_slots_of.delay_on_commit(doctor.pk)
    else:
        close_slots(doctor)
