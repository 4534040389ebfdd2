"""A record's pages: the patient's own, the doctor's, and the summary beside the video."""

import re
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import FormView, TemplateView

from clinic.people.access import ApprovedDoctorMixin
from clinic.people.models import Doctor, Patient
from clinic.record.access import RecordMixin, open_again
from clinic.record.audit import Action, looks_at
from clinic.record.forms import OpeningForm
from clinic.record.models import Opening
from clinic.record.permissions import once_treated_by, treated_by

PAGE = re.compile("[1-9][0-9]{0,4}")
OPENINGS_SHOWN = 20


class TimelineMixin(RecordMixin):
    """Pages with the timeline: ?show= narrows it, ?page= leads to what is older."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        page = query.get("page", "1")
        timeline = self.record.timeline(shown=query.get("show", ""), page=int(page) if PAGE.fullmatch(page) else 1)
        return super().get_context_data(timeline=timeline, **kwargs)


class OwnRecordView(TimelineMixin, TemplateView):
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

    @property
    def openings(self) -> QuerySet[Opening]:
        """The last times that doctors opened the record after it had closed."""
        return Opening.objects.filter(patient=self.patient).with_names()[:OPENINGS_SHOWN]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.people:
            return render(request, "record/nobody.html", {"tab": "record"})
        self.note(Action.READ)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            people=self.people, looks=looks_at(self.patient), openings=self.openings, **kwargs
        )


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


class PatientRecordView(TimelineMixin, TreatedPatientMixin, TemplateView):
    """The whole record, for the doctor; once it has closed, the way to open it again."""

    template_name = "record/patient.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        uid = self.kwargs["uid"]
        was_treated = once_treated_by(self.doctor).filter(uid=uid).exists()
        if was_treated and not treated_by(self.doctor, self.at).filter(uid=uid).exists():
            return redirect("record:open-again", uid)
        return super().get(request, *args, **kwargs)


class OpenAgainView(ApprovedDoctorMixin, FormView):
    """Asks a doctor who treated the patient long ago why the record is needed, and opens it for a day."""

    request: Any
    form_class = OpeningForm
    template_name = "record/open_again.html"

    @cached_property
    def patient(self) -> Patient:
        return get_object_or_404(once_treated_by(self.request.user.doctor), uid=self.kwargs["uid"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(patient=self.patient, **kwargs)

    def form_valid(self, form: OpeningForm) -> HttpResponse:
        open_again(self.request, self.patient, form.cleaned_data["reason"])
        return redirect("record:patient", self.patient.uid)


class SummaryView(TreatedPatientMixin, TemplateView):
    """What a doctor has to know during a visit, as a fragment; ?appointment= says which visit."""

    template_name = "record/_summary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reason = self.record.reason(self.request.GET.get("appointment", ""))
        return super().get_context_data(reason=reason, **kwargs)
