"""What the notices do when somebody's second step of signing in changes."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver

from clinic.people.models import User
from clinic.people.signals import second_factor_reset

from .accounts import notices_of_second_factor
from .receivers import give_now


@receiver(
    [authenticator_added, authenticator_removed, authenticator_reset], dispatch_uid="people hear of their second step"
)
def announce_second_factor(user: User, authenticator: Authenticator, signal: Any, **kwargs: Any) -> None:
    """Recovery codes come and go with what they stand in for: of them it is news only that there are new ones."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES or signal is authenticator_reset:
        give_now(notices_of_second_factor(user))


@receiver(second_factor_reset, dispatch_uid="people hear that their second step was taken away")
def announce_reset(user: User, **kwargs: Any) -> None:
    give_now(notices_of_second_factor(user))
