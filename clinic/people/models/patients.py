"""Patient and Representation: who is treated, and who may act for them."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.crypto import EncryptedTextField
from clinic.people.languages import language_name

from .users import User


class PatientQuerySet(models.QuerySet["Patient"]):
    def represented_by(self, user: Any, at: datetime | None = None) -> "PatientQuerySet":
        """Those for whom `user` may act now: the own profile and valid representations. Signed out: nobody."""
        if not user.is_authenticated:
            return self.none()
        acting = Representation.objects.valid(at or timezone.now()).filter(user=user)
        return self.filter(Q(user=user) | Q(pk__in=acting.values("patient")))

    def found_by(self, words: str) -> "PatientQuerySet":
        """Those whom all of `words` describe: part of a name, phone or e-mail, or the day of birth as 1954-03-27."""
        found = self
        for word in words.split():
            named = Q(family_name__icontains=word) | Q(given_name__icontains=word)
            reached = Q(phone__contains=word) | Q(user__email__icontains=word)
            born = Q(birth_date=parsed_day(word)) if parsed_day(word) else Q()
            found = found.filter(named | reached | born)
        return found

    def alike(self, *, given_name: str, family_name: str, birth_date: date, phone: str = "") -> "PatientQuerySet":
        """Those who may be the same person: with the same phone, or with two of first names, last name and birth."""
        given, family = Q(given_name__iexact=given_name), Q(family_name__iexact=family_name)
        born = Q(birth_date=birth_date)
        same = (given & family) | (born & (given | family))
        return self.filter(same | Q(phone=phone)) if phone else self.filter(same)


def parsed_day(text: str) -> date | None:
    """The day that `text` says as 1954-03-27, if it does."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Patient(models.Model):
    """Is treated. Need not have a user: a child, or somebody whom staff book for by phone."""

    class Sex(models.TextChoices):
        """FHIR R4 administrative gender."""

        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")
        UNKNOWN = "unknown", _("Not said")

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    user = models.OneToOneField(
        User, models.PROTECT, verbose_name=_("user"), null=True, blank=True, related_name="patient"
    )
    given_name = models.CharField(_("first names"), max_length=80)
    family_name = models.CharField(_("last name"), max_length=80)
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=7, choices=Sex, default=Sex.UNKNOWN)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    interpreter_needed = models.BooleanField(_("needs an interpreter"), default=False)
    needs = EncryptedTextField(_("needs"), blank=True, default="", help_text=_("What makes a visit easier for them."))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "pk"]
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        indexes = [models.Index(fields=["family_name", "given_name", "id"], name="patient_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def language_name(self) -> str:
        """The language the patient likes to speak, in the reader's words; empty where none is said."""
        return language_name(self.language) if self.language else ""

    @property
    def unmistakable_name(self) -> str:
        """With the birth date: several people may have one name."""
        return f"{self.name} ({date_format(self.birth_date)})"

    def age(self, on: date) -> int:
        """Whole years on the day `on`; who was born on 29 February has the birthday on 1 March of common years."""
        had_birthday = (on.month, on.day) >= (self.birth_date.month, self.birth_date.day)
        return on.year - self.birth_date.year - (not had_birthday)

    def is_profile_of(self, user: User) -> bool:
        """Whether this is the own profile of `user`."""
        return self.user_id is not None and self.user_id == user.pk

    def is_represented_by(self, user: User, at: datetime | None = None) -> bool:
        """Whether `user` may act for this patient: it is their own profile, or a representation is valid."""
        if self.is_profile_of(user):
            return True
        return self.representations.valid(at or timezone.now()).filter(user=user).exists()


class RepresentationQuerySet(models.QuerySet["Representation"]):
    def valid(self, at: datetime) -> "RepresentationQuerySet":
        """Those that staff have checked and that hold at the instant `at` (both days included, in UTC)."""
        on = at.date()
        ongoing = Q(valid_until__isnull=True) | Q(valid_until__gte=on)
        return self.filter(ongoing, valid_from__lte=on, checked_by__isnull=False)


class Representation(models.Model):
    """A user who acts for a patient: a parent, a carer. Counts once a staff member has checked it."""

    class Relation(models.TextChoices):
        PARENT = "parent", _("Parent")
        GUARDIAN = "guardian", _("Guardian")
        CARER = "carer", _("Carer")
        PARTNER = "partner", _("Partner")
        OTHER = "other", _("Other")

    class State(models.TextChoices):
        UNCHECKED = "unchecked", _("The clinic has yet to check it")
        COMING = "coming", _("Not yet valid")
        VALID = "valid", _("Valid")
        OVER = "over", _("Over")

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("who acts"), related_name="representations")
    patient = models.ForeignKey(Patient, models.CASCADE, verbose_name=_("for whom"), related_name="representations")
    relation = models.CharField(_("relation"), max_length=10, choices=Relation)
    valid_from = models.DateField(_("from"), default=date.today)
    valid_until = models.DateField(_("until"), null=True, blank=True)
    checked_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("checked by"), null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        verbose_name = _("representation")
        verbose_name_plural = _("representations")
        constraints = [
            models.UniqueConstraint(fields=["user", "patient"], name="representation_once_for_each_pair"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="representation_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=models.F("user")),
                name="representation_not_checked_by_oneself",
                violation_error_message=_("Somebody else has to check it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.patient}"

    def mark_checked(self, *, by: User) -> None:
        """A staff member has seen the papers; it counts from its first day on. Not for one's own."""
        self.checked_by = by
        self.save(update_fields=["checked_by"])

    def state(self, on: date) -> str:
        """Where it stands on the day `on`, as one of Representation.State."""
        if self.checked_by_id is None:
            return self.State.UNCHECKED
        if self.valid_until is not None and self.valid_until < on:
            return self.State.OVER
        return self.State.COMING if self.valid_from > on else self.State.VALID
