from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from clinic.backups import BackupError, Manifest, restore, verify
from clinic.management.commands.demo import has_people


class Command(BaseCommand):
    help = "Put a backup in place of what is in the database. Stop the portal first."
    requires_system_checks = []  # they look into a database that may be empty

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="what `backup` wrote")
        parser.add_argument("--replace", action="store_true", help="even though there are people in the database")
        parser.add_argument("--dry-run", action="store_true", help="only try it, in a database of its own")

    def handle(self, *, folder: Path, replace: bool, dry_run: bool, **options: Any) -> None:
        try:
            self.restore(folder, replace=replace, dry_run=dry_run)
        except (BackupError, OSError) as problem:
            raise CommandError(str(problem)) from problem

    def restore(self, folder: Path, *, replace: bool, dry_run: bool) -> None:
        manifest = Manifest.read(folder)
        self.stdout.write(f"Made {manifest.made_at}: {sum(manifest.rows.values())} rows, {manifest.files} files.")
        self.stdout.write(f"Tried in a database of its own: {verify(folder)} encrypted values open.")
        if dry_run:
            return
        if not replace and "people_user" in connection.introspection.table_names() and has_people():
            raise CommandError("There are people in the database. With --replace they are replaced by the backup.")
        restore(folder)
        self.stdout.write("Restored. Run `migrate` if the backup is of an older version, and start the portal.")
