from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.deployment import findings


class Command(BaseCommand):
    help = "Check everything that a deployment needs, and say what to do about what is missing. Changes nothing."
    requires_system_checks = []  # it is to speak of what they would stop at

    def handle(self, *args: Any, **options: Any) -> None:
        missing = 0
        for finding in findings():
            missing += bool(finding.problem)
            self.stdout.write(f"{'to do' if finding.problem else 'ok':<6} {finding.name}  {finding.problem}".rstrip())
        if missing:
            raise CommandError(f"{missing} of these need you.")
