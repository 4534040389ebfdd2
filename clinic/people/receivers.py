"""Who is signed out keeps no open socket; what a session remembers of how its user has signed in."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from clinic.live import SIGNED_OUT, TRY_AGAIN, close_sockets, group_of_session, group_of_user
from clinic.people import recent, second_factor
from clinic.people.models import Chart, User
from clinic.people.signals import chart_added
from clinic.people.tasks import scan_charts


@receiver(user_logged_out, dispatch_uid="signing out closes sockets")
def close_sockets_here(request: HttpRequest | None, **kwargs: Any) -> None:
    """Sent before the session is emptied."""
    key = request.session.session_key if request else None
    if key:
        close_sockets(group_of_session(key), SIGNED_OUT)


@receiver(post_delete, sender=UserSession, dispatch_uid="an ended session closes its sockets")
def close_sockets_there(instance: UserSession, **kwargs: Any) -> None:
    """Ended from the list of sessions, by staff, by a program, or found dead."""
    close_sockets(group_of_session(instance.session_key), SIGNED_OUT)


@receiver([password_changed, password_reset, password_set], dispatch_uid="a new password closes sockets")
def close_sockets_everywhere(user: User, **kwargs: Any) -> None:
    """Every other session has ended; the pages of the one that goes on dial again, and have its new key then."""
    close_sockets(group_of_user(user.pk), TRY_AGAIN)


@receiver(chart_added, dispatch_uid="a new chart is scanned")
def have_it_scanned(chart: Chart, **kwargs: Any) -> None:
    if chart.scan == Chart.Scan.WAITING:
        scan_charts.delay_on_commit()


user_logged_in.connect(recent.note_sign_in, dispatch_uid="when a session began")


@receiver([authenticator_used, authenticator_added], dispatch_uid="the second step is taken")
def note_second_step(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """To set one up is to take it, since it was tried then."""
    second_factor.take(user, request.session)


@receiver(authenticator_removed, dispatch_uid="the second step is gone")
def forget_second_step(request: HttpRequest, user: User, **kwargs: Any) -> None:
    second_factor.drop_if_last(user, request.session)
