"""Compares the rooms of visits with those that the video services have."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from televisit import rooms
from televisit.models import Integration
from televisit.providers.errors import ProviderError
from televisit.reconciliation import compare, settle


class Command(BaseCommand):
    help = (
        "List and close the rooms that a video service has and no visit is in, and those of visits that the service "
        "no longer has. Ends with 1 if a service could not be asked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list them, close nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        failed = 0
        for integration in Integration.objects.to_reconcile():
            name = f"{integration.clinic.slug} {rooms.label_of_provider(integration.provider)}"
            try:
                lines = self.look(integration, dry_run=dry_run)
            except ProviderError as failure:
                failed += 1
                lines = [f"could not be asked: {failure}"]
            for line in lines or ["all agrees"]:
                self.stdout.write(f"{name}  {line}")
        if failed:
            raise CommandError(f"{failed} service(s) could not be asked.")

    def look(self, integration: Integration, *, dry_run: bool) -> list[str]:
        now = timezone.now()
        found = compare(integration, at=now)
        if not dry_run:
            settle(found, at=now)
        return found.lines()
