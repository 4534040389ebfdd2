"""A record's pages: the patient's own, the doctor's, and the summary beside the video."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import TemplateView

from clinic.people.access import ApprovedDoctorMixin
from clinic.people.models import Doctor, Patient
from clinic.record.access import RecordMixin
from clinic.record.audit import Action, looks_at
from clinic.record.permissions import treated_by


class OwnRecordView(RecordMixin, TemplateView):
    """The reader's own record, or with ?patient=<uid> that of somebody they act for."""

    template_name = "record/own.html"
    extra_context = {"tab": "record"}
    doctor = None

    @cached_property
    def people(self) -> list[Patient]:
        """Whose record the reader may open here, their own first."""
        people = Patient.objects.represented_by(self.request.user, self.at)
        return sorted(people, key=lambda patient: patient.user_id != self.request.user.pk)

    @cached_property
    def patient(self) -> Patient:
        wanted = self.request.GET.get("patient") or self.people[0].uid
        for patient in self.people:
            if patient.uid == wanted:
                return patient
        raise Http404

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.people:
            return render(request, "record/nobody.html", {"tab": "record"})
        self.note(Action.READ)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(people=self.people, looks=looks_at(self.patient), **kwargs)


class TreatedPatientMixin(ApprovedDoctorMixin, RecordMixin):
    """Pages for doctors about a patient whom they treat; about all others they answer 404."""

    @cached_property
    def doctor(self) -> Doctor:
        return self.request.user.doctor

    @cached_property
    def patient(self) -> Patient:
        return get_object_or_404(treated_by(self.doctor, self.at), uid=self.kwargs["uid"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.note(Action.READ)
        return super().get(request, *args, **kwargs)  # type: ignore[misc]


class PatientRecordView(TreatedPatientMixin, TemplateView):
    """The whole record, for the doctor."""

    template_name = "record/patient.html"


class SummaryView(TreatedPatientMixin, TemplateView):
    """What a doctor has to know during a visit, as a fragment; ?appointment= says which visit."""

    template_name = "record/_summary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reason = self.record.reason(self.request.GET.get("appointment", ""))
        return super().get_context_data(reason=reason, **kwargs)
