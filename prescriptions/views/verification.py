"""Public pages on which a pharmacist sees whether a prescription is genuine."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from clinic.errors import RuleViolation
from clinic.headers import holds_capability
from clinic.limits import limited
from prescriptions.forms import BirthDateForm, CodeForm
from prescriptions.models import Prescription
from prescriptions.seal import holds


@method_decorator([holds_capability, limited], name="dispatch")
class VerifyFormView(FormView):
    """Where the code is typed."""

    form_class = CodeForm
    template_name = "prescriptions/verify_form.html"

    def form_valid(self, form: CodeForm) -> HttpResponse:
        return redirect("verify:code", form.cleaned_data["code"])


@method_decorator([holds_capability, limited], name="dispatch")
class SealView(View):
    """Whether the seal that a QR code carried is ours, and of this prescription: ``{"genuine": bool}``."""

    def post(self, request: HttpRequest, code: str) -> JsonResponse:
        prescription = get_object_or_404(Prescription.objects.with_code(code).with_parties())
        return JsonResponse({"genuine": holds(request.POST.get("seal", ""), prescription)})


@method_decorator([holds_capability, limited], name="dispatch")
class VerifyView(FormView):
    """Genuine, revoked or unknown; with the patient's date of birth, the medicines too."""

    form_class = BirthDateForm
    template_name = "prescriptions/verify.html"

    prescription: Prescription

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = Prescription.objects.with_code(kwargs["code"]).with_parties().first()
        if found is None:
            return render(request, "prescriptions/verify_unknown.html", status=404)
        self.prescription = found
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_valid = self.prescription.is_valid(timezone.now())
        return super().get_context_data(prescription=self.prescription, is_valid=is_valid, **kwargs)

    def form_valid(self, form: BirthDateForm) -> HttpResponse:
        try:
            if self.prescription.confirms(form.cleaned_data["birth_date"], at=timezone.now()):
                return self.render_to_response(self.get_context_data(medicines=self.prescription.medicines.all()))
            form.add_error("birth_date", _("This is not the patient's date of birth. Check it on the prescription."))
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        return self.form_invalid(form)
