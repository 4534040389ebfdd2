"""Emergencies: a patient asks for a doctor at once, and a doctor who is on call takes it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from appointments.forms import EmergencyForm, PatientForm
from appointments.models import Appointment
from appointments.models.emergencies import doctors_on_call
from clinic.errors import RuleViolation
from clinic.people.access import ApprovedDoctorMixin, SignedInMixin
from clinic.people.models import Clinic, Patient


class EmergencyView(SignedInMixin, FormView):
    """What is wrong, and with whom; only while somebody is on call. Who is nobody's patient yet says who they are."""

    template_name = "appointments/emergency.html"

    @cached_property
    def patients(self) -> QuerySet[Patient]:
        return Patient.objects.represented_by(self.user)

    def get_form_class(self) -> type[BaseForm]:
        return EmergencyForm if self.patients.exists() else PatientForm

    def get_form_kwargs(self) -> dict[str, Any]:
        extra = {"patients": self.patients} if self.get_form_class() is EmergencyForm else {}
        return {**super().get_form_kwargs(), **extra}

    def get_initial(self) -> dict[str, Any]:
        own = getattr(self.user, "patient", None)
        names = {"given_name": self.user.given_name, "family_name": self.user.family_name}
        return {"patient": own.uid, **names} if own else names

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        doctor = doctors_on_call(timezone.now()).select_related("clinic").first()
        clinic = doctor.clinic if doctor else Clinic.objects.first()
        return super().get_context_data(somebody_on_call=doctor is not None, clinic=clinic, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        if isinstance(form, ModelForm):
            Patient.objects.get_or_create(user=self.user, defaults=form.cleaned_data)
            return redirect("appointments:emergency")
        try:
            emergency = Appointment.objects.call_for_help(by=self.user, at=timezone.now(), **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return redirect(emergency)


class TakeView(ApprovedDoctorMixin, View):
    """The first doctor to press has the emergency; the others are told who took it."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        emergencies = Appointment.objects.filter(is_emergency=True, slot__isnull=True)
        emergency = get_object_or_404(emergencies, reference=reference)
        try:
            emergency.take(self.doctor, at=timezone.now())
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
            return redirect("doctor:requests")
        messages.success(request, _("It is yours. The patient is called in now."))
        return redirect(emergency)
