"""What is told of an event: which kinds of notices, about what."""

from datetime import date, datetime, timedelta
from typing import Any

from appointments.models import Appointment, AppointmentEvent, Offer
from clinic.people.models import User
from prescriptions.models import PrescriptionEvent
from televisit.models import Invitation, Visit, VisitEvent
from televisit.models.choices import PATIENT_SIDE

from .audience import notice_of, notices, people_of
from .choices import Kind, Side
from .models import Notice, Reminder

Told = AppointmentEvent.Kind
Seen = VisitEvent.Kind
OF_APPOINTMENT: dict[str, tuple[Kind, ...]] = {
    Told.REQUESTED: (Kind.REQUEST_RECEIVED, Kind.REQUESTED),
    Told.CONFIRMED: (Kind.CONFIRMED,),
    Told.DECLINED: (Kind.DECLINED,),
    Told.EXPIRED: (Kind.EXPIRED,),
    Told.CANCELLED: (Kind.CANCELLED,),
    Told.MOVED: (Kind.MOVED,),
    Told.HANDED_OVER: (Kind.OTHER_DOCTOR,),
    Told.LINK_SENT: (Kind.LINK_SENT,),
    Told.CALL_ASKED: (Kind.CALL_ASKED,),
    Told.DOCTOR_LATE: (Kind.DOCTOR_LATE,),
    Told.DOCTOR_ABSENT: (Kind.DOCTOR_ABSENT,),
    Told.MISSED: (Kind.VISIT_MISSED,),
}
OF_OFFER: dict[
    str, dict[str, tuple[Kind, Side | None]]
] = {  # by whose answer it waits for: what, and who alone is told
    Told.OFFERED: {Offer.Side.PATIENT: (Kind.OFFERED, None), Offer.Side.DOCTOR: (Kind.MOVE_WISHED, None)},
    Told.OFFER_REFUSED: {
        Offer.Side.PATIENT: (Kind.OFFER_REFUSED, Side.DOCTOR),
        Offer.Side.DOCTOR: (Kind.OFFER_REFUSED, Side.PATIENT),
    },
    Told.OFFER_EXPIRED: {
        Offer.Side.PATIENT: (Kind.OFFER_EXPIRED, None),
        Offer.Side.DOCTOR: (Kind.OFFER_EXPIRED, None),
    },
}
OF_EMERGENCY: dict[str, tuple[Kind, tuple[Side, ...]]] = {
    Told.REQUESTED: (Kind.EMERGENCY, (Side.ON_CALL,)),
    Told.UNTAKEN: (Kind.EMERGENCY_UNTAKEN, (Side.ON_CALL, Side.STAFF)),
    Told.STILL_UNTAKEN: (Kind.EMERGENCY_UNTAKEN, (Side.PATIENT, Side.STAFF)),
}
OF_PRESCRIPTION: dict[str, Kind] = {
    PrescriptionEvent.Kind.ISSUED: Kind.PRESCRIPTION_ISSUED,
    PrescriptionEvent.Kind.REVOKED: Kind.PRESCRIPTION_REVOKED,
}
PLANS_REMINDERS = {Told.CONFIRMED, Told.MOVED, Told.MISSED_UNDONE}


def notices_of_appointment(event: AppointmentEvent) -> list[Notice]:
    """What is told of a step of an appointment; its reminders follow it."""
    appointment, key = event.appointment, f"appointment-event-{event.pk}"
    about: dict[str, Any] = {"appointment": appointment, "event": event, "at": event.at}
    if event.kind in PLANS_REMINDERS and appointment.status == appointment.Status.CONFIRMED:
        Reminder.objects.plan(appointment, at=event.at)
    if appointment.period is None:
        return notices_of_emergency(event, key, about)
    if event.kind in OF_OFFER:
        return notices_of_offer(event, key, about)
    kinds = OF_APPOINTMENT.get(event.kind, ())
    return [each for kind in kinds for each in notices(kind, f"{key}-{kind}", **about)]


def notices_of_emergency(event: AppointmentEvent, key: str, about: dict[str, Any]) -> list[Notice]:
    """One that has no time yet: its patient has the page open, and is told by it."""
    if event.kind not in OF_EMERGENCY:
        return []
    kind, sides = OF_EMERGENCY[event.kind]
    return notices(kind, key, sides=sides, **about)


def notices_of_offer(event: AppointmentEvent, key: str, about: dict[str, Any]) -> list[Notice]:
    """To whose turn it is; or, once it is answered, to the side that had proposed it."""
    offer = event.appointment.offers.filter(created_at__lte=event.at).last()
    if offer is None:
        return []
    kind, side = OF_OFFER[event.kind][offer.waits_for]
    return notices(kind, key, sides=[side] if side else None, offer=offer, **about)


