"""Reminder: when the people of an appointment are to be reminded of it."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment

BATCH = 200


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def plan(self, appointment: Appointment, *, at: datetime) -> None:
        """Remind of an appointment as its clinic has it, at those hours that are still to come at the instant `at`.

        What was planned before and has not come is replaced. Safe to run again.
        """
        offsets = [timedelta(minutes=minutes) for minutes in appointment.clinic.reminder_minutes]
        hours = {appointment.starts_at - offset for offset in offsets}
        self.filter(appointment=appointment, taken_at__isnull=True).exclude(due_at__in=hours).delete()
        coming = [Reminder(appointment=appointment, due_at=due_at) for due_at in sorted(hours) if due_at > at]
        Reminder.objects.bulk_create(coming, ignore_conflicts=True)

    def due(self, at: datetime) -> "ReminderQuerySet":
        """Those whose time has come and that nobody has taken."""
        return self.filter(taken_at__isnull=True, due_at__lte=at)

    def take(self, at: datetime) -> tuple[int, list["Reminder"]]:
        """Claim a batch of what is due: how many there were, and those that are still of use, one for an appointment.

        For use in the transaction that makes notices of them: if that fails, they are due again. What another worker
        has is passed over.
        """
        later = Reminder.objects.due(at).filter(appointment=OuterRef("appointment"), due_at__gt=OuterRef("due_at"))
        free = self.due(at).order_by("due_at").select_for_update(skip_locked=True, of=("self",))
        batch = list(free.annotate(is_overtaken=Exists(later)).select_related("appointment__clinic")[:BATCH])
        self.filter(pk__in=[reminder.pk for reminder in batch]).update(taken_at=at)
        return len(batch), [reminder for reminder in batch if reminder.is_of_use(at) and not reminder.is_overtaken]


class Reminder(models.Model):
    """One hour at which the people of a confirmed appointment are reminded; `taken_at` is when a worker saw to it."""

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, verbose_name=_("appointment"), related_name="reminders"
    )
    due_at = models.DateTimeField(_("due"))
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["due_at"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["appointment", "due_at"], name="reminder_once_at_an_hour")]
        indexes = [models.Index(fields=["due_at"], condition=Q(taken_at__isnull=True), name="reminder_due")]

    def __str__(self) -> str:
        return f"{self.appointment_id}: {self.due_at}"

    def is_of_use(self, at: datetime) -> bool:
        """Whether its visit is still to come at the instant `at`."""
        return self.appointment.status == Appointment.Status.CONFIRMED and self.appointment.period.lower > at
