"""/desk/hand-over/: a doctor cannot come, and staff decide what becomes of each appointment, on one screen."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from appointments.forms import HandOverForm
from appointments.hand_over import HandOver
from clinic.errors import RuleViolation
from clinic.people.access import StaffRequiredMixin
from clinic.people.models import Doctor
from clinic.people.models.doctors import DoctorQuerySet
from clinic.people.permissions import in_own_clinics

from .asked import asked_day


class HandOverView(StaffRequiredMixin, TemplateView):
    """The appointments of ``?doctor=`` on ``?day=``, today without it, all to come on ``all``; else choose a doctor."""

    template_name = "desk/hand_over.html"

    @property
    def doctors(self) -> DoctorQuerySet:
        return in_own_clinics(Doctor.objects.select_related("user", "clinic"), self.user)

    @cached_property
    def hand_over(self) -> HandOver | None:
        slug, now = self.request.GET.get("doctor"), timezone.now()
        if not slug:
            return None
        doctor = get_object_or_404(self.doctors.exclude(zone=""), slug=slug)
        is_for_good = self.request.GET.get("day") == "all"
        return HandOver(doctor, None if is_for_good else asked_day(self.request) or timezone.localdate(now), at=now)

    @cached_property
    def rows(self) -> list[tuple[Any, HandOverForm]]:
        """Each appointment with its form."""
        if self.hand_over is None:
            return []
        data = self.request.POST or None
        return [
            (each, HandOverForm(data, prefix=each.reference, choices=self.hand_over.choices_for(each)))
            for each in self.hand_over.appointments
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = Q(pk=self.hand_over.doctor.pk) if self.hand_over else Q()
        doctors = self.doctors.exclude(zone="").filter(Q(pk__in=Doctor.objects.practising()) | chosen)
        return super().get_context_data(hand_over=self.hand_over, rows=self.rows, doctors=doctors, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        done = sum([self.decide(appointment, form) for appointment, form in self.rows])
        if done:
            words = ngettext("%(n)d appointment is settled.", "%(n)d appointments are settled.", done)
            messages.success(request, words % {"n": done})
        return redirect(request.get_full_path())

    def decide(self, appointment: Any, form: HandOverForm) -> bool:
        """Do what was chosen for one appointment; what the rules refuse is said, and the others go on."""
        assert self.hand_over is not None  # else there are no rows
        if not form.is_valid():
            messages.error(self.request, f"{appointment}: {' '.join(map(str, form.errors['what']))}")
            return False
        try:
            return self.hand_over.do(appointment, form.cleaned_data["what"], by=self.user)
        except RuleViolation as refusal:
            messages.error(self.request, f"{appointment}: {refusal}")
            return False
