from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from clinic.people.models import Clinic, Doctor, Specialty, User

from .create_clinic import said

PERSON = {"given_name": "first names", "family_name": "last name"}
PROFILE = {
    "register": "the medical register that lists them",
    "number": "registration number",
    "region": "where they may practise",
    "zone": "IANA time zone of their hours",
}


class Command(BaseCommand):
    help = (
        "Create a doctor, who signs in by a code sent to the e-mail address. One whose address is known is left as it "
        "is. Staff approve in the admin, or --approved-by says who has compared the register."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        for name, what in {**PERSON, **PROFILE}.items():
            parser.add_argument(f"--{name.replace('_', '-')}", required=True, help=what)
        parser.add_argument("--title", default="Dr")
        parser.add_argument("--clinic", required=True, help="its name in addresses")
        parser.add_argument("--specialty", action="append", required=True, help="name; may be given more than once")
        parser.add_argument("--approved-by", help="e-mail address of the member of staff who checked the register")
        parser.add_argument("--dry-run", action="store_true", help="check the facts, create nothing")

    def handle(self, *, email: str, dry_run: bool, **options: Any) -> None:
        if User.objects.filter(email__iexact=email).exists():
            self.stdout.write(f"{email} is known already: nothing changed.")
            return
        try:
            with transaction.atomic():
                doctor = self.create(email, options)
                transaction.set_rollback(dry_run)
        except ValidationError as problem:
            raise CommandError(said(problem)) from problem
        self.stdout.write(
            f"{doctor.name} {'would be created' if dry_run else 'created'}: {Doctor.State(doctor.state).label.lower()}."
        )

    def create(self, email: str, options: dict[str, Any]) -> Doctor:
        """The user, the proven address and the profile. Raises ValidationError, CommandError."""
        user = User(email=email.lower(), zone=options["zone"], **{name: options[name] for name in PERSON})
        user.set_unusable_password()
        user.full_clean()
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        doctor = Doctor(user=user, clinic=self.clinic(options["clinic"]), title=options["title"])
        doctor.slug = Doctor.objects.unused_slug(user.full_name)
        for name in PROFILE:
            setattr(doctor, name, options[name])
        doctor.full_clean()
        doctor.save()
        doctor.specialties.set([self.specialty(name) for name in options["specialty"]])
        if options["approved_by"]:
            doctor.approve(by=self.staff(options["approved_by"]), at=timezone.now())
        return doctor

    def clinic(self, slug: str) -> Clinic:
        clinic = Clinic.objects.filter(slug=slug).first()
        if clinic is None:
            known = ", ".join(Clinic.objects.values_list("slug", flat=True)) or "none: run create_clinic first"
            raise CommandError(f"--clinic: there is no {slug!r}. There are: {known}.")
        return clinic

    def specialty(self, name: str) -> Specialty:
        return Specialty.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]

    def staff(self, email: str) -> User:
        user = User.objects.filter(email__iexact=email, is_staff=True, is_active=True).first()
        if user is None:
            raise CommandError(f"--approved-by: {email} is no member of staff.")
        return user
