"""The consultation note and its addenda: a page of their own, and a panel of the room."""

from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, View
from django_htmx.http import retarget

from clinic.audit.models import AuditEntry
from clinic.errors import RuleViolation
from televisit.forms import NoteForm
from televisit.models import Note

from .access import HostMixin

Action = AuditEntry.Action


class NoteMixin(HostMixin):
    """What concerns the note that the visit's doctor has on it."""

    @cached_property
    def note(self) -> Note:
        """The note that there is, or an empty one; opening the page stores nothing."""
        facts = {"visit": self.visit, "author": self.visit.host, "addendum_to": None}
        return Note.objects.filter(**facts).first() or Note(**facts)

    def put_on_record(self, action: str, note: Note) -> None:
        patient = self.visit.appointment.patient
        AuditEntry.objects.record(action, note, by=self.request.user, request=self.request, patient=patient)

    def show(self, **more: Any) -> HttpResponse:
        """The note as it stands: the panel anew, or without JavaScript its page."""
        if not self.request.htmx:
            return redirect("televisit:note", self.visit.code)
        self.note.refresh_from_db()
        context = {"visit": self.visit, "note": self.note, "addenda": self.addenda(), **more}
        return retarget(render(self.request, "televisit/_note.html", context), "#note")

    def addenda(self) -> list[Note]:
        """Those that are signed, in order."""
        return list(self.note.addenda.signed()) if self.note.is_signed else []


class NoteView(NoteMixin, FormView):
    """A draft that saves itself while it is written, then signed."""

    form_class = NoteForm
    route = "televisit:note"
    label = _("Consultation note")

    @cached_property
    def draft(self) -> Note | None:
        """What is being written; None once the note is signed."""
        return None if self.note.is_signed else self.note

    @property
    def is_addendum_to(self) -> Note | None:
        return None

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.note.pk:
            self.put_on_record(Action.READ, self.note)
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["televisit/_note.html" if self.request.htmx else "televisit/note.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = reverse(self.route, args=[self.visit.code])
        about = {"note": self.note, "draft": self.draft, "addenda": self.addenda(), "label": self.label}
        return super().get_context_data(address=address, **{**about, **kwargs})

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.draft.text, "version": self.draft.version} if self.draft else {}

    def form_valid(self, form: NoteForm) -> HttpResponse:
        try:
            written = self.write(**form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error("text", str(refusal))
            return self.form_invalid(form)
        return self.answer(written)

    def write(self, *, text: str, version: int) -> Note:
        """Write, and sign if asked to. Of the many saves while it is written, the first goes on record."""
        sign_at = self.now if "sign" in self.request.POST else None
        facts: dict[str, Any] = {"version": version, "to": self.is_addendum_to, "sign_at": sign_at}
        written = Note.objects.write(self.visit, self.visit.host, text, **facts)
        if version == 0:
            self.put_on_record(Action.CREATED, written)
        if sign_at is not None:
            self.put_on_record(Action.CHANGED, written)
        return written

    def form_invalid(self, form: NoteForm) -> HttpResponse:
        """What was typed stays on the page, even if the note was signed in another window."""
        context = self.get_context_data(form=form, draft=self.draft or self.note)
        return retarget(self.render_to_response(context), "#note")

    def answer(self, written: Note) -> HttpResponse:
        """While it is written, only that it is saved: the text stays under the doctor's hands."""
        if written.is_signed:
            self.note = written.addendum_to or written
            return self.show()
        if not self.request.htmx:
            return redirect(self.route, self.visit.code)
        return render(self.request, "televisit/_note_state.html", {"draft": written})


class AddendumView(NoteView):
    """What the doctor adds to a signed note."""

    route = "televisit:addendum"
    label = _("Addendum")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """There is nothing to add to a note that is not signed."""
        if request.user.is_authenticated and self.is_host and not self.note.is_signed:
            return redirect("televisit:note", self.visit.code)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def draft(self) -> Note:
        facts = {"visit": self.visit, "author": self.visit.host, "addendum_to": self.note}
        return Note.objects.unsigned().filter(**facts).first() or Note(**facts)

    @property
    def is_addendum_to(self) -> Note | None:
        return self.note


class NoteShareView(NoteMixin, View):
    """The doctor lets the patient read the note, or takes it back."""

    def post(self, request: Any, code: str) -> HttpResponse:
        if request.POST.get("share") == "yes":
            self.note.share(at=self.now)
        else:
            self.note.keep_private()
        self.put_on_record(Action.CHANGED, self.note)
        return self.show()
