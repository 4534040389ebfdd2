"""The messages of an appointment's chat."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from chat.errors import ClientIdReused
from chat.signals import message_posted
from clinic.crypto import EncryptedTextField
from clinic.people.models import Chart, User
from televisit.models import Participant

from .conversations import conversations_of, reason_closed
from .marks import ReadMark

BODY_LIMIT = 2000


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
        """With who wrote them, and their files."""
        return self.select_related("author", "seat", "chart")

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
    def post(
        self,
        appointment: Appointment,
        *,
        by: User | None,
        seat: Participant | None = None,
        at: datetime,
        client_id: str,
        body: str = "",
        file: dict[str, Any] | None = None,
    ) -> "Message":
        """The next message of the chat; sent again under the same `client_id`, the one that there is.

        It is from the user `by`, or from the guest who has `seat`. `file`, as ChartForm.facts gives it, is kept in the
        patient's record. Raises ChatNotOpenYet, ChatClosed, ChatClosedByDoctor or ClientIdReused; then nothing has
        changed.
        """
        chat = Appointment.objects.select_for_update(no_key=True, of=("self",)).get(pk=appointment.pk)
        sent_before = chat.messages.filter(author=by, seat=seat, client_id=client_id).first()
        if sent_before is not None:
            return sent_before.repeated(body, file)
        if refusal := reason_closed(chat, at):
            raise refusal
        chart = Chart.objects.keep(**file, patient=chat.patient, by=by, at=at) if file and chat.patient and by else None
        facts = {"author": by, "seat": seat, "body": body, "chart": chart, "client_id": client_id, "created_at": at}
        message = self.create(appointment=appointment, seq=chat.messages.last_seq() + 1, **facts)
        if by is not None:
            ReadMark.objects.move(appointment, user=by, to=message.seq)
        message_posted.send(sender=Message, message=message)
        return message


class Message(models.Model):
    """One line of an appointment's chat. `seq` counts them without gaps, in the order in which all see them.

    From a user, or from a guest, who has a seat in the visit and no account. `client_id` is the sender's own name for
    it: what is sent twice is posted once.
    """

    appointment = models.ForeignKey(Appointment, models.PROTECT, verbose_name=_("appointment"), related_name="messages")
    seq = models.PositiveIntegerField(_("number"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("author"),
        null=True,
        blank=True,
        related_name="messages",
    )
    seat = models.ForeignKey(
        Participant, models.PROTECT, verbose_name=_("guest"), null=True, blank=True, related_name="messages"
    )
    body = EncryptedTextField(_("text"), blank=True)
    chart = models.OneToOneField(
        Chart, models.PROTECT, verbose_name=_("file"), null=True, blank=True, related_name="message"
    )
    client_id = models.CharField(_("sender's name for it"), max_length=64)
    created_at = models.DateTimeField(_("sent"))

    is_mine = False  # a page sets it for its reader
    is_repeated = False  # repeated() sets it for what was sent again

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["appointment", "seq"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["appointment", "seq"], name="message_seq_once"),
            models.UniqueConstraint(fields=["appointment", "author", "client_id"], name="message_sent_once"),
            models.UniqueConstraint(fields=["seat", "client_id"], name="message_sent_once_by_guest"),
            models.CheckConstraint(
                condition=models.Q(author__isnull=True) ^ models.Q(seat__isnull=True), name="message_has_one_author"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="message_by_time")]

    def __str__(self) -> str:
        return f"{self.appointment_id}: {self.seq}"

    @property
    def author_name(self) -> str:
        """As the other side knows the author: the doctor with title, the patient, or who acts for the patient.

        A guest with the role, for they chose the name themselves.
        """
        if self.author is None:
            return f"{self.seat.name} ({self.seat.get_role_display()})" if self.seat else ""
        doctor, patient = self.appointment.doctor, self.appointment.patient
        if doctor is not None and doctor.user_id == self.author_id:
            return doctor.name
        if patient is not None and patient.user_id == self.author_id:
            return patient.name
        return self.author.full_name

    def repeated(self, body: str, file: dict[str, Any] | None) -> "Message":
        """This message, marked as sent again. Raises ClientIdReused if it has another body or file."""
        sent = sha256(file["content"]).hexdigest() if file else None
        if (self.body, self.chart and self.chart.sha256) != (body, sent):
            raise ClientIdReused
        self.is_repeated = True
        return self
