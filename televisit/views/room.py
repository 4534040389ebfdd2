"""The room of a visit, and the fragments that it fetches."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from django_htmx.http import HttpResponseClientRedirect

from clinic.errors import RuleViolation
from clinic.headers import open_to_others, uses_camera
from clinic.people.access import ApprovedDoctorMixin
from televisit import rooms
from televisit.forms import IdentityForm
from televisit.models import DeviceCheck, IdentityHow, Participant, Visit, VisitEvent
from televisit.modules import EMBED_MODULES, ROOM_MODULES
from televisit.presence import is_at_work, note_at_work
from televisit.words import room_words

from .access import HostMixin, SeatMixin

SOON_HOLDS = timedelta(minutes=10)


@method_decorator(uses_camera, name="dispatch")
class RoomView(SeatMixin, TemplateView):
    """The room; its first state is the waiting room for who has not been admitted. The door leads here."""

    template_name = "televisit/room.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if not self.is_host:
                self.visitor.seat_past_door(self.visit, at=self.now)
            self.visit.refuse_unless_open(self.now)
            self.room, policy = rooms.in_room(self.visit, lambda room: (room, rooms.policy_of(room)), at=self.now)
        except RuleViolation:
            return redirect(self.visit)  # the door says why
        response = super().get(request, *args, **kwargs)
        return open_to_others(response, sources=policy.sources, devices=policy.camera_origins)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = people_of(self.visit, self.now) if self.is_host else line_of(self.visit, self.now)
        page = {"words": room_words(), "room": self.room, "is_by_phone": self.visit.is_by_phone}
        page["modules"] = ROOM_MODULES if self.room.is_own else EMBED_MODULES
        failed = rooms.failed_services(self.visit) if self.is_host else []
        page |= {"failed_services": failed, "service": rooms.label_of(self.room)}
        page["is_drawn_here"] = rooms.is_drawn_here(self.room)
        return super().get_context_data(**page, **people, **kwargs)


class WaitingView(SeatMixin, View):
    """Where things stand, for who waits. Asked again and again, it keeps the place where no socket does."""

    def get(self, request: Any, code: str) -> HttpResponse:
        if self.visit.phase(self.now) != Visit.Phase.OPEN:
            return self.back_to_the_door()
        if self.seat is not None and not self.seat.is_admitted and not self.seat.is_removed:
            self.seat.wait(at=self.now)
        context = {"visit": self.visit, "seat": self.seat, **line_of(self.visit, self.now)}
        return render(request, "televisit/_waiting.html", context)

    def back_to_the_door(self) -> HttpResponse:
        """It says why there is nothing to wait for; the whole page goes there, not the fragment."""
        return HttpResponseClientRedirect(self.visit.get_absolute_url()) if self.request.htmx else redirect(self.visit)


class WhereaboutsView(SeatMixin, View):
    """For who is in the room: whether the doctor is in another visit meanwhile."""

    def get(self, request: Any, code: str) -> HttpResponse:
        context = {"visit": self.visit, "seat": self.seat, **line_of(self.visit, self.now)}
        return render(request, "televisit/_whereabouts.html", context)


class CallMeView(SeatMixin, View):
    """Who waits leaves, and is told when it is their turn; the place in line stays theirs."""

    http_method_names = ["post"]

    def post(self, request: Any, code: str) -> HttpResponse:
        if self.seat is not None and self.seat.can_be_called and not self.seat.is_admitted:
            self.seat.ask_for_call(at=self.now)
            messages.success(request, _("You can leave this page. We send you a message when it is your turn."))
        return redirect(self.visit)


class PeopleView(HostMixin, View):
    """Who waits and who is in, for the doctor."""

    def get(self, request: Any, code: str) -> HttpResponse:
        context = {"visit": self.visit, "is_update": True, **people_of(self.visit, self.now)}
        return render(request, "televisit/_people.html", context)

    def answer(self) -> HttpResponse:
        """What follows an action on one of them: the list again, or without JavaScript the room."""
        if self.request.htmx:
            return self.get(self.request, self.visit.code)
        return redirect("televisit:room", self.visit.code)

    def seat_named(self, uid: str) -> Participant:
        seat = get_object_or_404(self.visit.participants, uid=uid)
        seat.visit = self.visit
        return seat


class AdmitView(PeopleView):
    http_method_names = ["post"]

    def post(self, request: Any, code: str, uid: str) -> HttpResponse:
        self.seat_named(uid).admit(by=request.user, at=self.now)
        return self.answer()


class RemoveView(PeopleView):
    http_method_names = ["post"]

    def post(self, request: Any, code: str, uid: str) -> HttpResponse:
        self.seat_named(uid).remove(by=request.user, at=self.now)
        return self.answer()


class CallView(PeopleView):
    """Tell who left the waiting room that it is their turn."""

    http_method_names = ["post"]

    def post(self, request: Any, code: str, uid: str) -> HttpResponse:
        self.seat_named(uid).call(by=request.user, at=self.now)
        return self.answer()


class SoonView(PeopleView):
    """Tell who waits that the doctor will be with them soon."""

    http_method_names = ["post"]

    def post(self, request: Any, code: str) -> HttpResponse:
        self.visit.record(VisitEvent.Kind.SOON, by=request.user, at=self.now)
        return self.answer()


class IdentityView(PeopleView):
    """The doctor has made sure who it is and where, or goes on without for a reason."""

    http_method_names = ["post"]

    def post(self, request: Any, code: str, uid: str) -> HttpResponse:
        form = IdentityForm(request.POST)
        if not form.is_valid():
            return HttpResponse(status=400)
        self.seat_named(uid).settle_identity(by=request.user, at=self.now, **form.cleaned_data)
        return self.answer()


class WaitingListView(ApprovedDoctorMixin, TemplateView):
    """Everybody who waits for the doctor, in whichever visit: a part of the day's page."""

    template_name = "televisit/_waiting_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        note_at_work(self.doctor)
        waiting = Participant.objects.waiting_for(self.doctor, timezone.now())
        return super().get_context_data(waiting=waiting, **kwargs)


