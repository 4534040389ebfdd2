"""The door of a visit, its room, and the fragments that the room fetches."""

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import FormView, TemplateView, View
from django.views.generic.base import ContextMixin
from django_htmx.http import HttpResponseClientRedirect, retarget

from clinic.audit.models import AuditEntry
from clinic.errors import RuleViolation
from clinic.headers import uses_camera
from clinic.people.access import ApprovedDoctorMixin

from .clock import page_clock
from .forms import DoorForm, NoteForm
from .models import Note, Participant, Visit
from .permissions import can_run
from .words import room_words

ROOM_MODULES = sorted(f"js/room/{path.name}" for path in Path(settings.BASE_DIR, "static/js/room").glob("*.js"))


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
        return str(self.visit.appointment.patient if self.is_host else self.visit.host)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = {"visit": self.visit, "seat": self.seat, "is_host": self.is_host, "other_name": self.other_name}
        return super().get_context_data(**about, clock=page_clock(self.visit, self.now), **kwargs)


class HostMixin(VisitMixin):
    """What only the visit's doctor may open or do; the patient knows of the visit, so it is a 403."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.is_host:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


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


@method_decorator(uses_camera, name="dispatch")
class RoomView(VisitMixin, TemplateView):
    """The room; its first state is the waiting room for who has not been admitted. The door leads here."""

    template_name = "televisit/room.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if not self.is_host:
                self.visit.seat_in_room(request.user, at=self.now)
            self.visit.refuse_unless_open(self.now)
        except RuleViolation:
            return redirect(self.visit)  # the door says why
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = people_of(self.visit, self.now) if self.is_host else line_of(self.visit, self.now)
        return super().get_context_data(words=room_words(), modules=ROOM_MODULES, **people, **kwargs)


class WaitingView(VisitMixin, View):
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


class WaitingListView(ApprovedDoctorMixin, TemplateView):
    """Everybody who waits for the doctor, in whichever visit: a part of the day's page."""

    template_name = "televisit/_waiting_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = Participant.objects.waiting_for(self.doctor, timezone.now())
        return super().get_context_data(waiting=waiting, **kwargs)


class EndView(HostMixin, View):
    """The doctor ends the visit for everybody."""

    def post(self, request: Any, code: str) -> HttpResponse:
        self.visit.end(by=request.user, at=self.now)
        return redirect(self.visit)


class NoteView(HostMixin, FormView):
    """The consultation note: a draft that saves itself while it is written, then signed.

    A page of its own, and a panel of the room.
    """

    form_class = NoteForm

    @cached_property
    def note(self) -> Note:
        """The note that there is, or an empty one; opening the page stores nothing."""
        facts = {"visit": self.visit, "author": self.visit.host, "addendum_to": None}
        return Note.objects.filter(**facts).first() or Note(**facts)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.note.pk:
            self.put_on_record(AuditEntry.Action.READ)
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["televisit/_note.html" if self.request.htmx else "televisit/note.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(note=self.note, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.note.text, "version": self.note.version}

    def form_valid(self, form: NoteForm) -> HttpResponse:
        try:
            self.save(**form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return self.answer()

    def save(self, *, text: str, version: int) -> None:
        """Write, and sign if asked to. Of the many saves while it is written, the first goes on record."""
        self.note = Note.objects.of(self.visit, self.visit.host)
        self.note.write(text, version=version)
        if version == 0:
            self.put_on_record(AuditEntry.Action.CREATED)
        if "sign" in self.request.POST:
            self.note.sign(at=self.now)
            self.put_on_record(AuditEntry.Action.CHANGED)

    def put_on_record(self, action: str) -> None:
        patient = self.visit.appointment.patient
        AuditEntry.objects.record(action, self.note, by=self.request.user, request=self.request, patient=patient)

    def form_invalid(self, form: NoteForm) -> HttpResponse:
        return retarget(super().form_invalid(form), "#note")

    def answer(self) -> HttpResponse:
        """While it is written, only that it is saved: the text stays under the doctor's hands."""
        if not self.request.htmx:
            return redirect("televisit:note", self.visit.code)
        if self.note.is_signed:
            return retarget(self.render_to_response(self.get_context_data()), "#note")
        return render(self.request, "televisit/_note_state.html", {"note": self.note})


def people_of(visit: Visit, at: datetime) -> dict[str, Any]:
    """Who waits and who is in, as the doctor sees it."""
    guests = visit.participants.exclude(role=Participant.Role.DOCTOR)
    return {"waiting": guests.waiting(at), "present": guests.present()}


def line_of(visit: Visit, at: datetime) -> dict[str, Any]:
    """Where things stand, as who waits sees it."""
    doctors = Participant.objects.filter(role=Participant.Role.DOCTOR, visit__host=visit.host).present()
    rooms = set(doctors.values_list("visit", flat=True))
    return {
        "doctor_is_here": visit.pk in rooms,
        "doctor_is_elsewhere": bool(rooms - {visit.pk}),
        "ahead": Visit.objects.in_line_before(visit, at).count(),
        "is_late": at > visit.starts_at,
    }
