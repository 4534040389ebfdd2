"""The history of an appointment, which is also the outbox of everything that is told about it."""

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.people.models import Doctor, Patient


class AppointmentEventQuerySet(models.QuerySet["AppointmentEvent"]):
    def unannounced(self) -> "AppointmentEventQuerySet":
        return self.filter(announced_at__isnull=True)


class AppointmentEvent(models.Model):
    """One step: what happened, by whom and for whom. Written with the change, in its transaction; never edited.

    `period_before` and `doctor_before` are what a move or a handing over changed; the appointment has what is now.
    `counts` marks a move that the patient wished for and that uses up the clinic's limit.
    `announced_at` is set once notices were made of it; a beat task finds those that were left.
    """

    class Kind(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired without an answer")
        BEGUN = "begun", _("Visit began")
        PAUSED = "paused", _("Visit did not begin after all")
        COMPLETED = "completed", _("Completed")
        MISSED = "missed", _("Patient did not come")
        MISSED_UNDONE = "missed_undone", _("Patient came after all")
        MOVED = "moved", _("Moved to another time")
        OFFERED = "offered", _("Another time offered")
        OFFER_REFUSED = "offer_refused", _("Offered time refused")
        OFFER_EXPIRED = "offer_expired", _("Offered time not answered")
        LINK_SENT = "link_sent", _("Link sent again")
        CALL_ASKED = "call_asked", _("Patient asked for a call")
        HANDED_OVER = "handed_over", _("Given to another doctor")
        DOCTOR_LATE = "doctor_late", _("Doctor is late")
        DOCTOR_ABSENT = "doctor_absent", _("Doctor has not come")
        UNTAKEN = "untaken", _("Emergency not taken yet")
        STILL_UNTAKEN = "still_untaken", _("Emergency not taken, patient told to call")

    appointment = models.ForeignKey(
        "appointments.Appointment", models.CASCADE, verbose_name=_("appointment"), related_name="events"
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    before = models.CharField(_("before"), max_length=12, blank=True)
    after = models.CharField(_("after"), max_length=12)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    for_whom = models.ForeignKey(
        Patient, models.PROTECT, verbose_name=_("for whom"), null=True, blank=True, related_name="+"
    )
    period_before = DateTimeRangeField(_("period before"), null=True, blank=True)
    doctor_before = models.ForeignKey(
        Doctor, models.PROTECT, verbose_name=_("doctor before"), null=True, blank=True, related_name="+"
    )
    minutes = models.PositiveSmallIntegerField(_("minutes late"), null=True, blank=True)
    counts = models.BooleanField(_("counts as a move of the patient"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    announced_at = models.DateTimeField(_("told"), null=True, blank=True)

    objects = AppointmentEventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["at"], condition=models.Q(announced_at__isnull=True), name="event_unannounced")]

    def __str__(self) -> str:
        return f"{self.appointment_id}: {self.get_kind_display()}"
