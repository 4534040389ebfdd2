"""Tests the connections to the clinics' video services."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from televisit import rooms
from televisit.models import Integration


class Command(BaseCommand):
    help = (
        "Test the connection to each video service in use and say in words what is wrong; the admin shows it too. "
        "Ends with 1 if one does not work."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clinic", help="only those of the clinic with this name in addresses")
        parser.add_argument("--all", action="store_true", help="also those that are not in use")

    def handle(self, *, clinic: str | None, **options: Any) -> None:
        chosen = Integration.objects.select_related("clinic")
        chosen = chosen if options["all"] else chosen.filter(is_active=True)
        failed = 0
        for integration in chosen.filter(clinic__slug=clinic) if clinic else chosen:
            problem = rooms.try_out(integration, at=timezone.now())
            failed += bool(problem)
            name = f"{integration.clinic.slug} {rooms.label_of_provider(integration.provider)}"
            self.stdout.write(f"{'to do' if problem else 'ok':<6} {name}  {problem}".rstrip())
        if failed:
            raise CommandError(f"{failed} of the video services do not work.")
