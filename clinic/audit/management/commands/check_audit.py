from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.audit.models import AuditSeal

PROGRESS_EVERY = 100


class Command(BaseCommand):
    help = "Compare the audit log with its seals. Ends with 1 where a line is missing, was changed or was slipped in."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = []
        for number, fault in enumerate(AuditSeal.objects.faults(), start=1):
            if fault:
                faults.append(fault)
                self.stderr.write(f"Lines {fault.seal}: {fault.what}.")
            if number % PROGRESS_EVERY == 0:
                self.stdout.write(f"{number} seals checked.")
        self.stdout.write(f"{AuditSeal.objects.count()} seals; {self.tail()}.")
        if faults:
            raise CommandError(f"{len(faults)} seals do not fit the log. docs/operations.md says what to do.")

    def tail(self) -> str:
        """What no seal covers yet."""
        lines = AuditSeal.objects.unsealed_lines()
        oldest = lines.order_by("pk").first()
        if oldest is None:
            return "every line is sealed"
        return f"{lines.count()} lines are not sealed yet, the oldest of {oldest.at:%Y-%m-%d %H:%M} UTC"
