from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.retention import KEPT


class Command(BaseCommand):
    help = (
        "Drop what is kept long enough: see AUDIT_MONTHS and NOTICE_MONTHS. Clinical records stay. Beat does so hourly."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, drop nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        for kept in KEPT:
            rows = kept.over(now)
            count = rows.count() if dry_run else kept.drop(rows)
            self.stdout.write(f"{kept.name}: {count} {'would go' if dry_run else 'dropped'}")
