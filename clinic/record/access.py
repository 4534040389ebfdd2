"""What every page and call about a record shares: whose it is, and who opens it."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import models, transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from clinic.people.models import Chart, Doctor, Patient
from clinic.record import audit
from clinic.record.contents import Record
from clinic.record.models import Opening
from clinic.record.permissions import doctor_towards, open_to


@transaction.atomic
def open_again(request: Any, patient: Patient, reason: str) -> Opening:
    """The record of `patient` opened for the doctor who asks, for a day; who opened it, and why, goes on record."""
    doctor = request.user.doctor
    opening = Opening.objects.create(doctor=doctor, patient=patient, at=timezone.now(), reason=reason)
    audit.note(request, audit.Action.CREATED, patient, doctor=doctor, subject=opening)
    return opening


class OpenedRecord:
    """Mixin of a view of one patient's record, `uid` in the address; where it is closed to the reader, a 404."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def at(self) -> datetime:
        return timezone.now()

    @cached_property
    def patient(self) -> Patient:
        return get_object_or_404(open_to(self.request.user, self.at), uid=self.kwargs["uid"])

    @cached_property
    def doctor(self) -> Doctor | None:
        """The reader as the patient's doctor; None on the patient's own side."""
        return doctor_towards(self.request.user, self.patient, self.at)

    @cached_property
    def record(self) -> Record:
        return Record(self.patient, self.doctor, self.at)

    def note(self, action: str, subject: models.Model | None = None) -> None:
        """Write down what the reader does with the record."""
        audit.note(self.request, action, self.patient, doctor=self.doctor, subject=subject)


class OpenedChart(OpenedRecord):
    """Mixin of a view of one file, `uid` in the address; a deleted one, or one of a closed record, is a 404."""

    @cached_property
    def chart(self) -> Chart:
        readable = Chart.objects.current().filter(patient__in=open_to(self.request.user, self.at))
        return get_object_or_404(readable.select_related("patient", "uploaded_by"), uid=self.kwargs["uid"])

    @cached_property
    def patient(self) -> Patient:
        return self.chart.patient


class RecordMixin(OpenedRecord, LoginRequiredMixin):
    """Pages of a record."""

    @property
    def record_url(self) -> str:
        """The page where this reader reads the record."""
        if self.doctor is not None:
            return reverse("record:patient", args=[self.patient.uid])
        return f"{reverse('record:own')}?patient={self.patient.uid}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = {"patient": self.patient, "record": self.record, "record_url": self.record_url}
        return super().get_context_data(as_doctor=self.doctor, **about, **kwargs)  # type: ignore[misc]
