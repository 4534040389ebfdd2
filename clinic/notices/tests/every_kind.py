"""One notice of each kind to each side, of invented people whose data must not leave the portal; always the same."""

from datetime import UTC, datetime, timedelta

from appointments.models import Appointment, AppointmentEvent
from appointments.tests.factories import SlotFactory, booked, period_from
from clinic.notices.audience import notice_of
from clinic.notices.kinds import KINDS
from clinic.notices.models import Delivery, Kind, Notice, Side
from clinic.people.tests.factories import (
    ClinicFactory,
    DoctorFactory,
    PatientFactory,
    SpecialtyFactory,
    StaffFactory,
    UserFactory,
)
from televisit.models import Invitation

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
STARTS = datetime(2026, 11, 20, 16, 20, tzinfo=UTC)
DAY = timedelta(days=1)
CLINIC = {"name": "Harbour Clinic", "slug": "harbour", "join_minutes_before": 15}
PHONE = "+351 912 345 678"


def the_appointment() -> Appointment:
    """A confirmed visit, with an offer and an event that changed its time and doctor."""
    ruiz = UserFactory(
        email="ruiz@example.org", given_name="Marta", family_name="Ruiz", zone="Europe/Madrid", phone=PHONE
    )
    doctor = DoctorFactory(user=ruiz, clinic=ClinicFactory(**CLINIC), title="Dr", slug="ruiz")
    doctor.specialties.set([SpecialtyFactory(name="Oncology")])
    ana = UserFactory(email="ana@example.org", given_name="Ana", family_name="Sousa", phone=PHONE)
    patient = PatientFactory(user=ana, given_name="Ana", family_name="Sousa")
    slot = SlotFactory(doctor=doctor, begins=STARTS)
    appointment = booked(slot, patient=patient, symptoms="A lump in the breast", at=NOW)
    appointment.respond_by = STARTS - DAY
    appointment.save(update_fields=["respond_by"])
    return appointment


def subjects_of(appointment: Appointment) -> dict:
    """What the notices may be about."""
    before = DoctorFactory(
        user__email="osei@example.org",
        user__given_name="Kofi",
        user__family_name="Osei",
        clinic=appointment.clinic,
        title="Dr",
    )
    event = AppointmentEvent.objects.create(
        appointment=appointment,
        kind="moved",
        after="confirmed",
        period_before=period_from(STARTS - DAY),
        doctor_before=before,
        minutes=10,
        note="A lump in the breast",
    )
    offer = appointment.offers.create(period=period_from(STARTS + DAY), expires_at=STARTS - DAY)
    invitation = Invitation.objects.create(
        visit=appointment.visit,
        role="relative",
        name="Rui Sousa",
        address="rui@example.org",
        invited_by=appointment.patient.user,
        not_before=STARTS,
        valid_until=STARTS + DAY,
    )
    return {"appointment": appointment, "event": event, "offer": offer, "invitation": invitation}


OF_ACCOUNT = {Kind.REGISTERED, Kind.DOCTOR_REGISTERED, Kind.APPROVED, Kind.NEW_SIGN_IN, Kind.SECOND_FACTOR}
OF_OFFER = {Kind.OFFERED, Kind.MOVE_WISHED, Kind.OFFER_REFUSED, Kind.OFFER_EXPIRED}


def every_delivery(channel: str) -> list[Delivery]:
    """One for each kind and side, in the order of the table."""
    appointment = the_appointment()
    about = subjects_of(appointment)
    people = {
        Side.PATIENT: appointment.patient.user,
        Side.DOCTOR: appointment.doctor.user,
        Side.ON_CALL: appointment.doctor.user,
        Side.FORMER_DOCTOR: about["event"].doctor_before.user,
        Side.STAFF: StaffFactory(email="desk@example.org", phone=PHONE),
        Side.PERSON: appointment.patient.user,
        Side.GUEST: None,
    }
    made = [one(kind, side, people[side], about) for kind, rule in KINDS.items() for side in rule.words]
    return [Delivery.objects.create(notice=notice, channel=channel) for notice in made]


def one(kind: str, side: Side, recipient, about: dict) -> Notice:
    facts = {} if kind in OF_ACCOUNT else {**about}
    if side == Side.GUEST:
        facts["address"] = about["invitation"].address
    else:
        facts.pop("invitation", None)
    if kind not in OF_OFFER:
        facts.pop("offer", None)
    if kind == Kind.CHART_ADDED:
        facts = {"patient": about["appointment"].patient}
    notice = notice_of(
        kind, f"{kind}-{side}", side=side, recipient=recipient, detail="Firefox on Windows", at=NOW, **facts
    )
    notice.save()
    return Notice.objects.with_subjects().get(pk=notice.pk)
