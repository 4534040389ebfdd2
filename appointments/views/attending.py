"""Buttons for when somebody does not come: running late, the link once more, taking back a no-show, a call."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View

from appointments.forms import LateForm
from appointments.late import tell_late
from appointments.permissions import can_conclude, is_on_patients_side
from clinic.people.access import ApprovedDoctorMixin

from .answers import ButtonView


class UndoNoShowView(ButtonView):
    may = can_conclude
    done = gettext_lazy("Taken back. The visit stands again.")

    def act(self, seen: int | None) -> None:
        self.appointment.undo_no_show(by=self.user, at=self.now)


class SendLinkView(ButtonView):
    may = can_conclude
    done = gettext_lazy("The link is on its way to the patient.")

    def act(self, seen: int | None) -> None:
        self.appointment.send_link(by=self.user)


class AskForCallView(ButtonView):
    may = is_on_patients_side
    done = gettext_lazy("We have told the clinic that you want to be called.")

    def act(self, seen: int | None) -> None:
        self.appointment.ask_for_call(by=self.user)


class LateView(ApprovedDoctorMixin, View):
    """The doctor runs late: everybody who still waits today is told."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LateForm(request.POST)
        if form.is_valid():
            self.tell(form.cleaned_data["minutes"])
        return redirect("doctor:today")

    def tell(self, minutes: int) -> None:
        count = tell_late(self.doctor, minutes=minutes, at=timezone.now())
        words = ngettext("%(n)d patient is told.", "%(n)d patients are told.", count)
        messages.success(self.request, words % {"n": count})
