"""Adding to a patient's history, striking out, confirming."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from clinic.people.models import Patient
from clinic.people.models.history import HistoryEntry
from clinic.record.access import RecordMixin
from clinic.record.audit import Action
from clinic.record.forms import EntryForm
from clinic.record.kinds import KINDS, Kind
from clinic.record.permissions import open_to


class KindMixin(RecordMixin):
    """Pages of one kind of history."""

    @cached_property
    def kind(self) -> Kind:
        try:
            return KINDS[self.kwargs["kind"]]
        except KeyError:
            raise Http404 from None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{**kwargs, "kind": self.kind})


class EntryAddView(KindMixin, FormView):
    """A new entry: by the patient's side as they say it, by a doctor as confirmed."""

    form_class = EntryForm
    template_name = "record/add.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.kind}

    def form_valid(self, form: EntryForm) -> HttpResponse:
        entry = self.kind.model.objects.enter(
            self.patient, by=self.request.user, at=self.at, doctor=self.doctor, **form.cleaned_data
        )
        self.note(Action.CREATED, entry)
        messages.success(self.request, _("Added to the record."))
        return redirect(self.record_url)


class EntryMixin(KindMixin):
    """Pages of one entry, `uid` in the address; an entry of a record that is closed to the reader is a 404."""

    @cached_property
    def entry(self) -> HistoryEntry:
        readable = self.kind.model.objects.filter(patient__in=open_to(self.request.user, self.at))
        return get_object_or_404(readable.select_related("patient"), uid=self.kwargs["uid"])

    @cached_property
    def patient(self) -> Patient:
        return self.entry.patient


class EntryStrikeOutView(EntryMixin, TemplateView):
    """Asks, then strikes an entry out; it stays on record as what no longer holds. Pressed twice, it leads back."""

    template_name = "record/strike_out.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.record_url) if self.entry.ended_at else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entry=self.entry, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.entry.end(at=self.at)
        self.note(Action.CHANGED, self.entry)
        messages.success(request, _("Struck out. It stays on record as what no longer applies."))
        return redirect(self.record_url)


class EntryConfirmView(EntryMixin, View):
    """A doctor confirms what the patient has entered."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        doctor = self.doctor
        if doctor is None:
            raise PermissionDenied
        self.entry.confirm(by=doctor, at=self.at)
        self.note(Action.CHANGED, self.entry)
        if self.entry.ended_at is None:
            messages.success(request, _("Confirmed."))
        return redirect(self.record_url)