class KnockView(WaitingListView):
    """The same in one line, which every page of the doctor shows."""

    template_name = "televisit/_knock.html"


class OtherRoomView(HostMixin, View):
    """The doctor leaves a video service that does not work for them; everybody comes into the next room."""

    http_method_names = ["post"]

    def post(self, request: Any, code: str) -> HttpResponse:
        room = self.visit.rooms.at_services().first()
        if room is not None:
            room.visit = self.visit
            room.give_up(_("The doctor has left it for another room."), at=self.now, by=request.user)
        return redirect("televisit:room", code)


class EndView(HostMixin, View):
    """The doctor ends the visit for everybody."""

    def post(self, request: Any, code: str) -> HttpResponse:
        self.visit.end(by=request.user, at=self.now)
        return redirect(self.visit)


def minutes_late(visit: Visit, at: datetime) -> int:
    """How late the doctor is: as announced, or by now, rounded up to five minutes; 0 before the visit's hour."""
    by_now = -(-int((at - visit.starts_at).total_seconds()) // 300) * 5
    return max(0, by_now, visit.appointment.minutes_late or 0)


def people_of(visit: Visit, at: datetime) -> dict[str, Any]:
    """Who waits and who is in, as the doctor sees it."""
    guests = visit.participants.exclude(role=Participant.Role.DOCTOR)
    people: dict[str, Any] = {"waiting": list(guests.waiting(at)), "present": list(guests.present())}
    for seat in [*people["waiting"], *people["present"]]:
        seat.visit = visit
    checks = DeviceCheck.objects.newest_of_each(people["waiting"])
    for seat in people["waiting"]:
        seat.device_check = checks.get(seat.pk)
    return {**people, "to_call": guests.to_call(at), "identity_hows": IdentityHow.choices}


def line_of(visit: Visit, at: datetime) -> dict[str, Any]:
    """Where things stand, as who waits sees it."""
    doctors = Participant.objects.filter(role=Participant.Role.DOCTOR, visit__host=visit.host).present()
    rooms = set(doctors.values_list("visit", flat=True))
    is_here, is_elsewhere = visit.pk in rooms, bool(rooms - {visit.pk})
    return {
        "doctor_is_here": is_here,
        "doctor_is_elsewhere": is_elsewhere,
        "doctor_is_free": not rooms and is_at_work(visit.host),
        "is_paused": is_elsewhere and not is_here and visit.status == Visit.Status.ACTIVE,
        "ahead": Visit.objects.in_line_before(visit, at).count(),
        "late_minutes": minutes_late(visit, at),
        "is_soon": visit.events.filter(kind=VisitEvent.Kind.SOON, at__gt=at - SOON_HOLDS).exists(),
    }
