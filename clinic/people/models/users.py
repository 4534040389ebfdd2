"""User: who signs in, by e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.time import validate_zone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new user; without a password only an e-mailed code signs in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def drop_abandoned(self, email: str) -> bool:
        """Remove the registration of `email` that nobody ever finished; gives whether there was one.

        Its address was never proven and nobody ever signed in: it must neither keep the address's owner from
        registering, nor leave to the owner a password that somebody else chose.
        """
        unproven = {"emailaddress__email__iexact": email, "emailaddress__verified": False}
        user = self.filter(last_login__isnull=True, **unproven).first()
        return user is not None and user.drop()

    def staff_who_may(self, codename: str, *, clinic_id: int | None = None) -> models.QuerySet["User"]:
        """Active staff with the permission `codename`; of the clinic, where one is named."""
        granted = Q(groups__permissions__codename=codename) | Q(user_permissions__codename=codename)
        staff = self.filter(granted | Q(is_superuser=True), is_staff=True, is_active=True)
        if clinic_id is not None:
            staff = staff.filter(Q(is_superuser=True) | Q(clinics=None) | Q(clinics=clinic_id))
        return staff.distinct()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Signs in. What a user may do follows from the profiles: doctor, patient, representative, staff."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device says")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), unique=True)
    given_name = models.CharField(_("first names"), max_length=80, blank=True)
    family_name = models.CharField(_("last name"), max_length=80, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("colours"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    phone = models.CharField(_("mobile number for messages"), max_length=32, blank=True)
    email_bounced_at = models.DateTimeField(_("e-mail came back"), null=True, blank=True)
    phone_failed_at = models.DateTimeField(_("messages to the number failed"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("clinic staff"), default=False)
    clinics = models.ManyToManyField(
        "people.Clinic",
        verbose_name=_("limited to clinics"),
        blank=True,
        related_name="staff",
        help_text=_("Of staff. Empty: all of them."),
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        permissions = [("work_at_desk", "Can book, move and cancel for patients")]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case")]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def unmistakable_name(self) -> str:
        """With the address: several people may have one name."""
        return f"{self.full_name} ({self.email})" if self.full_name else self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.given_name

    def drop(self) -> bool:
        """Delete the user with the profiles; gives whether it could be done: what others hold on to stays."""
        try:
            with transaction.atomic():
                for profile in filter(None, (getattr(self, "doctor", None), getattr(self, "patient", None))):
                    profile.delete()
                self.delete()
        except ProtectedError:
            return False
        return True

    @property
    def is_doctor(self) -> bool:
        """Whether a doctor's profile exists, approved or not."""
        return getattr(self, "doctor", None) is not None

    @property
    def works_with_records(self) -> bool:
        """Whether the records of others are this user's work: doctors, approved or not, and staff."""
        return self.is_staff or self.is_doctor

    @property
    def is_patient(self) -> bool:
        return getattr(self, "patient", None) is not None

    @cached_property
    def is_at_desk(self) -> bool:
        """Whether the user is staff who books, moves and cancels for patients, and so knows who comes when."""
        return self.is_staff and self.has_perm("people.work_at_desk")

    @cached_property
    def clinic_limit(self) -> frozenset[int]:
        """The clinics to which a member of staff is limited, by key; empty for all of them."""
        return frozenset() if self.is_superuser else frozenset(self.clinics.values_list("pk", flat=True))

    def serves(self, clinic_id: int) -> bool:
        """Whether the clinic is one of those for which the user, if staff, works."""
        return not self.clinic_limit or clinic_id in self.clinic_limit

    @property
    def role(self) -> str:
        """Which home page and navigation a person gets: doctor, staff or patient.

        A doctor who is also a patient is at home on the doctor's side.
        """
        if self.is_doctor:
            return "doctor"
        return "staff" if self.is_staff else "patient"
