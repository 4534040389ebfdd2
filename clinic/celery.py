"""The Celery application: ``celery -A clinic worker`` and ``celery -A clinic beat``."""

import logging.config
import os
import signal
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init, worker_process_init
from django.conf import settings

from clinic.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

app = Celery("clinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def begin(**kwargs: Any) -> None:
    """A wrong encryption key stops worker and beat at once, before they touch a row; else Prometheus may ask them."""
    from clinic.crypto import check_keys
    from clinic.metrics import serve

    check_keys()
    serve()


@setup_logging.connect
def log_as_the_portal(**kwargs: Any) -> None:
    """Instead of Celery's own lines."""
    logging.config.dictConfig(settings.LOGGING)


@worker_process_init.connect
def end_with_worker(**kwargs: Any) -> None:
    """A process of the worker's pool ends with the worker, even if that is killed."""
    end_with_parent(signal.SIGKILL)
