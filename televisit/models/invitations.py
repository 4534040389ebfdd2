"""Invitation: a link that lets somebody without a seat come to the door of one visit."""

import secrets
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.codes import code_of, random_code, uid
from clinic.crypto import EncryptedTextField
from clinic.people.models import User
from televisit.errors import InvitationRevoked, NotTheBirthDate, TooManyTries

from .choices import PATIENT_SIDE, Role
from .events import VisitEvent

if TYPE_CHECKING:
    from .participants import Participant
    from .visit import Visit

LINK_LENGTH = 26  # of 5 bits each: 130 bits, and short enough for an SMS
BIRTH_DATE_TRIES = 5


def hash_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def address_of_link(secret: str) -> str:
    return settings.PUBLIC_URL + reverse("televisit:invited", args=[secret])


def hours_of(visit: "Visit") -> dict[str, datetime]:
    """From when until when invitations to `visit` are good."""
    return {"not_before": visit.opens_at, "valid_until": visit.expires_at}


def unknown_link() -> str:
    """The hash of a link that nobody has yet: renew_link() makes one that is known."""
    return hash_of(secrets.token_hex())


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def with_link(self, secret: str) -> "InvitationQuerySet":
        """The one that `secret`, the end of a link, was made for."""
        return self.filter(link_hash=hash_of(secret))

    def standing(self) -> "InvitationQuerySet":
        """Those that nobody has taken back."""
        return self.filter(revoked_at__isnull=True)

    def asked(self) -> "InvitationQuerySet":
        """Those by which somebody asked a guest; without the links that messages to the patient's side carry."""
        return self.filter(events__kind=VisitEvent.Kind.INVITED).distinct()

    def link_for(self, visit: "Visit", user: User, *, role: str) -> "Invitation":
        """A way in for `user` of the patient's side, for one message; nobody is invited by it."""
        return self.create(visit=visit, role=role, name=user.full_name, invited_by=user, **hours_of(visit))

    @transaction.atomic
    def invite(
        self, visit: "Visit", *, role: str, name: str = "", address: str = "", by: User, at: datetime
    ) -> "Invitation":
        """Ask one person to `visit`. Where `address` is empty, whoever invites passes the link on themselves."""
        facts = {"role": role, "name": name, "address": address, "invited_by": by}
        invitation = self.create(visit=visit, **facts, **hours_of(visit))
        visit.record(VisitEvent.Kind.INVITED, invitation=invitation, by=by, at=at)
        return invitation

    def follow(self, visit: "Visit") -> None:
        """The visit has other hours: its invitations have them too."""
        self.filter(visit=visit).update(**hours_of(visit))


class Invitation(models.Model):
    """Asks one person to one visit; follows the visit when it moves.

    The link itself is not stored, only its hash: renew_link() makes it where it is sent or shown, and ends the one
    before. A revoked invitation opens nothing.
    """

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    visit = models.ForeignKey("televisit.Visit", models.CASCADE, verbose_name=_("visit"), related_name="invitations")
    role = models.CharField(_("comes as"), max_length=14, choices=Role)
    name = models.CharField(_("name"), max_length=160, blank=True)
    address = EncryptedTextField(_("sent to"), blank=True, default="")
    link_hash = models.CharField(
        _("hash of the link"), max_length=64, unique=True, default=unknown_link, editable=False
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("invited by"), related_name="+"
    )
    not_before = models.DateTimeField(_("opens"))
    valid_until = models.DateTimeField(_("until"))
    tries = models.PositiveSmallIntegerField(_("wrong dates of birth"), default=0)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.get_role_display()}"

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def asks_birth_date(self) -> bool:
        """Whether the link alone is not enough: it leads to the seat of the patient, whom we know."""
        return self.role in PATIENT_SIDE and self.visit.appointment.patient is not None

    def renew_link(self, *, request: str = "") -> str:
        """The address to send or show now; the address given before no longer works.

        For the task that sends the message, and for the page that shows the link once. Safe to run again: the last
        address given is the one that works. link_given_to() tells again what a program's `request` was given.
        """
        secret = self._secret_for(request) if request else random_code(LINK_LENGTH)
        self.link_hash = hash_of(secret)
        self.save(update_fields=["link_hash"])
        return address_of_link(secret)

    def link_given_to(self, request: str) -> str | None:
        """The address that `request` was given, for its retry; None once another has taken its place."""
        secret = self._secret_for(request)
        return address_of_link(secret) if hash_of(secret) == self.link_hash else None

    def _secret_for(self, request: str) -> str:
        return code_of(f"{self.uid} {request}", LINK_LENGTH, purpose="televisit.invitation")

    def accept(self, *, name: str, birth_date: date | None = None, at: datetime) -> "Participant":
        """Take a seat in the waiting room, in one more browser. Raises what stands against it.

        InvitationRevoked, TooManyTries, NotTheBirthDate (each wrong try counts), or what the visit's hour refuses.
        """
        self._refuse_stranger(birth_date)
        with transaction.atomic():
            self._lock()
            if self.is_revoked:
                raise InvitationRevoked
            self.visit.refuse_unless_open(at)
            self.used_at = self.used_at or at
            self.save(update_fields=["used_at"])
            seat = self.visit.seat_guest(name, role=self.role, invitation=self)
            self.visit.record(VisitEvent.Kind.INVITATION_USED, invitation=self, participant=seat, at=at)
        return seat

    @transaction.atomic
    def revoke(self, *, by: User | None, at: datetime) -> None:
        """The link opens nothing any more, and who came by it is put out. Revoking again changes nothing."""
        self._lock()
        if self.is_revoked:
            return
        self.revoked_at = at
        self.save(update_fields=["revoked_at"])
        self.visit.record(VisitEvent.Kind.INVITATION_REVOKED, invitation=self, by=by, at=at)
        for seat in self.participants.filter(removed_at__isnull=True):
            seat.visit = self.visit
            seat.remove(by=by, at=at)

    def _refuse_stranger(self, birth_date: date | None) -> None:
        """A wrong date counts even though the rest is undone, hence no transaction around it."""
        if not self.asks_birth_date:
            return
        patient = self.visit.appointment.patient
        counted = Invitation.objects.filter(pk=self.pk, tries__lt=BIRTH_DATE_TRIES)
        if not counted.update(tries=models.F("tries") + 1):
            raise TooManyTries
        if birth_date != patient.birth_date:
            raise NotTheBirthDate
        counted.model.objects.filter(pk=self.pk).update(tries=0)

    def _lock(self) -> None:
        visit = self.visit
        held: Any = Invitation.objects.select_for_update(no_key=True)
        self.refresh_from_db(from_queryset=held)
        self.visit = visit
