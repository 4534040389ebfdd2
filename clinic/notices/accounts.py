"""What is told of accounts: facts of allauth and of clinic.people, which have no event rows."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.utils import timezone

from clinic.codes import uid
from clinic.people.models import Doctor, User
from clinic.templatetags.portal import browser_name

from .audience import notice_of
from .choices import Kind, Side
from .models import Notice

JUST_REGISTERED = timedelta(hours=1)


def notices_of_registration(user: User) -> list[Notice]:
    """The person; and staff, of a doctor whom they have to check."""
    at = timezone.now()
    side = Side.DOCTOR if user.is_doctor else Side.PATIENT
    own = notice_of(Kind.REGISTERED, f"registered-{user.pk}", side=side, recipient=user, at=at)
    if not user.is_doctor:
        return [own]
    desk = User.objects.staff_who_may("change_doctor", clinic_id=user.doctor.clinic_id)
    key = f"doctor-registered-{user.pk}"
    facts = {"side": Side.STAFF, "at": at}
    return [own, *(notice_of(Kind.DOCTOR_REGISTERED, f"{key}-{each.pk}", recipient=each, **facts) for each in desk)]


def notices_of_approval(doctor: Doctor, *, at: datetime) -> list[Notice]:
    key = f"approved-{doctor.pk}-{at:%Y%m%d%H%M%S}"
    return [notice_of(Kind.APPROVED, key, side=Side.DOCTOR, recipient=doctor.user, at=at)]


def notices_of_sign_in(user: User, *, user_agent: str, address: str) -> list[Notice]:
    """One for each kind of browser at each address: the notice's key remembers both. None right after registration."""
    at, browser = timezone.now(), browser_name(user_agent)
    if at - user.date_joined < JUST_REGISTERED:
        return []
    device = sha256(f"{browser} {address}".encode()).hexdigest()[:16]
    key = f"sign-in-{user.pk}-{device}"
    return [notice_of(Kind.NEW_SIGN_IN, key, side=Side.PERSON, recipient=user, detail=browser[:120], at=at)]


def notices_of_second_factor(user: User) -> list[Notice]:
    key = f"second-factor-{user.pk}-{uid()}"
    return [notice_of(Kind.SECOND_FACTOR, key, side=Side.PERSON, recipient=user, at=timezone.now())]
