from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from clinic import crypto
from clinic.models import DataKey


class Command(BaseCommand):
    help = "Wrap all data keys with the newest of ENCRYPTION_KEYS and start a new data key. The portal may be running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count the data keys, change nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self.stdout.write(f"{DataKey.objects.count()} data key(s) would be wrapped with the newest key.")
            return
        newest = crypto.rotate()
        self.stdout.write(f"Data keys are wrapped with the newest key; {newest} is in use within a minute.")
