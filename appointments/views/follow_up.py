"""What doctors book themselves: a follow-up for a patient they saw, and a visit on their day."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from appointments.booking import book_once
from appointments.forms import SlotForm
from appointments.models import Appointment, Slot
from appointments.models.choices import Reason
from appointments.models.slots import SlotQuerySet
from appointments.permissions import can_book_follow_up
from clinic.errors import RuleViolation
from clinic.people.access import ApprovedDoctorMixin
from clinic.people.models import Doctor, Patient

from .asked import asked_day
from .finding import StripMixin
from .own import AppointmentMixin
from .own_time import OwnTimeView


class FollowUpView(AppointmentMixin, StripMixin, TemplateView):
    """The doctor's own free times, for the patient of an appointment. Patients' limits do not hold here."""

    template_name = "appointments/follow_up.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not can_book_follow_up(self.user, self.appointment):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.strip_context(self.slots()), **kwargs)

    def slots(self) -> SlotQuerySet:
        return Slot.objects.free(self.now).filter(doctor=self.appointment.doctor, starts_at__gte=self.now)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = SlotForm(request.POST, slots=Slot.objects.filter(doctor=self.appointment.doctor).with_doctors())
        try:
            if not form.is_valid():
                messages.error(request, _("Pick a time first."))
                return redirect(request.get_full_path())
            follow_up = self.book(form.cleaned_data["slot"])
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())
        messages.success(request, _("The follow-up is booked. The patient gets the time and the link."))
        return redirect(follow_up)

    def book(self, slot: Slot) -> Appointment:
        """The follow-up; a second press of the button gives the same."""
        assert self.appointment.patient is not None  # else can_book_follow_up() had refused
        return book_once(
            slot,
            patient=self.appointment.patient,
            by=self.user,
            at=self.now,
            key=f"follow-up {self.appointment.reference} {slot.uid}",
            reason_category=Reason.FOLLOW_UP,
        )


class AddVisitView(ApprovedDoctorMixin, OwnTimeView):
    """A visit at any time of the doctor's choosing, with somebody whom the doctor has seen or will see."""

    extra_context: Any = {"tab": "today"}

    def doctors(self) -> QuerySet[Doctor]:
        return Doctor.objects.filter(pk=self.doctor.pk).select_related("user", "clinic")

    def patients(self) -> QuerySet[Patient]:
        return Patient.objects.filter(appointments__doctor=self.doctor).distinct()

    def get_initial(self) -> dict[str, Any]:
        day = asked_day(self.request) or timezone.localdate(self.now)
        patient = self.request.GET.get("patient", "")
        return {"doctor": self.doctor.pk, "patient": patient, "day": day, "minutes": self.doctor.visit_minutes}

    def booked(self, reference: str) -> HttpResponse:
        messages.success(self.request, _("The visit is booked. The patient gets the time and the link."))
        return redirect("appointments:detail", reference)
