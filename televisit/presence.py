"""Whether a doctor is at work: their pages ask every few seconds who waits."""

from django.core.cache import cache

from clinic.people.models import Doctor

GONE_AFTER_SECONDS = 40


def note_at_work(doctor: Doctor) -> None:
    """A page of the doctor is open now."""
    cache.set(_key(doctor), "yes", GONE_AFTER_SECONDS)


def is_at_work(doctor: Doctor) -> bool:
    """Whether a page of the doctor was open a moment ago."""
    return bool(cache.get(_key(doctor)))


def _key(doctor: Doctor) -> str:
    return f"at-work.{doctor.pk}"
