"""What the notices do when somebody's second step of signing in changes; for where allauth's is installed."""

from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver

from clinic.people.models import User

from .accounts import notices_of_second_factor
from .receivers import give_now


@receiver(
    [authenticator_added, authenticator_removed, authenticator_reset], dispatch_uid="people hear of their second step"
)
def announce_second_factor(user: User, **kwargs: Any) -> None:
    give_now(notices_of_second_factor(user))
