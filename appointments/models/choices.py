"""The words of an appointment: its status and moves, the reasons why it is and why it ends."""

from django.db import models
from django.utils.translation import gettext_lazy as _

SYMPTOMS_LIMIT = 2000  # characters
NOTE_LIMIT = 500


class Status(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    CONFIRMED = "confirmed", _("Confirmed")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    NO_SHOW = "no_show", _("Did not attend")


class Reason(models.TextChoices):
    """Plain category that staff may see; the symptoms are for the two parties only."""

    NEW_PROBLEM = "new_problem", _("Something new")
    FOLLOW_UP = "follow_up", _("Follow-up")
    MEDICINE = "medicine", _("Medicine or prescription")
    RESULTS = "results", _("Results")
    CERTIFICATE = "certificate", _("Certificate or letter")
    OTHER = "other", _("Something else")


class EndReason(models.TextChoices):
    """Why it was declined or cancelled. permissions.py says who may give which."""

    SCHEDULE_CONFLICT = "schedule_conflict", _("The time no longer suits")
    FEELING_BETTER = "feeling_better", _("Feeling better")
    BOOKED_ELSEWHERE = "booked_elsewhere", _("Booked elsewhere")
    MISTAKE = "mistake", _("Booked by mistake")
    DOCTOR_UNAVAILABLE = "doctor_unavailable", _("The doctor is not available")
    NEEDS_IN_PERSON = "needs_in_person", _("Must be seen in person")
    DUPLICATE = "duplicate", _("Booked twice")
    PATIENT_REQUEST = "patient_request", _("The patient asked for it")
    CLINIC_MISSED = "clinic_missed", _("The clinic missed it")
    OTHER = "other", _("Another reason")


ACTIVE = (Status.REQUESTED, Status.CONFIRMED, Status.IN_PROGRESS)  # these occupy time
MOVABLE = (Status.REQUESTED, Status.CONFIRMED)  # these can go to another time
FREED_BY = {Status.DECLINED, Status.CANCELLED, Status.EXPIRED}  # these give the slot back
MOVES: dict[str, set[Status]] = {
    Status.REQUESTED: {Status.CONFIRMED, Status.DECLINED, Status.CANCELLED, Status.EXPIRED},
    Status.CONFIRMED: {Status.IN_PROGRESS, Status.CANCELLED, Status.NO_SHOW, Status.COMPLETED},
    Status.IN_PROGRESS: {Status.COMPLETED, Status.CONFIRMED},
    Status.NO_SHOW: {Status.CONFIRMED},
}
