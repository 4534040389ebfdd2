from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.backups import BackupError, back_up, verify


class Command(BaseCommand):
    help = (
        "Back up database and files into a new folder, and try it in a database of its own. The portal may be running."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where to; a folder of that name must not exist")
        parser.add_argument("--no-verify", action="store_true", help="do not try to restore it")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")

    def handle(self, *, folder: Path, no_verify: bool, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self.stdout.write(f"Database and files would be written to {folder.absolute()}.")
            return
        try:
            manifest = back_up(folder, at=timezone.now())
            self.stdout.write(f"{sum(manifest.rows.values())} rows and {manifest.files} files are in {folder}.")
            if not no_verify:
                self.stdout.write(f"Restored into a database of its own: {verify(folder)} encrypted values open.")
        except (BackupError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("Keep ENCRYPTION_KEYS and SIGNING_KEYS somewhere else: without them it cannot be read.")
