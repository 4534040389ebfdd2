"""The doctor's side: begin, edit, check and issue, revoke, replace."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import UserPassesTestMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from appointments.models import Appointment
from clinic.errors import RuleViolation
from prescriptions.access import Action, record
from prescriptions.forms import (
    SUGGESTIONS,
    IssueForm,
    MedicineFormSet,
    PrescriptionForm,
    RevokeForm,
    rows_and_one_more,
    rows_of,
)
from prescriptions.models import Prescription
from prescriptions.models.queries import parties
from prescriptions.permissions import can_change, can_prescribe

from .reading import PrescriptionMixin


class EditorView(UserPassesTestMixin, PrescriptionMixin, TemplateView):
    """Diagnosis, medicines, advice, dates; with what is on record of the patient beside them."""

    template_name = "prescriptions/edit.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record(Action.READ, self.prescription, request, subject=self.prescription.patient)
        return self.show(PrescriptionForm(instance=self.prescription), rows_of(self.prescription))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "add_row" in request.POST:
            typed = PrescriptionForm(initial=request.POST.dict(), instance=self.prescription)
            return self.show(typed, rows_and_one_more(request.POST))
        form = PrescriptionForm(request.POST, instance=self.prescription)
        formset = MedicineFormSet(request.POST, prefix="medicines")
        if form.is_valid() and formset.is_valid():
            return self.save(form, formset)
        return self.show(form, formset)

    def save(self, form: PrescriptionForm, formset: Any) -> HttpResponse:
        try:
            appointment, content = self.prescription.appointment, form.cleaned_data
            written = Prescription.objects.write(appointment, medicines=formset.medicines, **content)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, formset)
        record(Action.CHANGED, written, self.request)
        return redirect("prescriptions:issue", written.reference)

    def show(self, form: PrescriptionForm, formset: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, formset=formset))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        patient = self.prescription.patient
        return super().get_context_data(
            suggestions=SUGGESTIONS,
            allergies=patient.allergy_set.current(),
            medications=patient.medication_set.current(),
            **kwargs,
        )


class PrescriptionWriteView(EditorView):
    """The editor for an appointment that has no prescription; leads to the one it has. Opening it stores nothing."""

    @cached_property
    def appointment(self) -> Appointment:
        visible = Appointment.objects.visible_to(self.user).with_parties()
        return get_object_or_404(visible, reference=self.kwargs["reference"])

    @cached_property
    def prescription(self) -> Prescription:
        """A new one, not stored."""
        patient, doctor = parties(self.appointment)
        return Prescription(appointment=self.appointment, patient=patient, doctor=doctor)

    def test_func(self) -> bool:
        return self.user.is_authenticated and can_prescribe(self.user, self.appointment)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        standing = Prescription.objects.not_revoked().filter(appointment=self.appointment).first()
        return redirect(standing) if standing else super().get(request, *args, **kwargs)


class ChangeMixin(UserPassesTestMixin, PrescriptionMixin):
    """Views with which the doctor changes a prescription; 403 for the patient who may only read it."""

    def test_func(self) -> bool:
        return self.user.is_authenticated and can_change(self.user, self.prescription)


class DraftMixin(ChangeMixin):
    """Views of a draft; once it is issued, they lead to what was issued."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.test_func() and self.prescription.status != Prescription.Status.DRAFT:
            return redirect(self.prescription)
        return super().dispatch(request, *args, **kwargs)


class PrescriptionEditView(DraftMixin, EditorView):
    """The editor of a draft."""


class PrescriptionIssueView(DraftMixin, FormView):
    """The check page, and the issue itself."""

    form_class = IssueForm
    template_name = "prescriptions/issue.html"

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.prescription.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(medicines=self.prescription.medicines.all(), **kwargs)

    def form_valid(self, form: IssueForm) -> HttpResponse:
        try:
            self.prescription.issue(by=self.user, at=timezone.now(), **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("The prescription is issued. The patient can read it now."))
        return redirect(self.prescription)


class PrescriptionRevokeView(ChangeMixin, FormView):
    """Ends a prescription that was issued, with a reason."""

    form_class = RevokeForm
    template_name = "prescriptions/revoke.html"

    def form_valid(self, form: RevokeForm) -> HttpResponse:
        try:
            return self.end(reason=form.cleaned_data["revoke_reason"])
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)

    def end(self, *, reason: str) -> HttpResponse:
        self.prescription.revoke(by=self.user, at=timezone.now(), reason=reason)
        messages.success(self.request, _("The prescription is revoked."))
        return redirect(self.prescription)


class PrescriptionReplaceView(PrescriptionRevokeView):
    """Ends a prescription and opens a new draft with its content."""

    template_name = "prescriptions/replace.html"

    def end(self, *, reason: str) -> HttpResponse:
        draft = self.prescription.replace(by=self.user, at=timezone.now(), reason=reason)
        return redirect("prescriptions:edit", draft.reference)
