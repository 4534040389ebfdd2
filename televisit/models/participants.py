"""Participant: one person's seat in a visit; Attendance: when they sat in it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.crypto import EncryptedTextField
from clinic.people.models import Doctor, User
from televisit.errors import CannotRemoveHost, NotAdmitted, RoomIsFull, WasRemoved

from .choices import PATIENT_SIDE, Role
from .consent import Consent
from .events import VisitEvent
from .identity import IdentityCheck
from .invitations import Invitation

MOST_GUESTS = 3  # beside the doctor in our own rooms: every browser sends its picture to each of the others
PAUSED = "paused"  # the note of a doctor's leaving for another visit
GONE_AFTER = timedelta(seconds=40)  # who waits is seen at least every 15 seconds


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def waiting(self, at: datetime) -> "ParticipantQuerySet":
        """In the waiting room at the instant `at`: there, neither admitted nor removed; who came first leads."""
        out = self.filter(admitted_at__isnull=True, removed_at__isnull=True)
        return out.filter(seen_at__gt=at - GONE_AFTER).order_by("waiting_since", "pk")

    def to_call(self, at: datetime) -> "ParticipantQuerySet":
        """Those who left the waiting room and want to be called when it is their turn."""
        out = self.filter(admitted_at__isnull=True, removed_at__isnull=True, wants_call_at__isnull=False)
        return out.exclude(seen_at__gt=at - GONE_AFTER).order_by("waiting_since", "pk")

    def waiting_for(self, doctor: Doctor, at: datetime) -> "ParticipantQuerySet":
        """In the waiting room of any of the doctor's visits; who came first leads."""
        guests = self.waiting(at).exclude(role=Role.DOCTOR).filter(visit__host=doctor, visit__expires_at__gt=at)
        return guests.select_related("visit__appointment__patient")

    def present(self) -> "ParticipantQuerySet":
        """In the room now."""
        return self.filter(attendances__left_at__isnull=True, attendances__isnull=False)

    def on_patient_side(self) -> "ParticipantQuerySet":
        return self.filter(role__in=PATIENT_SIDE)


