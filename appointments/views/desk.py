"""/desk/: staff book for somebody who calls. They find or enter the patient, find a time, and book it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, TemplateView

from appointments.booking import book_once, instead_of
from appointments.draft import make_hold_key
from appointments.errors import SlotTaken, SlotTooSoon
from appointments.forms import NewPatientForm, PatientSearchForm, PhoneBookingForm, SlotForm
from appointments.models import Appointment, Slot
from appointments.models.slots import SlotQuerySet
from clinic.audit.models import AuditEntry
from clinic.errors import RuleViolation
from clinic.people.access import StaffRequiredMixin
from clinic.people.models import Doctor, Patient
from clinic.people.permissions import in_own_clinics, works_at_desk

from .finding import SearchMixin, StripMixin
from .own_time import OwnTimeView

FOUND = 20


class WhoCallsView(StaffRequiredMixin, ListView):
    """Who is it for? The patients whom the caller's words describe."""

    template_name = "desk/who.html"
    context_object_name = "patients"

    @cached_property
    def form(self) -> PatientSearchForm:
        return PatientSearchForm(self.request.GET or None)

    @cached_property
    def words(self) -> str:
        return self.form.cleaned_data["q"] if self.form.is_valid() else ""

    def get_queryset(self) -> QuerySet[Patient]:
        patients = Patient.objects.select_related("user")
        return patients.found_by(self.words)[:FOUND] if self.words else patients.none()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(search_form=self.form, words=self.words, **kwargs)


class NewPatientView(StaffRequiredMixin, FormView):
    """A patient who is not in the books. Who may be the same person is shown first."""

    form_class = NewPatientForm
    template_name = "desk/new_patient.html"

    def form_valid(self, form: NewPatientForm) -> HttpResponse:
        patient = form.save()
        AuditEntry.objects.record(
            AuditEntry.Action.CREATED, patient, by=self.user, request=self.request, patient=patient
        )
        return redirect("desk:times", patient.uid)


class ForPatientMixin(StaffRequiredMixin):
    """Pages of a booking for one patient."""

    kwargs: dict[str, Any]

    @cached_property
    def patient(self) -> Patient:
        return get_object_or_404(Patient.objects.select_related("user"), uid=self.kwargs["uid"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(patient=self.patient, **kwargs)  # type: ignore[misc]


class TimesView(ForPatientMixin, SearchMixin, StripMixin, TemplateView):
    """The portal's own search, for the patient on the phone."""

    template_name = "desk/times.html"
    extra_context = {"tab": "desk"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slots = in_own_clinics(self.search.slots(self.now, hold_key=self.hold_key), self.user, "doctor__clinic")
        return super().get_context_data(**self.strip_context(slots), **kwargs)


class PhoneBookView(ForPatientMixin, StripMixin, FormView):
    """The chosen time, held while the caller speaks; the button books. Another time, if this one is gone, does too."""

    form_class = PhoneBookingForm
    template_name = "desk/book.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if works_at_desk(request.user) and not self.slot_form.is_valid():
            messages.error(request, _("Pick a time first."))
            return redirect("desk:times", self.patient.uid)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def slot_form(self) -> SlotForm:
        return SlotForm(self.request.POST or self.request.GET, slots=self.slots)

    @property
    def slots(self) -> SlotQuerySet:
        return in_own_clinics(Slot.objects.with_doctors(), self.user, "doctor__clinic")

    @cached_property
    def slot(self) -> Slot:
        return self.slot_form.cleaned_data["slot"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.slot.hold(make_hold_key(request.session), at=self.now)
        except SlotTaken as refusal:
            messages.error(request, str(refusal))
            return redirect("desk:times", self.patient.uid)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(slot=self.slot, now=self.now, **kwargs)

    def form_valid(self, form: PhoneBookingForm) -> HttpResponse:
        try:
            appointment = self.book(form.cleaned_data)
        except (SlotTaken, SlotTooSoon) as refusal:
            others = instead_of(self.slot, at=self.now, hold_key=self.hold_key)
            return self.render_to_response(self.get_context_data(form=form, refusal=refusal, others=others), status=409)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return redirect("desk:booked", appointment.reference)

    def book(self, words: dict[str, Any]) -> Appointment:
        return book_once(
            self.slot,
            patient=self.patient,
            by=self.user,
            at=self.now,
            key=words["key"],
            hold_key=self.hold_key,
            symptoms=words["symptoms"],
            reason_category=words["reason_category"],
        )


class OverrideView(ForPatientMixin, OwnTimeView):
    """A time that is not offered: over another visit, out of hours, past, or longer."""

    def doctors(self) -> QuerySet[Doctor]:
        return in_own_clinics(Doctor.objects.practising(), self.user).select_related("user", "clinic")

    def patients(self) -> QuerySet[Patient]:
        return Patient.objects.filter(pk=self.patient.pk)

    def get_initial(self) -> dict[str, Any]:
        return {"patient": self.patient.uid, "minutes": 20}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_desk=True, **kwargs)

    def booked(self, reference: str) -> HttpResponse:
        return redirect("desk:booked", reference)


class PhoneBookedView(StaffRequiredMixin, TemplateView):
    """What was booked, to be read out: time, reference, and how the patient comes to the visit."""

    template_name = "desk/booked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        appointments = Appointment.objects.visible_to(self.user).with_parties().with_visits()
        appointment = get_object_or_404(appointments, reference=self.kwargs["reference"])
        return super().get_context_data(appointment=appointment, patient=appointment.patient, **kwargs)
