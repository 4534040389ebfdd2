"""After visits: what the patient reads about one, and what the doctor has yet to finish of all."""

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import TemplateView

from appointments.models import Appointment
from appointments.permissions import is_its_doctor, is_on_patients_side
from clinic.people.access import ApprovedDoctorMixin, SignedInMixin
from clinic.record import audit
from clinic.record.aftercare import HELD, Aftercare
from clinic.record.audit import Action
from clinic.record.unfinished import unfinished_of


class AfterVisitView(SignedInMixin, TemplateView):
    """One visit as the patient reads it afterwards, for the patient's side and its doctor."""

    template_name = "record/after_visit.html"
    extra_context = {"tab": "home"}

    @cached_property
    def appointment(self) -> Appointment:
        visible = Appointment.objects.visible_to(self.user).with_parties().with_visits()
        return get_object_or_404(visible, reference=self.kwargs["reference"])

    @property
    def is_doctor(self) -> bool:
        return is_its_doctor(self.user, self.appointment)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (self.is_doctor or is_on_patients_side(self.user, self.appointment)):
            raise PermissionDenied
        patient = self.appointment.patient
        if patient is None or self.appointment.status not in HELD:
            return redirect(self.appointment)
        doctor = self.appointment.doctor if self.is_doctor else None
        audit.note(request, Action.READ, patient, doctor=doctor, subject=self.appointment)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = {"appointment": self.appointment, "is_doctor": self.is_doctor}
        return super().get_context_data(after=Aftercare(self.appointment), **about, **kwargs)


class ToFinishView(ApprovedDoctorMixin, TemplateView):
    """Everything that the doctor has begun and not finished, visit by visit."""

    template_name = "record/to_finish.html"
    extra_context = {"tab": "to-finish"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(unfinished=unfinished_of(self.doctor), **kwargs)