def notices_of_visit(event: VisitEvent) -> list[Notice]:
    """What is told of a step of a visit: to its two sides, and to its guests."""
    visit, seat, key = event.visit, event.participant, f"visit-event-{event.pk}"
    about: dict[str, Any] = {"appointment": visit.appointment, "at": event.at}
    if event.kind == Seen.WAITING and seat is not None and not seat.is_host:
        return notices(Kind.SOMEBODY_WAITS, key, **about)
    if event.kind == Seen.SUMMARY:
        return notices(Kind.SUMMARY_READY, key, **about)
    if event.kind == Seen.SOON:
        return notices(Kind.DOCTOR_SOON, key, **about)
    if event.kind == Seen.JOINED and seat is not None and seat.is_host:
        return notices_of_ready_doctor(visit, about)
    if event.kind == Seen.CALLED:
        return notices_of_call(event, key, about)
    return notices_of_guests(event, key, about)


def notices_of_ready_doctor(visit: Visit, about: dict[str, Any]) -> list[Notice]:
    """Told once, and only while nobody of the patient's side is at the door or in the room."""
    is_there = visit.participants.filter(role__in=PATIENT_SIDE, waiting_since__isnull=False).exists()
    return [] if is_there else notices(Kind.DOCTOR_READY, f"ready-{visit.pk}", **about)


def notices_of_call(event: VisitEvent, key: str, about: dict[str, Any]) -> list[Notice]:
    """To the one person whose turn it is: by their account, or as they were invited."""
    seat = event.participant
    if seat is None:
        return []
    if seat.user is not None:
        facts = {"recipient": seat.user, "side": Side.PATIENT}
        return [notice_of(Kind.CALLED, key, **facts, **about)]
    return to_guest(Kind.CALLED, key, seat.invitation, about) if seat.invitation is not None else []


def notices_of_guests(event: VisitEvent, key: str, about: dict[str, Any]) -> list[Notice]:
    """Invited, moved, taken back; when the visit itself moves or ends before it began, so do all invitations."""
    asked = event.visit.invitations.asked()
    if event.kind == Seen.INVITED and event.invitation is not None:
        return to_guest(Kind.INVITATION, key, event.invitation, about)
    if event.kind == Seen.INVITATION_REVOKED and event.invitation is not None:
        return to_guest(Kind.INVITATION_CANCELLED, key, event.invitation, about)
    kinds: dict[str, Kind] = {Seen.MOVED: Kind.INVITATION_MOVED, Seen.CANCELLED: Kind.INVITATION_CANCELLED}
    kind = kinds.get(event.kind)
    if kind is None:
        return []
    return [notice for each in asked.standing() for notice in to_guest(kind, f"{key}-{each.pk}", each, about)]


def to_guest(kind: Kind, key: str, invitation: Invitation, about: dict[str, Any]) -> list[Notice]:
    """Who was invited under an address; where there is none, whoever invited passes the link on themselves."""
    if not invitation.address:
        return []
    facts = {"side": Side.GUEST, "address": invitation.address, "invitation": invitation}
    return [notice_of(kind, key, **facts, **about)]


def notices_of_prescription(event: PrescriptionEvent) -> list[Notice]:
    prescription = event.prescription
    about: Any = {"prescription": prescription, "patient": prescription.patient, "at": event.at}
    kind = OF_PRESCRIPTION[event.kind]
    return notices(kind, f"prescription-event-{event.pk}", appointment=prescription.appointment, **about)


def notices_of_reminder(reminder: Reminder) -> list[Notice]:
    about: Any = {"appointment": reminder.appointment, "at": reminder.due_at}
    return notices(Kind.REMINDER, f"reminder-{reminder.pk}", **about)


def notices_of_follow_up(appointment: Appointment, day: date, *, at: datetime) -> list[Notice]:
    about: Any = {"appointment": appointment, "patient": appointment.patient, "at": at}
    return notices(Kind.FOLLOW_UP_DUE, f"follow-up-{appointment.pk}-{day}", **about)


def notices_of_chart(chart: Any) -> list[Notice]:
    """The patient, of what others add; the doctors who may open it soon, of what the patient's side adds."""
    at, patient = chart.uploaded_at, chart.patient
    if not people_of(patient, at).filter(pk=chart.uploaded_by_id).exists():
        return notices(Kind.CHART_ADDED, f"chart-{chart.pk}", sides=[Side.PATIENT], patient=patient, at=at)
    near = patient.appointments.filter(doctor__isnull=False, period__endswith__gt=at - timedelta(days=7))
    doctors = near.active().exclude(status=Appointment.Status.REQUESTED).values("doctor")
    facts = {"side": Side.DOCTOR, "patient": patient, "at": at}
    told = User.objects.filter(doctor__in=doctors, is_active=True)
    return [notice_of(Kind.CHART_ADDED, f"chart-{chart.pk}-{user.pk}", recipient=user, **facts) for user in told]
