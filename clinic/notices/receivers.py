"""What the notices do on a fact: queue the task that tells people."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import email_changed, email_confirmed, user_logged_in
from anymail.signals import tracking
from django.db import transaction
from django.dispatch import receiver

from appointments.signals import appointment_changed
from clinic.people.devices import device_of
from clinic.people.models import User
from clinic.people.signals import chart_added, doctor_approved
from prescriptions.signals import prescription_issued, prescription_revoked
from televisit.signals import visit_changed

from . import accounts, reports
from .models import Notice
from .sources import notices_of_chart
from .tasks import announce, send_out_once_committed


@receiver(appointment_changed, dispatch_uid="people hear of an appointment")
def announce_appointment(event: Any, **kwargs: Any) -> None:
    announce_once_it_is_so("appointments", event.pk)


@receiver(visit_changed, dispatch_uid="people hear of a visit")
def announce_visit(event: Any, **kwargs: Any) -> None:
    if event.announced_at is None:
        announce_once_it_is_so("visits", event.pk)


@receiver([prescription_issued, prescription_revoked], dispatch_uid="people hear of a prescription")
def announce_prescription(event: Any, **kwargs: Any) -> None:
    announce_once_it_is_so("prescriptions", event.pk)


@receiver(chart_added, dispatch_uid="people hear of a chart")
def announce_chart(chart: Any, **kwargs: Any) -> None:
    give_now(notices_of_chart(chart))


@receiver(email_confirmed, dispatch_uid="people hear of their registration")
def announce_registration(email_address: Any, **kwargs: Any) -> None:
    """Not before the address is proven to be theirs; who has signed in before has only changed it."""
    if email_address.user.last_login is None:
        give_now(accounts.notices_of_registration(email_address.user))


@receiver(doctor_approved, dispatch_uid="doctors hear that they are approved")
def announce_approval(doctor: Any, at: Any, **kwargs: Any) -> None:
    give_now(accounts.notices_of_approval(doctor, at=at))


@receiver(user_logged_in, dispatch_uid="people hear of a new sign-in")
def announce_sign_in(request: Any, user: User, **kwargs: Any) -> None:
    if not device_of(request, user.email):
        address = get_adapter().get_client_ip(request)
        browser = request.META.get("HTTP_USER_AGENT", "")
        give_now(accounts.notices_of_sign_in(user, user_agent=browser, address=address))


@receiver(email_changed, dispatch_uid="a new address has not bounced")
def forget_bounce(user: User, **kwargs: Any) -> None:
    User.objects.filter(pk=user.pk).update(email_bounced_at=None)


@receiver(tracking, dispatch_uid="services say what became of mails")
def record_mail_report(event: Any, **kwargs: Any) -> None:
    reports.record_mail(event)


def announce_once_it_is_so(outbox: str, event_id: int) -> None:
    """After the commit, and without harm to it: if the queue is not there, the sweep finds the event."""

    def queue() -> None:
        announce.delay(outbox, event_id)

    transaction.on_commit(queue, robust=True)


def give_now(notices: list[Notice]) -> None:
    """Facts without an event row: the notices are written with the change; the sweep finds what was not queued."""
    send_out_once_committed(Notice.objects.give(notices))
