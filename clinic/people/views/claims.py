"""How a patient takes over the record that staff made: /claim/, with a code and the date of birth."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from clinic.codes import normalise_code
from clinic.errors import RuleViolation
from clinic.headers import holds_capability
from clinic.limits import limited
from clinic.people.access import StaffRequiredMixin
from clinic.people.forms import ClaimCodeForm, ClaimForm, OfferClaimForm
from clinic.people.models import Claim, Patient
from clinic.people.tasks import send_claim_link


class OfferClaimView(StaffRequiredMixin, FormView):
    """Staff make a code for a patient without an account: shown once, and sent if there is an address."""

    form_class = OfferClaimForm
    template_name = "desk/claim.html"

    @cached_property
    def patient(self) -> Patient:
        return get_object_or_404(Patient, uid=self.kwargs["uid"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(patient=self.patient, **kwargs)

    def form_valid(self, form: OfferClaimForm) -> HttpResponse:
        try:
            code = Claim.objects.offer(self.patient, by=self.user, at=timezone.now())
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        email = form.cleaned_data["email"]
        if email:
            send_claim_link.delay_on_commit(code, email)
        return self.render_to_response(self.get_context_data(code=code, sent_to=email, **self.to_read_out(code)))

    def to_read_out(self, code: str) -> dict[str, str]:
        """The code in groups of four, and the address at which it is typed."""
        groups = (code[start : start + 4] for start in range(0, len(code), 4))
        return {"spoken": " ".join(groups), "typed_address": self.request.build_absolute_uri("/claim/")}


@method_decorator(limited, name="post")
class ClaimCodeView(FormView):
    """Where a code that was read out is typed."""

    form_class = ClaimCodeForm
    template_name = "claims/code.html"

    def form_valid(self, form: ClaimCodeForm) -> HttpResponse:
        return redirect("claim", normalise_code(form.cleaned_data["code"]))


@method_decorator([holds_capability, limited], name="dispatch")
class ClaimView(FormView):
    """Where the link leads: sign in, say the date of birth, and the record is one's own."""

    request: Any
    form_class = ClaimForm
    template_name = "claims/claim.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.claim is None:
            return render(request, "claims/over.html", status=404)
        if request.method == "POST" and not request.user.is_authenticated:
            return redirect("claim", self.kwargs["code"])
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def claim(self) -> Claim | None:
        return Claim.objects.of_code(self.kwargs["code"], at=timezone.now())

    def get_initial(self) -> dict[str, Any]:
        """The date that was said a moment ago, when the account was made."""
        own = getattr(self.request.user, "patient", None)
        return {"birth_date": own.birth_date} if own else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "claim": self.claim}

    def form_valid(self, form: ClaimForm) -> HttpResponse:
        try:
            self.claim.use(by=self.request.user, at=timezone.now())
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("The record is yours now. Here are your visits."))
        return redirect("home")
