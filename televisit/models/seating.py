"""Seating: who may sit where in a visit."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from appointments.locks import calendar_change, lock_calendars
from clinic.people.models import Doctor, Patient, User
from televisit.errors import NoSeat, PatientIsNamed

from .choices import PATIENT_SIDE, Role
from .invitations import Invitation
from .participants import Participant

if TYPE_CHECKING:
    from appointments.models import Appointment


def are_both_sides(people: models.QuerySet[Participant]) -> bool:
    """Whether the doctor and somebody of the patient's side are among `people`."""
    roles = set(people.order_by().values_list("role", flat=True))
    return Role.DOCTOR in roles and not roles.isdisjoint(PATIENT_SIDE)


class Seating:
    """The part of a visit that is about its people: as what they come, and the seats they have."""

    if TYPE_CHECKING:
        appointment: Appointment
        host: Doctor
        participants: Any

        def refuse_unless_open(self, at: datetime) -> None: ...

    @property
    def patient_name(self) -> str:
        """The patient's name; words for whom the doctor of an instant visit has not named yet."""
        return str(self.appointment.patient or _("somebody not named yet"))

    def is_run_by(self, user: User) -> bool:
        """Whether `user` is its doctor, approved and not suspended."""
        return user.pk == self.host.user_id and self.host.is_practising

    def role_of(self, user: User, at: datetime) -> Role | None:
        """As what `user` comes to this visit; None if there is no seat for them."""
        patient = self.appointment.patient
        if self.is_run_by(user):
            return Role.DOCTOR
        if patient is None or not patient.is_represented_by(user, at):
            return None
        return Role.PATIENT if patient.user_id == user.pk else Role.REPRESENTATIVE

    def seat_of(self, user: User) -> Participant | None:
        """The seat that `user` has taken, if any."""
        seat = self.participants.filter(user=user).first()
        if seat is not None:
            seat.user = user
        return seat

    def take_seat(self, user: User, *, at: datetime) -> Participant:
        """The seat of `user`, made when they first come; the doctor's is admitted from the start.

        For users who role_of() knows. Raises WasRemoved, or what the hour refuses.
        """
        self.refuse_unless_open(at)
        role = self.role_of(user, at)
        names: dict[str | None, str] = {Role.DOCTOR: self.host.name, Role.PATIENT: str(self.appointment.patient)}
        facts = {
            "role": role,
            "name": names.get(role, user.full_name),
            "admitted_at": at if role == Role.DOCTOR else None,
        }
        seat, _is_new = self.participants.get_or_create(user=user, defaults=facts)
        seat.user = user
        seat.refuse_removed()
        return seat

    def seat_in_room(self, user: User, *, at: datetime) -> Participant:
        """The seat with which `user` comes into the room. The doctor may come straight in; others come by the door.

        Raises NoSeat, WasRemoved, or what the hour refuses.
        """
        if self.is_run_by(user):
            return self.take_seat(user, at=at)
        self.refuse_unless_open(at)
        seat = self.seat_of(user)
        if seat is None or seat.is_host:  # who is suspended keeps no way in
            raise NoSeat
        seat.refuse_removed()
        return seat

    def has_both_sides(self) -> bool:
        """Whether the doctor and somebody of the patient's side are in the room now."""
        return are_both_sides(self.participants.present())

    def had_both_sides(self) -> bool:
        """Whether the doctor and somebody of the patient's side were in the room at any time."""
        return are_both_sides(self.participants.filter(attendances__isnull=False))

    @property
    def guest_roles(self) -> list[Role]:
        """As what somebody may come by the code alone: as the patient only while nobody knows who that is."""
        roles = [Role.RELATIVE, Role.INTERPRETER]
        return roles if self.appointment.patient else [Role.PATIENT, *roles]

    @calendar_change
    def name_patient(self, patient: Patient) -> None:
        """The doctor says who came to an instant visit.

        Raises PatientIsNamed, or OverlapsOwnAppointment for a patient who has something at this time.
        """
        lock_calendars(self.host, patient)
        named = type(self.appointment).objects.filter(pk=self.appointment.pk, patient__isnull=True)
        if not named.update(patient=patient):
            raise PatientIsNamed
        self.appointment.refresh_from_db()

    def seat_guest(self, name: str, *, role: str, invitation: Invitation | None = None) -> Participant:
        """A new seat for somebody without one of their own: a guest waits in each new browser anew."""
        facts = {"name": name, "role": role, "invitation": invitation}
        seat = self.participants.create(**facts)
        seat.visit = self
        return seat
