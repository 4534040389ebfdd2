"""The chat of an appointment: its messages, and how far each person has read."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from chat.errors import ChatClosed, ChatNotOpenYet, ClientIdReused
from chat.signals import message_posted
from clinic.crypto import EncryptedTextField
from clinic.errors import RuleViolation
from clinic.people.models import Doctor, Patient, User

BODY_LIMIT = 2000
OPEN_AFTER_END = timedelta(days=7)
Status = Appointment.Status
CONFIRMED = (Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED, Status.NO_SHOW)


def conversations_of(user: Any) -> models.QuerySet[Appointment]:
    """The appointments whose chat `user` takes part in: as their doctor, as their patient, or acting for the patient.

    Staff do not, and neither does a doctor who may not practise.
    """
    if not user.is_authenticated:
        return Appointment.objects.none()
    patients, doctors = Patient.objects.represented_by(user), Doctor.objects.practising().filter(user=user)
    return Appointment.objects.filter(Q(patient__in=patients) | Q(doctor__in=doctors))


def reason_closed(appointment: Appointment, at: datetime) -> RuleViolation | None:
    """Why nobody can write in this chat at the instant `at`; None while it is open.

    It is open from the confirmation until a week after the visit's end.
    """
    if appointment.status == Status.REQUESTED:
        return ChatNotOpenYet()
    is_recent = appointment.ends_at is not None and at < appointment.ends_at + OPEN_AFTER_END
    return None if appointment.status in CONFIRMED and is_recent else ChatClosed()


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any) -> "MessageQuerySet":
        """Those that `user` may read: of the conversations they take part in."""
        return self.filter(appointment__in=conversations_of(user))

    def after(self, seq: int) -> "MessageQuerySet":
        """Those that came after the one numbered `seq`, oldest first."""
        return self.filter(seq__gt=seq).order_by("seq")

    def before(self, seq: int) -> "MessageQuerySet":
        """Those that came before the one numbered `seq`, newest first."""
        return self.filter(seq__lt=seq).order_by("-seq")

    def with_authors(self) -> "MessageQuerySet":
        return self.select_related("author")

    def unread_by(self, user: User) -> "MessageQuerySet":
        """What others wrote to `user` beyond the last message that they have read."""
        mark = ReadMark.objects.filter(appointment=OuterRef("appointment"), user=user).values("seq")
        return self.visible_to(user).exclude(author=user).filter(seq__gt=Coalesce(Subquery(mark), 0))

    def count_by_appointment(self) -> dict[int, int]:
        """How many of these each appointment has, by the appointment's id."""
        counts = self.order_by().values("appointment").annotate(number=Count("pk"))
        return dict(counts.values_list("appointment", "number"))

    def last_seq(self) -> int:
        """The number of the newest of these; 0 if there are none."""
        return self.aggregate(last=Coalesce(Max("seq"), 0))["last"]

    @transaction.atomic
    def post(self, appointment: Appointment, *, by: User, body: str, client_id: str, at: datetime) -> "Message":
        """The next message of the chat; sent again under the same `client_id`, the one that there is.

        Raises ChatNotOpenYet, ChatClosed or ClientIdReused; then nothing has changed.
        """
        chat = Appointment.objects.select_for_update(no_key=True, of=("self",)).get(pk=appointment.pk)
        sent_before = chat.messages.filter(author=by, client_id=client_id).first()
        if sent_before is not None:
            sent_before.refuse_other_body(body)
            return sent_before
        if refusal := reason_closed(chat, at):
            raise refusal
        seq = chat.messages.last_seq() + 1
        message = self.create(
            appointment=appointment, seq=seq, author=by, body=body, client_id=client_id, created_at=at
        )
        ReadMark.objects.advance(appointment, user=by, to=seq)
        message_posted.send(sender=Message, message=message)
        return message


class Message(models.Model):
    """One line of an appointment's chat. `seq` counts them without gaps, in the order in which all see them.

    `client_id` is the sender's own name for it: what is sent twice is posted once.
    """

    appointment = models.ForeignKey(Appointment, models.PROTECT, verbose_name=_("appointment"), related_name="messages")
    seq = models.PositiveIntegerField(_("number"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("author"), related_name="messages"
    )
    body = EncryptedTextField(_("text"))
    client_id = models.CharField(_("sender's name for it"), max_length=64)
    created_at = models.DateTimeField(_("sent"))

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["appointment", "seq"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["appointment", "seq"], name="message_seq_once"),
            models.UniqueConstraint(fields=["appointment", "author", "client_id"], name="message_sent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id}: {self.seq}"

    @property
    def author_name(self) -> str:
        """As the other side knows the author: the doctor with title, the patient, or who acts for the patient."""
        doctor, patient = self.appointment.doctor, self.appointment.patient
        if doctor is not None and doctor.user_id == self.author_id:
            return doctor.name
        if patient is not None and patient.user_id == self.author_id:
            return patient.name
        return self.author.full_name

    def refuse_other_body(self, body: str) -> None:
        """Raise ClientIdReused if this is not the message with that body."""
        if self.body != body:
            raise ClientIdReused


class ReadMarkQuerySet(models.QuerySet["ReadMark"]):
    def advance(self, appointment: Appointment, *, user: User, to: int) -> int:
        """`user` has read all up to the number `to`. Gives the mark as it stands: it never goes back, nor too far."""
        seq = min(to, appointment.messages.last_seq())
        mark, is_new = self.get_or_create(appointment=appointment, user=user, defaults={"seq": seq})
        if not is_new and self.filter(pk=mark.pk, seq__lt=seq).update(seq=seq):
            return seq
        return mark.seq


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
