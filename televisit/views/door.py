"""The door of a visit."""

import logging
from functools import cached_property
from typing import Any

from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.generic import FormView

from clinic.errors import RuleViolation
from clinic.limits import CodeThrottle
from televisit.clock import page_clock
from televisit.forms import CodeForm, CodeGuestForm, DoorForm
from televisit.models import Consent, DeviceCheck, Participant, Visit
from televisit.models.choices import PATIENT_SIDE
from televisit.models.consent import is_asked
from televisit.modules import ROOM_MODULES
from televisit.visitors import keep_seat

from .access import SeatMixin

log = logging.getLogger(__name__)


class DoorView(SeatMixin, FormView):
    """Where everybody comes first. What it shows is the visit's phase; while it is open, the way in."""

    form_class = DoorForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """To whom the visit does not belong, its code opens the guests' door."""
        if self.found is None:
            return GuestDoorView.as_view()(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_asked(self) -> bool:
        """Whether place, number and consent are asked: of the patient's side."""
        return not self.is_guest or (self.seat is not None and is_asked(self.seat.role))

    @cached_property
    def has_consent(self) -> bool:
        if self.seat is not None:
            return Consent.objects.is_given_by(self.seat)
        return Consent.objects.is_given(self.visit.appointment.patient, by=self.visitor.account)

    def get_template_names(self) -> list[str]:
        if self.seat is not None and self.seat.is_removed:
            return ["televisit/door_removed.html"]
        return [f"televisit/door_{self.visit.phase(self.now)}.html"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "has_consent": self.has_consent}

    def get_initial(self) -> dict[str, Any]:
        """What was said before; at first the number that the patient has left with the clinic."""
        if self.seat is not None:
            return {"place": self.seat.place, "callback": self.seat.callback}
        patient = self.visit.appointment.patient
        return {"callback": patient.phone if patient else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = self.visit.participants.waiting(self.now) if self.is_host else []
        seat = self.seat
        about = {"waiting": waiting, "is_asked": self.is_asked, "has_consent": self.has_consent}
        about["is_ready"] = seat is not None and (not self.is_asked or bool(seat.place))
        about["modules"] = ROOM_MODULES
        about["device_check"] = seat and DeviceCheck.objects.newest_of(seat)
        return super().get_context_data(**about, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        said = form.cleaned_data
        try:
            with transaction.atomic():
                where = {"place": said["place"], "callback": said["callback"]}
                self.take_seat().say_at_door(agrees=said.get("consent", False), at=self.now, **where)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return redirect("televisit:room", self.visit.code)

    def take_seat(self) -> Participant:
        if self.is_guest:
            return self.visitor.seat_in_room(self.visit, at=self.now)
        seat = self.visit.take_seat(self.request.user, at=self.now)
        seat.visit = self.visit
        return seat


class CodeDoor:
    """What a code opens for everybody; guessing is slowed down, and who guesses is logged."""

    request: Any
    kwargs: dict[str, Any]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not CodeThrottle().has_room_for(request):
            log.warning("Too many codes of visits were tried from one place or account")
            return render(request, "429.html", status=429)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class GuestDoorView(CodeDoor, FormView):
    """The door for who has the code only: clinic, doctor, hour, and a guest's way in."""

    form_class = CodeGuestForm
    template_name = "televisit/door_guest.html"

    @cached_property
    def visit(self) -> Visit:
        visit = Visit.objects.with_parties().coded(self.kwargs["code"]).first()
        if visit is None:
            log.warning("A code was tried that no visit has")
            raise Http404
        return visit

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "roles": self.visit.guest_roles}

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        return {"name": user.full_name if user.is_authenticated else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = timezone.now()
        about = {"visit": self.visit, "phase": self.visit.phase(at), "clock": page_clock(self.visit, at)}
        return super().get_context_data(**about, other_name=self.visit.host.name, is_guest=True, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            self.visit.refuse_unless_open(timezone.now())
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        keep_seat(self.request.session, self.visit.seat_guest(**form.cleaned_data))
        return redirect(self.visit if form.cleaned_data["role"] in PATIENT_SIDE else self.room)

    @property
    def room(self) -> str:
        return f"{self.visit.get_absolute_url()}room/"


class CodeView(CodeDoor, FormView):
    """Where somebody types the code that they were told."""

    form_class = CodeForm
    template_name = "televisit/code.html"

    def form_valid(self, form: Form) -> HttpResponse:
        visit = Visit.objects.coded(form.cleaned_data["code"]).first()
        if visit is None:
            log.warning("A code was tried that no visit has")
            form.add_error("code", form.fields["code"].error_messages["unknown"])
            return self.form_invalid(form)
        return redirect(visit)
