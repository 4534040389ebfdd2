"""The time of a visit: how much is left, who comes next, more of it; opened again; and on by phone."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import View

from televisit.forms import MinutesForm
from televisit.models import Visit

from .access import HostMixin

STEPS = (5, 10, 15, 30)  # minutes that one press adds


class TimeView(HostMixin, View):
    """Until when the visit goes and who comes next; a press adds minutes."""

    def get(self, request: Any, code: str) -> HttpResponse:
        return render(request, "televisit/_time.html", {"visit": self.visit, **time_of(self.visit, self.now)})

    def post(self, request: Any, code: str) -> HttpResponse:
        form = MinutesForm(request.POST)
        if not form.is_valid():
            return HttpResponse(status=400)
        self.visit.extend(form.cleaned_data["minutes"], by=request.user, at=self.now)
        return self.get(request, code) if request.htmx else redirect("televisit:room", code)


class ByPhoneView(HostMixin, View):
    """The numbers to call, and that the doctor goes on by phone."""

    def get(self, request: Any, code: str) -> HttpResponse:
        callers = [person for person in self.visit.participants.on_patient_side() if person.callback]
        return render(request, "televisit/_by_phone.html", {"visit": self.visit, "callers": callers})

    def post(self, request: Any, code: str) -> HttpResponse:
        """The call begins."""
        self.visit.go_on_by_phone(by=request.user, at=self.now)
        return self.get(request, code) if request.htmx else redirect("televisit:room", code)


class PhoneMinutesView(HostMixin, View):
    """How long the call took; also once the visit is over."""

    http_method_names = ["post"]

    def post(self, request: Any, code: str) -> HttpResponse:
        form = MinutesForm(request.POST)
        if form.is_valid():
            self.visit.enter_phone_minutes(form.cleaned_data["minutes"])
        if form.is_valid() and not request.htmx:
            return redirect(self.visit)
        return render(request, "televisit/_phone_minutes.html", {"visit": self.visit, "form": form})


class ReopenView(HostMixin, View):
    """An ended visit goes on, until its room closes."""

    http_method_names = ["post"]

    def post(self, request: Any, code: str) -> HttpResponse:
        self.visit.reopen(by=request.user, at=self.now)
        return redirect("televisit:room", code)


def time_of(visit: Visit, at: datetime) -> dict[str, Any]:
    """Who comes next, whether they wait already, and the minutes that can be added."""
    following = Visit.objects.next_after(visit).with_parties().first()
    return {
        "following": following,
        "following_waits": following is not None and following.participants.waiting(at).exists(),
        "is_running": visit.status == Visit.Status.ACTIVE,
        "steps": [minutes for minutes in STEPS if minutes <= visit.minutes_to_add],
    }
