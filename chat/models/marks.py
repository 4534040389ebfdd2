"""How far each person has read a chat."""

from django.conf import settings
from django.db import models
from django.db.models import Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from chat.signals import messages_read
from clinic.people.models import User


class ReadMarkQuerySet(models.QuerySet["ReadMark"]):
    def advance(self, appointment: Appointment, *, user: User, to: int) -> int:
        """`user` has read all up to the number `to`. Gives the mark as it stands: it never goes back, nor too far."""
        seq, has_moved = self.move(appointment, user=user, to=min(to, appointment.messages.last_seq()))
        if has_moved:
            messages_read.send(sender=ReadMark, appointment=appointment, user=user, seq=seq)
        return seq

    def move(self, appointment: Appointment, *, user: User, to: int) -> tuple[int, bool]:
        """The mark, at `to` or beyond, and whether that moved it. Nobody is told."""
        mark, is_new = self.get_or_create(appointment=appointment, user=user, defaults={"seq": to})
        has_moved = is_new or bool(self.filter(pk=mark.pk, seq__lt=to).update(seq=to))
        return max(to, mark.seq), has_moved

    def other_side(self, appointment: Appointment, user: User) -> int:
        """Up to which number the other side has read what `user`'s side wrote."""
        is_doctor = Q(user=appointment.doctor.user_id) if appointment.doctor else Q(pk__in=[])
        marks = self.filter(appointment=appointment)
        others = marks.exclude(is_doctor) if appointment.is_of_doctor(user) else marks.filter(is_doctor)
        return others.aggregate(last=Coalesce(Max("seq"), 0))["last"]


class ReadMark(models.Model):
    """Up to which message a person has read an appointment's chat."""

    appointment = models.ForeignKey(
        Appointment, models.CASCADE, verbose_name=_("appointment"), related_name="read_marks"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("who"), related_name="+")
    seq = models.PositiveIntegerField(_("number"))

    objects = ReadMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("read mark")
        verbose_name_plural = _("read marks")
        constraints = [models.UniqueConstraint(fields=["appointment", "user"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.appointment_id}: {self.user_id} {self.seq}"
