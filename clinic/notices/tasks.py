"""How notices are made and sent. Each task may run twice without harm."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from .channels import AddressRefused, InDoubt, SendRefused, TransientSendError
from .models import Delivery, Notice, Reminder
from .outboxes import OUTBOXES
from .sources import notices_of_reminder
from .watching import notices_of_due_follow_ups, notices_of_unread_messages

LEFT_OVER = timedelta(minutes=5)
SWEEP = 1000


@shared_task
def announce(outbox: str, event_id: int) -> int:
    """Tell people of an event. Gives how many deliveries this run queued."""
    return send_out(OUTBOXES[outbox].announce(event_id, at=timezone.now()))


@shared_task
def deliver(delivery_id: int) -> bool:
    """Send one delivery. Gives whether this run sent it.

    It is claimed once, and committed as SENDING before anything leaves. A crash in between leaves it so, for the sweep.
    """
    at = timezone.now()
    delivery = Delivery.objects.claim(delivery_id, at=at)
    if delivery is None:
        return False
    if not delivery.notice.is_worth_sending(at):
        delivery.drop()
        return False
    try:
        provider_id = delivery.way.send(delivery, at=at)
    except TransientSendError as problem:
        delivery.retry_later(str(problem), at=at)
    except InDoubt as problem:
        delivery.doubt(str(problem), at=at)
    except SendRefused as problem:
        delivery.give_up(str(problem))
        if isinstance(problem, AddressRefused):
            delivery.way.note_address(delivery.notice, delivery.address, works=False)
    else:
        delivery.mark_sent(provider_id, at=timezone.now())
        return True
    return False


@shared_task
def announce_left_over() -> int:
    """Queue what was lost on the way: events without notices, deliveries that did not go on. Gives how many."""
    at = timezone.now()
    before = at - LEFT_OVER
    events = [(name, pk) for name, box in OUTBOXES.items() for pk in box.left_over(before=before, limit=SWEEP)]
    for name, pk in events:
        announce.delay(name, pk)
    overdue = Delivery.objects.overdue(at).values_list("pk", flat=True)[:SWEEP]
    deliveries = [pk for pk in overdue if Delivery.objects.take_up(pk, at=at)]
    for pk in deliveries:
        deliver.delay(pk)
    return len(events) + len(deliveries)


@shared_task
def send_due_reminders() -> int:
    """Make notices of the reminders that are due, batch by batch. Gives how many deliveries this run queued."""
    at = timezone.now()
    queued = 0
    while True:
        with transaction.atomic():
            taken, useful = Reminder.objects.take(at)
            deliveries = Notice.objects.give([notice for each in useful for notice in notices_of_reminder(each)])
        if not taken:
            return queued
        queued += send_out(deliveries)


@shared_task
def tell_of_unread_messages() -> int:
    """Tell people of messages that they have not read for a while. Gives how many deliveries this run queued."""
    return send_out(Notice.objects.give(notices_of_unread_messages(timezone.now())))


@shared_task
def tell_of_follow_ups() -> int:
    """Tell patients whose doctor wished to see them again about now. Gives how many deliveries this run queued."""
    return send_out(Notice.objects.give(notices_of_due_follow_ups(timezone.now())))


def send_out(deliveries: Iterable[Delivery]) -> int:
    """Queue `deliveries`. Gives how many."""
    pks = [delivery.pk for delivery in deliveries]
    for pk in pks:
        deliver.delay(pk)
    return len(pks)


def send_out_once_committed(deliveries: Sequence[Delivery]) -> None:
    """Without harm to the change that they tell of: if the queue is not there, the sweep finds them."""

    def queue() -> None:
        send_out(deliveries)

    transaction.on_commit(queue, robust=True)
