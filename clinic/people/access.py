"""Mixins of pages that are for some people only: who is signed in, staff, doctors."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from clinic.people.models import Doctor, User

from .permissions import practising_doctor, works_at_desk


class SignedInMixin(LoginRequiredMixin):
    """A page for who is signed in: `self.user`."""

    request: HttpRequest

    @property
    def user(self) -> User:
        assert isinstance(self.request.user, User)  # else the page was not opened
        return self.request.user


class StaffRequiredMixin(SignedInMixin):
    """For staff at the desk; everybody else who is signed in gets a 403."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not works_at_desk(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class DoctorRequiredMixin(LoginRequiredMixin):
    """For doctors, approved or not; everybody else gets a 403. `self.doctor` is the reader's profile."""

    request: Any

    @property
    def doctor(self) -> Doctor:
        return self.request.user.doctor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.is_doctor:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ApprovedDoctorMixin(DoctorRequiredMixin):
    """For doctors who may work here. Who waits for approval, or is suspended, reads so instead, as a 403."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        doctor = getattr(request.user, "doctor", None)
        if doctor is not None and practising_doctor(request.user) is None:
            return render(request, "people/not_practising.html", {"doctor": doctor}, status=403)
        return super().dispatch(request, *args, **kwargs)
