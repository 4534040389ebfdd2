"""User: who signs in, by e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import ProtectedError
from django.db.models.functions import Lower
from django.utils import timezone
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
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case")]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

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
    def is_patient(self) -> bool:
        return getattr(self, "patient", None) is not None

    @property
    def role(self) -> str:
        """Which home page and navigation a person gets: doctor, staff or patient.

        A doctor who is also a patient is at home on the doctor's side.
        """
        if self.is_doctor:
            return "doctor"
        return "staff" if self.is_staff else "patient"
