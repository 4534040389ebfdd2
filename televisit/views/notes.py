"""The consultation note: a page of its own, and a panel of the room."""

from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import FormView
from django_htmx.http import retarget

from clinic.audit.models import AuditEntry
from clinic.errors import RuleViolation
from televisit.forms import NoteForm
from televisit.models import Note

from .access import HostMixin


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
