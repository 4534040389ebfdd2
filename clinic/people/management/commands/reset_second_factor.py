from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from clinic.people.models import User
from clinic.people.second_factor import reset


class Command(BaseCommand):
    help = (
        "Take the second step of signing in away from somebody who has lost app, passkeys and recovery codes, sign "
        "them out everywhere, and tell them. Make sure first, in person or by a number that you know, that it is them: "
        "doctors and staff set up a new one at their next sign-in. Run again, it changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="with which they sign in")
        parser.add_argument("--dry-run", action="store_true", help="say what would be taken away, change nothing")

    def handle(self, *, email: str, dry_run: bool, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody signs in with {email}.")
        kinds = sorted(str(each.get_type_display()) for each in Authenticator.objects.filter(user=user))
        if not kinds:
            self.stdout.write(f"{user.email} has no second step: nothing changed.")
            return
        if not dry_run:
            reset(user)
        self.stdout.write(f"{user.email}: {', '.join(kinds)} {'would be' if dry_run else 'was'} taken away.")
