from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from clinic.people.models import Patient, User

PASSWORD = "demo-clinic-1"  # noqa: S105  (printed for everybody to see)
ACCOUNTS = {
    "patient@demo.example": "Marta: a visit to join now; also acts for her son Tomás",
    "patient2@demo.example": "Daniel: visits behind him and to come",
    "doctor@demo.example": "Dr Osei, family doctor: bookings are confirmed at once",
    "doctor2@demo.example": "Dr Lindqvist, skin doctor: is asked first, has requests to answer",
    "staff@demo.example": "Vera at the desk: may do everything in the admin",
}


class Command(BaseCommand):
    help = "Load the demo clinic. Refuses with DEBUG off, and where there are people already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="load nothing, and end well, if there are people")

        parser.add_argument("--dry-run", action="store_true", help="say whether it would be loaded, load nothing")

    def handle(self, *args: Any, if_empty: bool, dry_run: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo clinic is for development: it loads only with DEBUG on.")
        if dry_run:
            self.stdout.write(f"The demo clinic would {'not ' if has_people() else ''}be loaded.")
            return
        if not has_people():
            self.load()
        elif not if_empty:
            raise CommandError("There are people in the database: the demo clinic loads only into an empty one.")
        self.show_accounts()

    @transaction.atomic
    def load(self) -> None:
        from clinic.demo import load_demo  # needs development packages, which production lacks

        load_demo(now=timezone.now(), password=PASSWORD)

    def show_accounts(self) -> None:
        if not User.objects.filter(email__in=ACCOUNTS).exists():
            self.stdout.write("There are people in the database: the demo clinic is not loaded.")
            return
        self.stdout.write(f"Demo accounts, all with the password {PASSWORD}:")
        for email, who in ACCOUNTS.items():
            self.stdout.write(f"  {email:22} {who}")


def has_people() -> bool:
    return User.objects.exists() or Patient.objects.exists()
