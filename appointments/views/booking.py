"""From a chosen time to an appointment: one question on each page, the time held all the while."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from appointments.booking import book_once, instead_of
from appointments.draft import Draft, hold_key, make_hold_key
from appointments.errors import SlotTaken, SlotTooSoon
from appointments.forms import ConfirmForm, PatientForm, ReasonForm, SlotForm, WhoForm
from appointments.models import Appointment, Slot
from appointments.models.choices import Reason
from clinic.errors import RuleViolation
from clinic.limits import HoldThrottle, limited_by
from clinic.people.access import SignedInMixin
from clinic.people.models import Patient


@method_decorator(limited_by(HoldThrottle), name="dispatch")
class ChooseView(View):
    """A time was picked on a page of free times; from here on this browser can hold it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SlotForm(request.POST, slots=Slot.objects.all())
        if not form.is_valid():
            messages.error(request, _("Pick a time first."))
            return redirect(page_before(request))
        make_hold_key(request.session)
        return redirect("appointments:book", form.cleaned_data["slot"].uid)


def page_before(request: HttpRequest) -> str:
    """The page of ours from which the request came, else the front page."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else "find"


class HeldSlotMixin:
    """Pages about one chosen time. When somebody else has it, they offer other times, and keep what was typed."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except (SlotTaken, SlotTooSoon) as refusal:
            return self.gone(refusal)

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def slot(self) -> Slot:
        return get_object_or_404(Slot.objects.with_doctors(), uid=self.kwargs["uid"])

    def hold(self) -> None:
        """Hold the time, or hold it on. Raises SlotTaken."""
        self.slot.hold(make_hold_key(self.request.session), at=self.now)

    def gone(self, refusal: RuleViolation) -> HttpResponse:
        """Other times as near as can be; but who has just booked this one is led to the appointment."""
        mine = Appointment.objects.of_patients_of(self.request.user) if self.request.user.is_authenticated else None
        booked = mine.active().filter(slot=self.slot).first() if mine is not None else None
        if booked is not None:
            return redirect(booked)
        others = instead_of(self.slot, at=self.now, hold_key=hold_key(self.request.session))
        context = {"slot": self.slot, "refusal": refusal, "others": others, "has_answers": bool(self.draft.answers)}
        return render(self.request, "appointments/gone.html", context, status=409)

    @cached_property
    def draft(self) -> Draft:
        return Draft(self.request.session)

    @cached_property
    def patients(self) -> list[Patient]:
        """For whom the reader may book; their own profile first."""
        patients = Patient.objects.represented_by(self.request.user)
        return sorted(patients, key=lambda patient: patient.user_id != self.request.user.pk)

    @property
    def patient(self) -> Patient | None:
        """Who the visit is for: as was answered, or the only one that it can be for."""
        if len(self.patients) == 1:
            return self.patients[0]
        return next((each for each in self.patients if each.uid == self.draft.answers.get("patient")), None)

    @property
    def next_step(self) -> str:
        """The name of the first page whose question is still open."""
        if not self.patients:
            return "appointments:book-profile"
        if self.patient is None:
            return "appointments:book-who"
        return "appointments:book-check" if self.draft.answers.get("symptoms") else "appointments:book-reason"

    def go_on(self) -> HttpResponse:
        return redirect(self.next_step, self.slot.uid)


class BookView(HeldSlotMixin, View):
    """Where every chosen time leads: to signing in, or to the question that comes next."""

    def get(self, request: HttpRequest, uid: str) -> HttpResponse:
        """A mere link holds nothing for a stranger, who may be a robot: the time has to be picked first."""
        if not (request.user.is_authenticated or hold_key(request.session)):
            return redirect("doctors:detail", self.slot.doctor.slug)
        self.hold()
        if not request.user.is_authenticated:
            return render(request, "appointments/book_sign_in.html", {"slot": self.slot, "now": self.now})
        return self.go_on()


class HoldView(HeldSlotMixin, View):
    """The part of a page that says how long the time is held: asked for while somebody types, it holds the time on."""

    def post(self, request: HttpRequest, uid: str) -> HttpResponse:
        if not hold_key(request.session):
            raise PermissionDenied
        self.hold()
        return self.say()

    def gone(self, refusal: RuleViolation) -> HttpResponse:
        """Nothing that was typed may vanish: the page stays, and says that other times come with the next step."""
        return self.say(refusal=refusal)

    def say(self, **context: Any) -> HttpResponse:
        return render(self.request, "appointments/_hold.html", {"slot": self.slot, "now": self.now, **context})


class StepView(SignedInMixin, HeldSlotMixin, FormView):
    """One question. Showing it holds the time on; an answer is kept before the time is looked at again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.hold()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(slot=self.slot, patients=self.patients, now=self.now, **kwargs)


class ProfileView(StepView):
    """A user who is nobody's patient yet says who they are."""

    form_class = PatientForm
    template_name = "appointments/book_profile.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.go_on() if request.user.is_patient else super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"given_name": self.user.given_name, "family_name": self.user.family_name}

    def form_valid(self, form: PatientForm) -> HttpResponse:
        Patient.objects.get_or_create(user=self.user, defaults=form.cleaned_data)
        return redirect("appointments:book", self.slot.uid)


class WhoView(StepView):
    form_class = WhoForm
    template_name = "appointments/book_who.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "patients": self.patients}

    def get_initial(self) -> dict[str, Any]:
        return self.draft.answers

    def form_valid(self, form: WhoForm) -> HttpResponse:
        self.draft.keep(**form.cleaned_data)
        return self.go_on()


class ReasonView(StepView):
    form_class = ReasonForm
    template_name = "appointments/book_reason.html"

    def get_initial(self) -> dict[str, Any]:
        return self.draft.answers

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        self.draft.keep(**form.cleaned_data)
        return self.go_on()


class CheckView(StepView):
    """All answers at a glance; the button books, once however often it is pressed."""

    form_class = ConfirmForm
    template_name = "appointments/book_check.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.next_step != "appointments:book-check":
            return redirect("appointments:book", self.slot.uid)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"key": self.draft.key}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reason = Reason(self.draft.answers["reason_category"]).label
        return super().get_context_data(patient=self.patient, answers=self.draft.answers, reason=reason, **kwargs)

    def form_valid(self, form: ConfirmForm) -> HttpResponse:
        try:
            appointment = self.book(form.cleaned_data["key"])
        except (SlotTaken, SlotTooSoon):
            raise
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        self.draft.clear()
        return redirect("appointments:booked", appointment.reference)

    def book(self, key: str) -> Appointment:
        answers = self.draft.answers
        assert self.patient is not None  # else the question for whom would have come first
        return book_once(
            self.slot,
            patient=self.patient,
            by=self.user,
            at=self.now,
            key=key,
            hold_key=hold_key(self.request.session),
            **{name: answers[name] for name in ("symptoms", "reason_category", "is_emergency")},
        )
