"""What both parties see: the prescription and its PDF."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import TemplateView

from prescriptions.access import Action, pdf_response, record
from prescriptions.models import Prescription
from prescriptions.permissions import can_change


class PrescriptionMixin:
    """Views of one prescription: what the user may not see is a 404."""

    request: Any
    kwargs: dict[str, Any]

    @property
    def user(self) -> Any:
        return self.request.user

    @cached_property
    def prescription(self) -> Prescription:
        visible = Prescription.objects.visible_to(self.user).with_parties()
        return get_object_or_404(visible, reference=self.kwargs["reference"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(prescription=self.prescription, **kwargs)  # type: ignore[misc]


class PrescriptionDetailView(LoginRequiredMixin, PrescriptionMixin, TemplateView):
    """Reading is on record. A draft, which only its doctor sees, leads to the editor."""

    template_name = "prescriptions/detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.prescription.status == Prescription.Status.DRAFT:
            return redirect("prescriptions:edit", self.prescription.reference)
        record(Action.READ, self.prescription, request)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            medicines=self.prescription.medicines.all(),
            is_mine=can_change(self.user, self.prescription),
            is_valid=self.prescription.is_valid(timezone.now()),
            tab="record",
            **kwargs,
        )


class PrescriptionPdfView(LoginRequiredMixin, PrescriptionMixin, View):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return pdf_response(self.prescription, request)
