"""Reminder: when the people of an appointment are to be reminded of it."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment

BATCH = 200
TAKE = """
    UPDATE notices_reminder AS mine SET taken_at = %(at)s
    WHERE id IN (
        SELECT id FROM notices_reminder WHERE taken_at IS NULL AND due_at <= %(at)s
        ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    RETURNING mine.*, EXISTS (
        SELECT 1 FROM notices_reminder AS later
        WHERE later.appointment_id = mine.appointment_id AND later.starts_at = mine.starts_at
        AND later.due_at > mine.due_at AND later.due_at <= %(at)s
    ) AS is_overtaken
"""


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def plan(self, appointment: Appointment, *, at: datetime) -> None:
        """Remind of an appointment as its clinic has it, at those hours that are still to come at the instant `at`.

        What was planned before and has not come is replaced. Safe to run again.
        """
        starts_at = appointment.starts_at
        offsets = [timedelta(minutes=minutes) for minutes in appointment.clinic.reminder_minutes]
        coming = sorted({starts_at - offset for offset in offsets if starts_at - offset > at})
        self.filter(appointment=appointment, taken_at__isnull=True).delete()
        wanted = [Reminder(appointment=appointment, starts_at=starts_at, due_at=due_at) for due_at in coming]
        Reminder.objects.bulk_create(wanted, ignore_conflicts=True)

    def due(self, at: datetime) -> "ReminderQuerySet":
        """Those whose time has come and that nobody has taken."""
        return self.filter(taken_at__isnull=True, due_at__lte=at)

    def take(self, at: datetime) -> tuple[int, list["Reminder"]]:
        """Claim a batch of what is due: how many there were, and those that are still of use, one for an appointment.

        One statement, which passes over what another worker has. For use in the transaction that makes notices of
        them: if that fails, they are due again.
        """
        batch = list(self.raw(TAKE, {"at": at, "batch": BATCH}))
        models.prefetch_related_objects(batch, "appointment__clinic", "appointment__doctor", "appointment__patient")
        return len(batch), [reminder for reminder in batch if reminder.is_of_use(at)]


class Reminder(models.Model):
    """One hour at which the people of a confirmed appointment are reminded; `taken_at` is when a worker saw to it.

    `starts_at` is the start that it was planned for; once the visit has moved, it is of no use.
    """

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, verbose_name=_("appointment"), related_name="reminders"
    )
    starts_at = models.DateTimeField(_("of a visit that starts"))
    due_at = models.DateTimeField(_("due"))
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    is_overtaken = False  # by a later one that is due as well, as take() finds out

    class Meta:
        ordering = ["due_at"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["appointment", "starts_at", "due_at"], name="reminder_once_at_an_hour")
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(taken_at__isnull=True), name="reminder_due")]

    def __str__(self) -> str:
        return f"{self.appointment_id}: {self.due_at}"

    def is_of_use(self, at: datetime) -> bool:
        """Whether its visit is still to come at the instant `at`, and at the time that it was planned for."""
        appointment = self.appointment
        is_coming = appointment.status == Appointment.Status.CONFIRMED and self.starts_at > at
        return is_coming and appointment.starts_at == self.starts_at and not self.is_overtaken
