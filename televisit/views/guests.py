"""Guests: who invites them, and what their link opens; visits that a doctor opens at once."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from clinic.errors import RuleViolation
from clinic.headers import holds_capability
from clinic.limits import limited
from clinic.people.access import ApprovedDoctorMixin, SignedInMixin
from televisit.clock import page_clock
from televisit.forms import GuestForm, InviteForm, NewPatientForm, PatientByLinkForm
from televisit.instant import known_or_new, open_now
from televisit.models import Invitation, Visit
from televisit.models.choices import PATIENT_SIDE, Role
from televisit.permissions import can_invite, roles_to_invite
from televisit.visitors import Visitor, keep_seat

from .access import HostMixin


class InviterMixin(SignedInMixin):
    """For a visit's two parties and for staff."""

    kwargs: dict[str, Any]

    @cached_property
    def visit(self) -> Visit:
        visits = Visit.objects.visible_to(self.request.user).with_parties()
        visit = get_object_or_404(visits.coded(self.kwargs["code"]))
        if not can_invite(self.request.user, visit, timezone.now()):
            raise PermissionDenied
        return visit


class InvitationsView(InviterMixin, FormView):
    """Who was asked to a visit, and asking one more. A link that nobody sends is shown once, to be copied."""

    form_class = InviteForm
    template_name = "televisit/invitations.html"

    @property
    def roles(self) -> list[Role]:
        return roles_to_invite(self.user, self.visit)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "roles": self.roles}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitations = self.visit.invitations.asked().select_related("invited_by")
        return super().get_context_data(visit=self.visit, invitations=invitations, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        facts = {"by": self.user, "at": timezone.now(), **form.cleaned_data}
        invitation = Invitation.objects.invite(self.visit, **facts)
        if not invitation.address:
            blank = self.form_class(roles=self.roles)
            return self.render_to_response(self.get_context_data(form=blank, link=invitation.renew_link()))
        messages.success(self.request, _("The invitation is on its way."))
        return redirect("televisit:invitations", self.visit.code)


class RevokeView(InviterMixin, View):
    http_method_names = ["post"]

    def post(self, request: Any, code: str, uid: str) -> HttpResponse:
        invitation = get_object_or_404(self.visit.invitations, uid=uid)
        invitation.visit = self.visit
        invitation.revoke(by=self.user, at=timezone.now())
        return redirect("televisit:invitations", code)


@method_decorator([holds_capability, limited], name="dispatch")
class InvitedView(FormView):
    """What a link opens. Opening it changes nothing, for mail scanners open links; the button takes the seat."""

    template_name = "televisit/invited.html"

    @cached_property
    def invitation(self) -> Invitation:
        links = Invitation.objects.select_related("visit__appointment__patient", "visit__host__user", "visit__clinic")
        return get_object_or_404(links.with_link(self.kwargs["secret"]))

    @property
    def visit(self) -> Visit:
        return self.invitation.visit

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who has a seat already goes on to the door."""
        seat = Visitor.of(request.user, request.session).seat_in(self.visit, timezone.now())
        return redirect(self.visit) if seat else super().get(request, *args, **kwargs)

    def get_form_class(self) -> type[Form]:
        return PatientByLinkForm if self.invitation.asks_birth_date else GuestForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.invitation.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = timezone.now()
        phase = "revoked" if self.invitation.is_revoked else self.visit.phase(at)
        about = {"visit": self.visit, "invitation": self.invitation, "other_name": self.visit.host.name}
        clock = page_clock(self.visit, at)
        return super().get_context_data(**about, phase=phase, clock=clock, is_guest=True, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            seat = self.invitation.accept(at=timezone.now(), **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        keep_seat(self.request.session, seat)
        if seat.role in PATIENT_SIDE:
            return redirect(self.visit)
        return redirect("televisit:room", self.visit.code)


class InstantView(ApprovedDoctorMixin, View):
    """One press opens a visit now; what follows is the link to send."""

    http_method_names = ["post"]

    def post(self, request: Any) -> HttpResponse:
        visit = open_now(self.doctor, at=timezone.now())
        return redirect("televisit:invitations", visit.code)


class NamePatientView(HostMixin, FormView):
    """The doctor says who came to an instant visit: somebody the clinic knows, or a new patient."""

    form_class = NewPatientForm
    template_name = "televisit/name_patient.html"

    def form_valid(self, form: NewPatientForm) -> HttpResponse:
        try:
            with transaction.atomic():
                self.visit.name_patient(known_or_new(**form.cleaned_data))
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        is_open = self.visit.phase(self.now) == Visit.Phase.OPEN
        return redirect("televisit:room" if is_open else "televisit:door", self.visit.code)
