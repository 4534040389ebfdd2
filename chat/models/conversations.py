"""Who takes part in the chat of an appointment, and when they can write."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from chat.errors import ChatClosed, ChatClosedByDoctor, ChatNotOpenYet
from clinic.errors import RuleViolation
from clinic.people.models import Doctor, Patient, User

Status = Appointment.Status
CONFIRMED = (Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED, Status.NO_SHOW)


def conversations_of(user: Any) -> models.QuerySet[Appointment]:
    """The appointments whose chat `user` takes part in: as their doctor, as their patient, or acting for the patient.

    Staff do not, and neither does a doctor who may not practise. An emergency has none until a doctor has taken it.
    """
    if not user.is_authenticated:
        return Appointment.objects.none()
    patients, doctors = Patient.objects.represented_by(user), Doctor.objects.practising().filter(user=user)
    with_doctor = Appointment.objects.filter(doctor__isnull=False)
    return with_doctor.filter(Q(patient__in=patients) | Q(doctor__in=doctors))


def reason_closed(appointment: Appointment, at: datetime) -> RuleViolation | None:
    """Why nobody can write in this chat at the instant `at`; None while it is open.

    It is open from the confirmation until some days after the visit's end, as the clinic has it; a doctor may close it.
    """
    if appointment.status == Status.REQUESTED:
        return ChatNotOpenYet()
    stays_open = timedelta(days=appointment.clinic.chat_days)
    is_recent = appointment.ends_at is not None and at < appointment.ends_at + stays_open
    if appointment.status not in CONFIRMED or not is_recent:
        return ChatClosed()
    return ChatClosedByDoctor() if Closing.objects.filter(appointment=appointment).exists() else None


class ClosingQuerySet(models.QuerySet["Closing"]):
    def close(self, appointment: Appointment, *, by: User, at: datetime) -> None:
        """Nobody can write from now on. Safe to run again: the first closing stands."""
        self.get_or_create(appointment=appointment, defaults={"closed_by": by, "at": at})

    def reopen(self, appointment: Appointment) -> None:
        """Both can write again, as long as the chat would be open anyway. Safe to run again."""
        self.filter(appointment=appointment).delete()


class Closing(models.Model):
    """The doctor has closed this chat; reading goes on. Taken away when the doctor opens it again."""

    appointment = models.OneToOneField(Appointment, models.CASCADE, verbose_name=_("appointment"), related_name="+")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("closed by"), related_name="+"
    )
    at = models.DateTimeField(_("closed"))

    objects = ClosingQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed chat")
        verbose_name_plural = _("closed chats")

    def __str__(self) -> str:
        return str(self.appointment_id)
