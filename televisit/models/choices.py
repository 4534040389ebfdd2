"""The words of a visit: its status and moves, what its door shows, and who may sit in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.IntegerChoices):
    SCHEDULED = 0, _("Scheduled")
    ACTIVE = 1, _("Active")
    ENDED = 2, _("Ended")
    CANCELLED = 3, _("Cancelled")


class Phase(models.TextChoices):
    """What somebody finds who comes to the door now."""

    EARLY = "early", _("Not open yet")
    OPEN = "open", _("Open")
    OVER = "over", _("Time is over")
    ENDED = "ended", _("Ended by the doctor")
    CANCELLED = "cancelled", _("Cancelled")


class Role(models.TextChoices):
    DOCTOR = "doctor", _("Doctor")
    PATIENT = "patient", _("Patient")
    REPRESENTATIVE = "representative", _("Acts for the patient")
    RELATIVE = "relative", _("Relative")
    INTERPRETER = "interpreter", _("Interpreter")


PATIENT_SIDE = (Role.PATIENT, Role.REPRESENTATIVE)
MOVES: dict[int, set[Status]] = {
    Status.SCHEDULED: {Status.ACTIVE, Status.CANCELLED},
    Status.ACTIVE: {Status.ENDED},
    Status.ENDED: {Status.ACTIVE},
}
