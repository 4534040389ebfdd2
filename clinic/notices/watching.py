"""What nobody's action tells us: messages that stay unread, follow-ups whose day has come."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from appointments.models import Appointment
from chat.models.answers import Unread, unread_since
from clinic.people.models import Clinic
from clinic.record.aftercare import Aftercare
from prescriptions.models import Prescription
from televisit.models import Advice

from .audience import notice_of
from .choices import Kind, Side
from .models import Notice
from .sources import notices_of_follow_up

UNREAD_AFTER = timedelta(minutes=10)
LOOK_BACK = timedelta(hours=6)  # what is older was looked at, or is no news
FOLLOW_UP_LOOK_BACK = timedelta(days=3)
A_DAY = timedelta(days=1)  # clinics are ahead of UTC or behind it
MORNING = timedelta(hours=8)
SEEN_AGAIN = (*Appointment.ACTIVE, Appointment.Status.COMPLETED)


def notices_of_unread_messages(at: datetime) -> list[Notice]:
    """For each person one for what they have not read of a chat; the next one once they have read and more has come."""
    return [notice_of_unread(each, at) for each in unread_since(at - UNREAD_AFTER, not_before=at - LOOK_BACK)]


def notice_of_unread(unread: Unread, at: datetime) -> Notice:
    chat, user = unread.appointment, unread.user
    side = Side.DOCTOR if chat.is_of_doctor(user) else Side.PATIENT
    key = f"unread-{chat.pk}-{unread.mark}-{user.pk}"
    return notice_of(Kind.MESSAGE_UNREAD, key, side=side, recipient=user, appointment=chat, at=at)


def notices_of_due_follow_ups(at: datetime) -> list[Notice]:
    """For visits after which a day was named that has come at the clinic, and whose patient has had no other since."""
    return [
        notice
        for appointment in untold_follow_ups(at)
        if (day := Aftercare(appointment).follow_up_on) and has_come(day, appointment.clinic, at)
        for notice in notices_of_follow_up(appointment, day, at=at)
    ]


def untold_follow_ups(at: datetime) -> QuerySet[Appointment]:
    """Visits whose prescription or advice names a day about now, whose patient neither came again nor was told."""
    days = (at - FOLLOW_UP_LOOK_BACK - A_DAY).date(), (at + A_DAY).date()
    prescribed = Prescription.objects.given().not_revoked().filter(follow_up_on__range=days)
    advised = Advice.objects.filter(follow_up_on__range=days)
    later = Appointment.objects.filter(
        patient=OuterRef("patient"), starts_at__gt=OuterRef("held_at"), status__in=SEEN_AGAIN
    )
    lately = at - FOLLOW_UP_LOOK_BACK - A_DAY
    told = Notice.objects.filter(appointment=OuterRef("pk"), kind=Kind.FOLLOW_UP_DUE, at__gt=lately)
    named = Appointment.objects.filter(
        Q(pk__in=prescribed.order_by().values("appointment")) | Q(pk__in=advised.values("visit__appointment"))
    )
    untold = named.annotate(held_at=Coalesce("starts_at", "created_at")).exclude(Exists(later)).exclude(Exists(told))
    return untold.with_parties()


def has_come(day: date, clinic: Clinic, at: datetime) -> bool:
    """Whether `day` is one of the last days at the clinic, or today once people are awake."""
    today = (at.astimezone(ZoneInfo(clinic.zone)) - MORNING).date()  # on the wall clock
    return today - FOLLOW_UP_LOOK_BACK <= day <= today
