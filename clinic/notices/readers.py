"""Who reads a message: in which language and zone, from which clinic, at which address."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from clinic.context import portal_clinic
from clinic.people.models import Clinic
from clinic.time import zone_names

from .models import Notice

NO_CLINIC = Clinic(name="Clinic portal", zone="UTC")  # before a clinic is set up


@contextmanager
def as_read_by(notice: Notice) -> Iterator[None]:
    """Words and times as the recipient of `notice` reads them."""
    with ExitStack() as stack:
        stack.enter_context(translation.override(language_of(notice)))
        stack.enter_context(timezone.override(zone_of(notice)))
        yield


def address_of(notice: Notice) -> str:
    """The e-mail address of who has an account, else what a guest was invited under."""
    return notice.recipient.email if notice.recipient is not None else notice.address


def language_of(notice: Notice) -> str:
    wanted = notice.recipient.language if notice.recipient is not None else ""
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def zone_of(notice: Notice) -> ZoneInfo:
    """The recipient's own zone, else where the doctor works, else the clinic's."""
    doctor = notice.appointment.doctor if notice.appointment is not None and notice.is_for_doctor else None
    own = notice.recipient.zone if notice.recipient is not None else ""
    wanted = (own, doctor.zone if doctor is not None else "", clinic_of(notice).zone)
    return ZoneInfo(next((name for name in wanted if name in zone_names()), "UTC"))


def clinic_of(notice: Notice) -> Clinic:
    """The clinic in whose name the message is sent."""
    if notice.appointment is not None:
        return notice.appointment.clinic
    return portal_clinic() or NO_CLINIC
