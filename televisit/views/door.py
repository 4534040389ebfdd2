"""The door of a visit."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from clinic.errors import RuleViolation
from televisit.forms import DoorForm

from .access import VisitMixin


class DoorView(VisitMixin, FormView):
    """Where everybody comes first. What it shows is the visit's phase; while it is open, the way in."""

    form_class = DoorForm

    def get_template_names(self) -> list[str]:
        if self.seat is not None and self.seat.is_removed:
            return ["televisit/door_removed.html"]
        return [f"televisit/door_{self.visit.phase(self.now)}.html"]

    def get_initial(self) -> dict[str, Any]:
        """What was said before; at first the number that the patient has left with the clinic."""
        if self.seat is not None:
            return {"place": self.seat.place, "callback": self.seat.callback}
        return {"callback": self.visit.appointment.patient.phone}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = self.visit.participants.waiting(self.now) if self.is_host else []
        return super().get_context_data(waiting=waiting, **kwargs)

    def form_valid(self, form: DoorForm) -> HttpResponse:
        try:
            seat = self.visit.take_seat(self.request.user, at=self.now)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        seat.say_where(**form.cleaned_data)
        return redirect("televisit:room", self.visit.code)
