"""Makes the open slots what the doctors' weekly hours say."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone

from appointments.hours import open_slots, publishing_doctors
from appointments.plan import SlotPlan
from clinic.errors import RuleViolation
from clinic.people.models import Doctor


class Command(BaseCommand):
    help = "Open the slots of the days to come, as the doctors' weekly hours say. What is there already stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, open nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        opened = 0
        doctors = publishing_doctors()
        for doctor in doctors:
            try:
                opened += self.count(doctor) if dry_run else open_slots(doctor, at=timezone.now())
            except (RuleViolation, DatabaseError) as error:
                self.stderr.write(f"{doctor.slug}: {error}")
        verb = "would be opened" if dry_run else "opened"
        self.stdout.write(f"{opened} slot(s) {verb} for {len(doctors)} doctor(s)")

    def count(self, doctor: Doctor) -> int:
        return len(SlotPlan(doctor, at=timezone.now()).missing)