class Participant(IdentityCheck):
    """One person's seat in a visit. Admission and removal are kept here, so that reloads and restarts change neither.

    `place` and `callback` are where the person is and the number to call if the line breaks.
    """

    Role = Role

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    visit = models.ForeignKey("televisit.Visit", models.CASCADE, verbose_name=_("visit"), related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("user"), null=True, blank=True, related_name="seats"
    )
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, verbose_name=_("invitation"), null=True, blank=True, related_name="participants"
    )
    role = models.CharField(_("role"), max_length=14, choices=Role)
    name = models.CharField(_("name"), max_length=160)
    place = EncryptedTextField(_("where they are"), blank=True, default="")
    callback = EncryptedTextField(_("number if cut off"), blank=True, default="")
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen waiting"), null=True, blank=True)
    admitted_at = models.DateTimeField(_("admitted"), null=True, blank=True)
    wants_call_at = models.DateTimeField(_("wants to be called, since"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "user"], condition=Q(user__isnull=False), name="participant_one_seat_for_each_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.get_role_display()}"

    @property
    def is_host(self) -> bool:
        return self.role == Role.DOCTOR

    @property
    def is_admitted(self) -> bool:
        return self.admitted_at is not None and self.removed_at is None

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None

    @property
    def can_be_called(self) -> bool:
        """Whether we know where to tell them that it is their turn."""
        return self.user_id is not None or bool(self.invitation and self.invitation.address)

    def refuse_removed(self) -> None:
        """Raise WasRemoved if the doctor has put this person out."""
        if self.is_removed:
            raise WasRemoved

    def say_where(self, *, place: str, callback: str) -> None:
        """Keep where the person is now, and the number to call if the line breaks."""
        self.place, self.callback = place, callback
        self.save(update_fields=["place", "callback"])

    @transaction.atomic
    def say_at_door(self, *, agrees: bool, at: datetime, **where: str) -> None:
        """Keep what the door asks; what is not said of place and callback stays as it was. Raises ConsentMissing."""
        Consent.objects.settle(self, agrees=agrees, at=at)
        if where:
            self.say_where(**{"place": self.place, "callback": self.callback, **where})

    @transaction.atomic
    def wait(self, *, at: datetime) -> None:
        """The person is in the waiting room at `at`. Said again every few seconds while it is so."""
        self._lock()
        self.seen_at = at
        has_just_come = self.waiting_since is None
        if has_just_come:
            self.waiting_since = at
        self.wants_call_at = None
        self.save(update_fields=["seen_at", "waiting_since", "wants_call_at"])
        if has_just_come:
            self.visit.record(VisitEvent.Kind.WAITING, participant=self, by=self.user, at=at)

    def stop_waiting(self) -> None:
        """The person has left the waiting room, for now; the place in line stays theirs."""
        Participant.objects.filter(pk=self.pk).update(seen_at=None)

    def ask_for_call(self, *, at: datetime) -> None:
        """The person leaves the waiting room and wants to be told when it is their turn; the place stays theirs."""
        self.wants_call_at, self.seen_at = at, None
        self.save(update_fields=["wants_call_at", "seen_at"])

    @transaction.atomic
    def call(self, *, by: User, at: datetime) -> None:
        """It is their turn: a notice with the way in. Calling who does not want it, or once more, changes nothing."""
        self._lock()
        if self.wants_call_at is None:
            return
        self.wants_call_at = None
        self.save(update_fields=["wants_call_at"])
        self.visit.record(VisitEvent.Kind.CALLED, participant=self, by=by, at=at)

    @transaction.atomic
    def admit(self, *, by: User, at: datetime) -> None:
        """Let the person in; it holds for the rest of the visit. Admitting again changes nothing. Raises WasRemoved."""
        self._lock()
        self.refuse_removed()
        self.visit.refuse_unless_open(at)
        if self.admitted_at is None:
            self.admitted_at = at
            self.save(update_fields=["admitted_at"])
            self.visit.record(VisitEvent.Kind.ADMITTED, participant=self, by=by, at=at)
            self._take_over_from_other_browsers(by=by, at=at)

    @transaction.atomic
    def remove(self, *, by: User | None, at: datetime) -> None:
        """Put the person out for good, and their invitation with them. Removing again changes nothing.

        Raises CannotRemoveHost.
        """
        if self.is_host:
            raise CannotRemoveHost
        if self.invitation is not None:
            self.invitation.visit = self.visit
            self.invitation.revoke(by=by, at=at)
        self.put_out(by=by, at=at)

    @transaction.atomic
    def enter(self, *, at: datetime) -> "Attendance":
        """Sit down in the room; once both sides are there, the visit begins.

        An older attendance, of another device or of a line that broke, ends here. Raises NotAdmitted, WasRemoved,
        RoomIsFull, or what the visit's hour refuses.
        """
        self.visit.lock()
        self._lock()
        self.refuse_removed()
        if not self.is_admitted:
            raise NotAdmitted
        self.visit.refuse_unless_open(at)
        self._refuse_full_room()
        if self.is_host:
            self._pause_other_visits(at)
        self.attendances.end_all(at)
        attendance = self.attendances.create(joined_at=at)
        self.visit.record(VisitEvent.Kind.JOINED, participant=self, by=self.user, at=at)
        if self.visit.has_both_sides():
            self.visit.start(at=at)
        return attendance

    def _pause_other_visits(self, at: datetime) -> None:
        """A doctor is in one visit at a time: the people of the others see that the doctor is elsewhere."""
        elsewhere = Participant.objects.filter(user=self.user, role=Role.DOCTOR).exclude(pk=self.pk).present()
        for seat in elsewhere.select_related("visit"):
            seat.attendances.filter(left_at__isnull=True).update(left_at=at)
            seat.visit.record(VisitEvent.Kind.LEFT, participant=seat, by=self.user, at=at, note=PAUSED)

    def put_out(self, *, by: User | None, at: datetime) -> None:
        """Remove this one seat; what it came by stays good."""
        self._lock()
        if not self.is_removed:
            self.removed_at = at
            self.save(update_fields=["removed_at"])
            self.visit.record(VisitEvent.Kind.REMOVED, participant=self, by=by, at=at)

    def _take_over_from_other_browsers(self, *, by: User, at: datetime) -> None:
        """Who comes by the same invitation from a new device has one seat, the one that was admitted last."""
        if self.invitation is None:
            return
        for older in self.invitation.participants.exclude(pk=self.pk).filter(removed_at__isnull=True):
            older.visit = self.visit
            older.put_out(by=by, at=at)

    def _refuse_full_room(self) -> None:
        """A place is kept for the doctor. Some services have room for more than our own rooms."""
        others = self.visit.participants.present().exclude(pk=self.pk).exclude(role=Role.DOCTOR).count()
        if self.is_host or others < MOST_GUESTS:
            return
        room = self.visit.rooms.in_use().first()
        if room is None or others >= room.most_people - 1:
            raise RoomIsFull

    def _lock(self) -> None:
        """Hold the row until the transaction ends, with its current values; the visit at hand stays the same object.

        Its key stays free: events and attendances that others write point at it meanwhile.
        """
        visit = self.visit
        fresh = Participant.objects.select_related("user").select_for_update(of=("self",), no_key=True)
        self.refresh_from_db(from_queryset=fresh)
        self.visit = visit


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def end_all(self, at: datetime) -> int:
        """Close what nobody closed, at the last moment at which it can have ended."""
        return self.filter(left_at__isnull=True).update(left_at=at, trustworthy=False)


class Attendance(models.Model):
    """From when to when somebody was in the room. Not trustworthy where the end was found out later."""

    participant = models.ForeignKey(
        Participant, models.CASCADE, verbose_name=_("participant"), related_name="attendances"
    )
    joined_at = models.DateTimeField(_("joined"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    trustworthy = models.BooleanField(_("exact"), default=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(left_at__isnull=True), name="attendance_one_open_for_each_seat"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.joined_at:%H:%M}"

    @transaction.atomic
    def leave(self, *, at: datetime) -> bool:
        """Get up. Gives whether this call did it: a newer attendance, or the end of the visit, may have come first."""
        open_row = Attendance.objects.filter(pk=self.pk, left_at__isnull=True)
        if not open_row.update(left_at=at):
            return False
        self.participant.visit.record(
            VisitEvent.Kind.LEFT, participant=self.participant, by=self.participant.user, at=at
        )
        return True
