"""Whose visit it is, and who may open its pages."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic.base import ContextMixin, View

from televisit.clock import page_clock
from televisit.errors import PatientNotNamed
from televisit.models import Participant, Visit
from televisit.permissions import can_run
from televisit.visitors import Visitor


class VisitMixin(LoginRequiredMixin, ContextMixin):
    """Pages of one visit, for those who have a seat in it; to everybody else it does not exist."""

    request: Any  # with user and htmx
    kwargs: dict[str, Any]

    @cached_property
    def visit(self) -> Visit:
        visits = Visit.objects.with_seat_for(self.request.user).with_parties()
        return get_object_or_404(visits.coded(self.kwargs["code"]))

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def seat(self) -> Participant | None:
        return self.visit.seat_of(self.request.user)

    @property
    def is_host(self) -> bool:
        return can_run(self.request.user, self.visit)

    @property
    def other_name(self) -> str:
        """Whom the reader meets."""
        return self.visit.patient_name if self.is_host else self.visit.host.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = {"visit": self.visit, "seat": self.seat, "is_host": self.is_host, "other_name": self.other_name}
        return super().get_context_data(**about, clock=page_clock(self.visit, self.now), **kwargs)


class SeatMixin(VisitMixin):
    """Pages that guests open too, by the seat that their session keeps: the door, the waiting room, the room."""

    @cached_property
    def visitor(self) -> Visitor:
        return Visitor.of(self.request.user, self.request.session)

    @cached_property
    def found(self) -> Visit | None:
        return self.visitor.find_visit(self.kwargs["code"])

    @cached_property
    def visit(self) -> Visit:
        if self.found is None:
            raise Http404
        return self.found

    @cached_property
    def seat(self) -> Participant | None:
        return self.visitor.seat_in(self.visit, self.now)

    @cached_property
    def is_guest(self) -> bool:
        return self.visitor.is_guest_of(self.visit, self.now)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who is not signed in needs a guest's seat."""
        if request.user.is_authenticated or self.found is not None:
            return View.dispatch(self, request, *args, **kwargs)  # type: ignore[arg-type]
        return self.handle_no_permission()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_guest=self.is_guest, **kwargs)


class HostMixin(VisitMixin):
    """What only the visit's doctor may open or do; the patient knows of the visit, so it is a 403."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.is_host:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class NamedPatientMixin(HostMixin):
    """What the doctor says of the patient; who came to an instant visit is asked for first."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.is_host and self.visit.appointment.patient is None:
            messages.info(request, str(PatientNotNamed()))
            return redirect("televisit:name-patient", self.visit.code)
        return super().dispatch(request, *args, **kwargs)
