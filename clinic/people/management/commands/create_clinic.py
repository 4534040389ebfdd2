from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from clinic.people.models import Clinic

FACTS = {
    "name": "as patients read it",
    "zone": "IANA time zone, like Europe/Lisbon",
    "phone": "for patients, with country code",
    "email": "for patients",
    "address": "street and town, on prescriptions",
    "country": "two letters of ISO 3166, like PT, on prescriptions",
}
OPTIONAL = {"region": "where its doctors may practise", "emergency_phone": "112 unless given"}


def said(problem: ValidationError) -> str:
    """What is wrong, by option."""
    lines = problem.message_dict.items() if hasattr(problem, "error_dict") else [("", problem.messages)]
    return "\n".join(f"--{name.replace('_', '-')}: {' '.join(words)}" for name, words in lines)


class Command(BaseCommand):
    help = "Create a clinic. One whose name in addresses is there already is left as it is. Policies: see the admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, what in FACTS.items():
            parser.add_argument(f"--{name}", required=True, help=what)
        for name, what in OPTIONAL.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=what)
        parser.add_argument("--dry-run", action="store_true", help="check the facts, create nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        given = {name: options[name] for name in (*FACTS, *OPTIONAL) if options[name] is not None}
        clinic = Clinic(slug=slugify(given["name"]), **given)
        if Clinic.objects.filter(slug=clinic.slug).exists():
            self.stdout.write(f"{clinic.slug} is there already: nothing changed.")
            return
        try:
            clinic.full_clean()
        except ValidationError as problem:
            raise CommandError(said(problem)) from problem
        if not dry_run:
            clinic.save()
        self.stdout.write(f"{clinic.name} {'would be created' if dry_run else 'created'} as {clinic.slug}.")
