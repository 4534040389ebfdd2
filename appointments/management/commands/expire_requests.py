"""Ends the requests that nobody answered in time."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appointments.models import Appointment


class Command(BaseCommand):
    help = "Expire the requests whose time to be answered is over, and free their slots."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, expire nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        overdue = list(Appointment.objects.overdue_requests(now))
        done = len(overdue) if dry_run else sum(request.expire(at=now) for request in overdue)
        self.stdout.write(f"{done} request(s) {'would expire' if dry_run else 'expired'}")
