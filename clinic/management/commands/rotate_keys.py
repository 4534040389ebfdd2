from typing import Any

from django.core.management.base import BaseCommand

from clinic import crypto


class Command(BaseCommand):
    help = "Wrap all data keys with the newest of ENCRYPTION_KEYS and start a new data key. The portal may be running."

    def handle(self, *args: Any, **options: Any) -> None:
        newest = crypto.rotate()
        self.stdout.write(f"Data keys are wrapped with the newest key; {newest} is in use within a minute.")
