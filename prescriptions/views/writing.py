"""The doctor's side: begin, edit, check and issue, revoke, replace."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import UserPassesTestMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from appointments.models import Appointment
from clinic.codes import uid
from clinic.errors import RuleViolation
from prescriptions.access import Action, record
from prescriptions.errors import NotADraft
from prescriptions.forms import (
    SUGGESTIONS,
    IssueForm,
    MedicineFormSet,
    PrescriptionForm,
    RevokeForm,
    as_typed,
    content_typed,
    rows_as_typed,
    rows_of,
)
from prescriptions.models import Medicine, Prescription
from prescriptions.models.matches import Match
from prescriptions.models.queries import parties
from prescriptions.permissions import can_change, can_prescribe

from .reading import PrescriptionMixin

NUMBER = re.compile("[0-9]{1,18}")


class EditorView(UserPassesTestMixin, PrescriptionMixin, TemplateView):
    """Diagnosis, medicines, advice, dates; with what is on record of the patient beside them.

    While it is written, htmx sends what was typed, which is kept unchecked; submitted, it is checked.
    """

    request: Any  # with htmx
    template_name = "prescriptions/edit.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record(Action.READ, self.prescription, request, subject=self.prescription.patient)
        return self.show(PrescriptionForm(instance=self.prescription), rows_of(self.prescription))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.request.htmx:
            return self.keep_typed()
        if "add_row" in request.POST:
            typed = PrescriptionForm(initial=request.POST.dict(), instance=self.prescription)
            return self.show(typed, rows_as_typed(request.POST, self.row_to_add()))
        form = PrescriptionForm(request.POST, instance=self.prescription)
        formset = MedicineFormSet(request.POST, prefix="medicines")
        if form.is_valid() and formset.is_valid():
            return self.save(form, formset)
        return self.show(form, formset)

    def keep_typed(self) -> HttpResponse:
        """While it is written: only how the draft stands; the text stays under the doctor's hands."""
        try:
            draft = Prescription.objects.begin(self.prescription.appointment)
            draft.keep_typed(content_typed(self.request.POST), version=self.version_typed(), page=self.page)
        except RuleViolation as refusal:
            return self.show_state(refusal=refusal, prescription=self.prescription)
        if draft.version == 1:  # of the many saves while it is written, the first goes on record
            record(Action.CREATED, draft, self.request)
        return self.show_state(prescription=draft)

    def show_state(self, **facts: Any) -> HttpResponse:
        return render(self.request, "prescriptions/_draft_state.html", facts)

    @cached_property
    def page(self) -> str:
        """The open page's own name: what it saved by itself is no other window's change."""
        return self.request.POST.get("page") or uid()

    def version_typed(self) -> int:
        """The version that the page had; of a page that was opened before there was a draft, 0."""
        return number_in(self.request.POST.get("version", ""))

    def row_to_add(self) -> dict[str, Any]:
        """A blank row, or the doctor's earlier medicine that was chosen, ready to be written again."""
        if self.request.POST["add_row"] != "earlier":
            return {}
        chosen = number_in(self.request.POST.get("earlier", ""))
        earlier = Medicine.objects.issued_by(self.prescription.doctor).filter(pk=chosen)
        return next((as_typed(medicine) for medicine in earlier), {})

    def save(self, form: PrescriptionForm, formset: Any) -> HttpResponse:
        try:
            appointment, content = self.prescription.appointment, form.cleaned_data
            written = Prescription.objects.write(appointment, medicines=formset.medicines, page=self.page, **content)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, formset)
        record(Action.CHANGED, written, self.request)
        return redirect("prescriptions:issue", written.reference)

    def show(self, form: PrescriptionForm, formset: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, formset=formset))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        patient, earlier = self.prescription.patient, Medicine.objects.earlier_of(self.prescription.doctor)
        return super().get_context_data(
            suggestions={"name": list(dict.fromkeys(each.name for each in earlier)), **SUGGESTIONS},
            earlier=earlier,
            page=self.page,
            allergies=patient.allergy_set.current(),
            medications=patient.medication_set.current(),
            **kwargs,
        )


def number_in(text: str) -> int:
    """The number that a page sent; 0 for anything else, as what is too long to be one of ours."""
    return int(text) if NUMBER.fullmatch(text) else 0


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

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The check page; for a draft with changes that were not checked, the editor."""
        if self.prescription.typed is not None:
            return redirect("prescriptions:edit", self.prescription.reference)
        record(Action.READ, self.prescription, request, subject=self.prescription.patient)
        return super().get(request, *args, **kwargs)

    @cached_property
    def matches(self) -> list[Match]:
        return self.prescription.matches_now()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "matches": self.matches}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        patient = self.prescription.patient
        return super().get_context_data(
            record_now=self.prescription.record_now(),  # before what is shown is read
            medicines=self.prescription.medicines.all(),
            matches=self.matches,
            allergies=patient.allergy_set.current(),
            medications=patient.medication_set.current(),
            **kwargs,
        )

    def form_valid(self, form: IssueForm) -> HttpResponse:
        try:
            self.prescription.issue(by=self.user, at=timezone.now(), **form.cleaned_data)
        except NotADraft:  # pressed twice, or issued in another window: it leads to what was issued
            return redirect(self.prescription)
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
