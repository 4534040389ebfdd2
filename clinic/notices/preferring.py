"""What a person may choose: the kinds that reach somebody like them, and the channels that can be switched."""

from clinic.people.models import User

from .channels import CHANNELS
from .choices import Kind, Side
from .kinds import KINDS
from .models import Preference

EVERYBODY = {Side.PERSON}
OF_DOCTORS = {Side.DOCTOR, Side.FORMER_DOCTOR, Side.ON_CALL}
ONCE = {Kind.REGISTERED, Kind.APPROVED}  # which comes once, and is past


def sides_of(user: User) -> set[Side]:
    """As whom `user` may be told things."""
    sides = set(EVERYBODY)
    if user.is_doctor:
        sides |= OF_DOCTORS
    if user.is_staff:
        sides.add(Side.STAFF)
    if user.is_patient or user.representations.exists():
        sides.add(Side.PATIENT)
    return sides


def kinds_for(user: User) -> list[Kind]:
    """What `user` may be told, now and then."""
    sides = sides_of(user)
    return [kind for kind in Kind if kind not in ONCE and not sides.isdisjoint(KINDS[kind].words)]


def choices_of(user: User) -> dict[tuple[str, str], bool]:
    """What `user` may switch, by kind and channel, and whether it is on now."""
    chosen = Preference.objects.of([user.pk])
    return {
        (kind.value, channel): chosen.get((user.pk, kind.value, channel), channel in KINDS[kind].on)
        for kind in kinds_for(user)
        for channel in CHANNELS
        if KINDS[kind].may_switch_off(channel)
    }


def set_phone(user: User, phone: str) -> None:
    """The number for text messages. Another number has not failed yet."""
    if phone != user.phone:
        User.objects.filter(pk=user.pk).update(phone=phone, phone_failed_at=None)
