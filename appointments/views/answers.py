"""How an appointment is answered and ended: accept, decline, cancel, and what is said after its time has come."""

from abc import ABC, abstractmethod
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View

from appointments.errors import TransitionRefused
from appointments.forms import CancelForm, DeclineForm, SeenForm
from appointments.forms.answers import EndForm
from appointments.models import Appointment
from appointments.permissions import can_answer, can_cancel, can_conclude, end_reasons
from clinic.errors import RuleViolation

from .own import AppointmentMixin

Status = Appointment.Status


class ActionMixin(AppointmentMixin):
    """Pages that do something to an appointment. `may` is the function in permissions.py that says who."""

    may: Any
    done: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not type(self).may(request.user, self.appointment):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ButtonView(ActionMixin, View, ABC):
    """A button that asks nothing more. Two tabs, or two people, may press it: the first wins, the other is told."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = SeenForm(request.POST)
        seen = form.cleaned_data["seen"] if form.is_valid() else None
        try:
            self.act(seen)
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, self.done)
        return redirect(self.next_page)

    @abstractmethod
    def act(self, seen: int | None) -> None:
        """Do it; raises what the rules refuse."""

    @property
    def next_page(self) -> Any:
        return self.appointment


class AcceptView(ButtonView):
    may = can_answer
    done = gettext_lazy("Accepted. The patient is told by email.")

    def act(self, seen: int | None) -> None:
        self.appointment.accept(by=self.user, seen=seen)

    @property
    def next_page(self) -> Any:
        return "doctor:requests" if self.user.is_doctor else self.appointment


class QuestionView(ActionMixin, FormView, ABC):
    """A page that asks before something is done. Where that is impossible from the start, it leads back."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refusal = self.refusal
        if refusal is None:
            return super().get(request, *args, **kwargs)
        if not isinstance(refusal, TransitionRefused):
            messages.error(request, str(refusal))
        return redirect(self.appointment)

    @property
    @abstractmethod
    def refusal(self) -> RuleViolation | None:
        """Why there is nothing to ask, if so."""

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.appointment.version}

    @abstractmethod
    def act(self, **answers: Any) -> None:
        """Do it; raises what the rules refuse."""

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            self.act(by=self.user, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(self.appointment)


class EndView(QuestionView):
    """Declining or cancelling, with a reason that the reader's role may give."""

    form_class: type[EndForm]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "reasons": end_reasons(self.user, self.appointment)}


class CancelView(EndView):
    may = can_cancel
    form_class = CancelForm
    template_name = "appointments/cancel.html"
    done = gettext_lazy("Cancelled. Both sides are told by email.")

    @property
    def refusal(self) -> RuleViolation | None:
        return self.appointment.why_not_cancel(self.user, self.now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        appointment, user = self.appointment, self.user
        return super().get_context_data(
            is_late=appointment.is_late(user, self.now),
            is_withdrawal=appointment.status == Status.REQUESTED and not appointment.is_of_clinic(user),
            **kwargs,
        )

    def act(self, **answers: Any) -> None:
        self.appointment.cancel(**answers)


class StatusView(QuestionView):
    """A question that sets `status`."""

    status: str

    @property
    def refusal(self) -> RuleViolation | None:
        return None if self.appointment.may_become(self.status) else TransitionRefused()


class DeclineView(StatusView, EndView):
    may = can_answer
    form_class = DeclineForm
    template_name = "appointments/decline.html"
    status = Status.DECLINED
    done = gettext_lazy("Declined. The patient is told by email.")

    def act(self, **answers: Any) -> None:
        self.appointment.decline(**answers)


class ConcludeView(StatusView):
    """What became of an appointment whose time has come, and that was not held in the room."""

    may = can_conclude
    form_class = Form
    template_name = "appointments/conclude.html"
    question: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.question, **kwargs)


class NoShowView(ConcludeView):
    status = Status.NO_SHOW
    question = gettext_lazy("Did the patient not come?")
    done = gettext_lazy("Marked as not attended. You can take it back until the end of the day.")

    def act(self, **answers: Any) -> None:
        self.appointment.mark_no_show(**answers)


class CompleteView(ConcludeView):
    status = Status.COMPLETED
    question = gettext_lazy("Did you hold this visit by phone?")
    done = gettext_lazy("Marked as completed.")

    def act(self, **answers: Any) -> None:
        self.appointment.complete(**answers)
