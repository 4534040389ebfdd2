"""Which prescriptions a page needs, in clinic words; and the start of a new one."""

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q

from appointments.models import Appointment
from clinic.codes import normalise_code
from clinic.people.models import Doctor, Patient
from prescriptions.errors import AppointmentNotConfirmed

if TYPE_CHECKING:
    from .prescription import Prescription

WRITABLE = {Appointment.Status.CONFIRMED, Appointment.Status.IN_PROGRESS, Appointment.Status.COMPLETED}


class PrescriptionQuerySet(models.QuerySet["Prescription"]):
    def visible_to(self, user: Any) -> "PrescriptionQuerySet":
        """A practising doctor's own; what was issued to the user or whom they act for.

        None for staff: it is clinical text.
        """
        if not user.is_authenticated:
            return self.none()
        mine = Q(patient__in=Patient.objects.represented_by(user)) & ~Q(status="draft")
        return self.filter(mine | Q(doctor__in=Doctor.objects.practising().filter(user=user)))

    def drafts(self) -> "PrescriptionQuerySet":
        """Begun and not issued: what a doctor has to finish."""
        return self.filter(status="draft").order_by("created_at")

    def given(self) -> "PrescriptionQuerySet":
        """What the patient was ever given, revoked ones too, latest first."""
        return self.exclude(status="draft").order_by("-issued_at")

    def not_revoked(self) -> "PrescriptionQuerySet":
        return self.exclude(status="revoked")

    def with_code(self, typed: str) -> "PrescriptionQuerySet":
        """The one that was issued with the code that somebody typed, if any."""
        return self.exclude(status="draft").filter(code=normalise_code(typed))

    def with_parties(self) -> "PrescriptionQuerySet":
        return self.select_related("appointment__clinic", "patient", "doctor__user")

    def for_appointment(self, appointment: Appointment) -> "Prescription | None":
        """The one that counts: not revoked, else the one revoked last."""
        standing_first = ("status", "-issued_at")  # by the alphabet: draft, issued, revoked
        return self.filter(appointment=appointment).order_by(*standing_first).first()

    def write(self, appointment: Appointment, **content: Any) -> "Prescription":
        """Begin the appointment's prescription, or go on with its draft; `content` as Prescription.rewrite takes it.

        Raises what begin() and rewrite() raise; then nothing has been begun.
        """
        with transaction.atomic():
            prescription = self.begin(appointment)
            prescription.rewrite(**content)
        return prescription

    def begin(self, appointment: Appointment) -> "Prescription":
        """The appointment's draft, or what has been issued for it; a new draft where there is none.

        Safe to run again, and in two tabs at once. Raises AppointmentNotConfirmed.
        """
        patient, doctor = parties(appointment)
        prescription, _is_new = self.not_revoked().get_or_create(
            appointment=appointment, defaults={"patient": patient, "doctor": doctor}
        )
        return prescription


class PrescriptionManager(models.Manager.from_queryset(PrescriptionQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> PrescriptionQuerySet:
        """Without the PDF's bytes, which are read when asked for."""
        return super().get_queryset().defer("pdf")


def parties(appointment: Appointment) -> tuple[Patient, Doctor]:
    """Who prescribes for whom. Raises AppointmentNotConfirmed unless it was confirmed, at least, and both are known."""
    if appointment.status not in WRITABLE or appointment.patient is None or appointment.doctor is None:
        raise AppointmentNotConfirmed
    return appointment.patient, appointment.doctor
