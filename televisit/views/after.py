"""After a visit: what came of it, in the doctor's words; and who was there when."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from clinic.errors import RuleViolation
from televisit.billing import billing_of
from televisit.finishing import finish, finished
from televisit.forms import FinishForm
from televisit.models import Visit
from televisit.permissions import can_read_history

from .access import NamedPatientMixin


class FinishView(NamedPatientMixin, FormView):
    """The doctor says what came of the visit and what the patient should do; it may be mended later."""

    form_class = FinishForm
    template_name = "televisit/finish.html"

    def get_initial(self) -> dict[str, Any]:
        return finished(self.visit)

    def form_valid(self, form: FinishForm) -> HttpResponse:
        try:
            finish(self.visit, by=self.request.user, request=self.request, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. The patient can read it now."))
        return redirect("record:after-visit", self.visit.appointment.reference)


class HistoryView(LoginRequiredMixin, TemplateView):
    """Who was there from when to when, what happened step by step, and what counts for billing."""

    template_name = "televisit/history.html"
    extra_context = {"tab": "today"}

    @cached_property
    def visit(self) -> Visit:
        visible = Visit.objects.visible_to(self.request.user).with_parties()
        return get_object_or_404(visible.coded(self.kwargs["code"]))

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not can_read_history(request.user, self.visit):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            visit=self.visit,
            people=self.visit.participants.prefetch_related("attendances"),
            events=self.visit.events.select_related("participant", "actor"),
            billing=billing_of(self.visit, timezone.now()),
            **kwargs,
        )
