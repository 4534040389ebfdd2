"""/settings/: what people may see and change about themselves."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.messages.views import SuccessMessageMixin
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, UpdateView

from clinic.people.access import DoctorRequiredMixin
from clinic.people.forms import DisplayForm, DoctorSettingsForm, PatientSettingsForm
from clinic.people.models import Doctor, Patient, Representation, User


class SettingsView(LoginRequiredMixin, TemplateView):
    """Everything at a glance, with links to change it."""

    request: Any
    template_name = "settings/index.html"
    extra_context = {"tab": "settings"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            doctor=getattr(self.request.user, "doctor", None),
            patient=getattr(self.request.user, "patient", None),
            acts_for=self.acts_for(),
            **kwargs,
        )

    def acts_for(self) -> list[tuple[Representation, str]]:
        """For whom the user acts, each with how that stands today."""
        today = timezone.now().date()
        rows = self.request.user.representations.select_related("patient").order_by("pk")
        return [(row, str(Representation.State(row.state(today)).label)) for row in rows]


class ChangeView(SuccessMessageMixin, UpdateView):
    """One form of the settings; saved, it leads back to them."""

    request: Any
    template_name = "settings/change.html"
    extra_context = {"tab": "settings"}
    success_url = reverse_lazy("settings:index")
    success_message = _("Saved.")
    heading: Any = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(heading=self.heading, **kwargs)


class DisplayView(LoginRequiredMixin, ChangeView):
    form_class = DisplayForm
    heading = _("Time zone and colours")

    def get_object(self, queryset: object = None) -> User:
        return User.objects.get(pk=self.request.user.pk)  # its own copy: a refused form must not colour the page


class PatientView(LoginRequiredMixin, ChangeView):
    """For who has a patient's profile; for others there is no such page."""

    form_class = PatientSettingsForm
    heading = _("Phone, language and needs")

    def get_object(self, queryset: object = None) -> Patient:
        patient = getattr(self.request.user, "patient", None)
        if patient is None:
            raise Http404
        return patient


class DoctorView(DoctorRequiredMixin, ChangeView):
    form_class = DoctorSettingsForm
    heading = _("How patients book you")

    def get_object(self, queryset: object = None) -> Doctor:
        return self.doctor

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        self.doctor.tell_of_changes(form.changed_data)
        return response
