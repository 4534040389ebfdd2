"""Notices a second through the worker, and how that compares with bare Celery tasks on the same Redis.

``python -m clinic.testing python -m bench.notices``. One worker with two processes; the mails go nowhere. A
notice costs its claim, its mail with HTML, way in and answers, and being marked as sent.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from celery import current_app
from django.utils import timezone

from bench.workers import (
    prepare_database,
    start_worker,
    stop_worker,
    tasks_left,
    visits_to_remind_of,
    wait_until,
)

from clinic.notices.models import Delivery, Notice, Reminder  # isort: skip  (bench.workers has set up the apps)
from clinic.notices.sources import notices_of_reminder  # isort: skip
from clinic.notices.tasks import deliver  # isort: skip

NOTICES = 2_000
BARE = 5_000


def per_second(number: int, queue: Callable[[int], object]) -> float:
    """From the first task to the last, with all of them queued before."""
    for each in range(number):
        queue(each)
    worker = start_worker(EMAIL_URL="dummymail://")
    wait_until(lambda: tasks_left() < number)
    start, left = time.monotonic(), tasks_left()
    wait_until(lambda: tasks_left() == 0)
    rate = left / (time.monotonic() - start)
    stop_worker(worker)
    return rate


def main() -> None:
    prepare_database()
    now = timezone.now()
    visits_to_remind_of(NOTICES // 2, starts_at=now + timedelta(days=1), due_at=now)
    deliveries = Notice.objects.give([each for row in Reminder.objects.all() for each in notices_of_reminder(row)])
    bare_task = current_app.tasks["celery.accumulate"]
    bare = per_second(BARE, lambda _number: bare_task.delay())
    notices = per_second(len(deliveries), lambda number: deliver.delay(deliveries[number].pk))
    done = Delivery.objects.filter(status=Delivery.Status.SENT).count()
    print(f"bare tasks {bare:.0f}/s, notices {notices:.0f}/s ({done:,} sent): {notices / bare:.0%}")


if __name__ == "__main__":
    main()
