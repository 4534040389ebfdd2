"""What is sent about accounts and records."""

import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.people.models import Chart
from clinic.people.scanning import ScannerAway

log = logging.getLogger(__name__)


@shared_task
def scan_charts() -> int:
    """Have the scanner look at the files that wait for it. Gives how many; ends early where it does not answer.

    Safe to run again: beat does every minute, and each upload at once.
    """
    done = 0
    for chart in Chart.objects.to_scan().iterator():
        try:
            chart.look_for_viruses()
        except ScannerAway as problem:
            log.warning("The virus scanner does not answer: %s", problem)
            break
        if chart.virus:
            log.warning("A virus was found in chart %s", chart.uid)
        done += 1
    return done


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_claim_link(code: str, email: str) -> None:
    """Send the link with which a patient takes over the record that staff made. Sent twice, it opens the same."""
    address = settings.PUBLIC_URL + reverse("claim", args=[code])
    text = _(
        "The clinic has a record of you. Open this link, sign in or create an account, and enter your date of birth:"
        "\n\n%(address)s\n\nThe link holds for two weeks."
    )
    send_mail(_("Your access to the clinic’s portal"), text % {"address": address}, None, [email])
