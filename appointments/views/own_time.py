"""A page on which the clinic books a time of its own choosing: for staff and for doctors."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView

from appointments.booking import book_at_once
from appointments.forms import OwnTimeForm
from clinic.errors import RuleViolation
from clinic.people.models import Doctor, Patient


class OwnTimeView(FormView, ABC):
    """The page; who opens it decides which doctors and patients there are to choose from, and where a booking leads."""

    request: Any
    form_class = OwnTimeForm
    template_name = "desk/own_time.html"

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @abstractmethod
    def doctors(self) -> QuerySet[Doctor]: ...

    @abstractmethod
    def patients(self) -> QuerySet[Patient]: ...

    @abstractmethod
    def booked(self, reference: str) -> HttpResponse: ...

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = {"doctors": self.doctors(), "patients": self.patients(), "at": self.now}
        return {**super().get_form_kwargs(), **choices}

    def form_valid(self, form: OwnTimeForm) -> HttpResponse:
        names = ("doctor", "patient", "reason_category", "key")
        facts = {name: form.cleaned_data[name] for name in names}
        because = form.cleaned_data["because"].strip() if form.warnings else ""
        try:
            booking = book_at_once(
                form.cleaned_data["period"], by=self.request.user, at=self.now, because=because, **facts
            )
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return self.booked(booking)
