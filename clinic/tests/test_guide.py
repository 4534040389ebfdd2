"""The commands of docs/api.md do what the guide says, against a server."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.utils import timezone

from appointments.models import Appointment
from clinic.demo import load_demo
from clinic.management.commands.demo import PASSWORD
from prescriptions.models import Prescription
from televisit.models import Visit

GUIDE = Path(project.BASE_DIR, "docs/api.md")
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
EMAIL = "ama.guide@example.org"


@pytest.mark.django_db(transaction=True)
def test_the_guide_runs_from_registration_to_a_finished_visit(live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_OUTBOX = "clinic.notices.outbox.EmailBackend", tmp_path
    settings.SECOND_FACTOR_REQUIRED = False
    load_demo(now=timezone.now(), password=PASSWORD)
    commands = "".join(COMMANDS.findall(GUIDE.read_text()))
    facts = {"BASE": live_server.url, "OUTBOX": str(tmp_path), "EMAIL": EMAIL}

    ran = subprocess.run(
        ["bash", "-c", commands], env=os.environ | facts, capture_output=True, text=True, timeout=120, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1] == "completed"
    held = Appointment.objects.get(patient__user__email=EMAIL, status=Appointment.Status.COMPLETED)
    assert held.visit.status == Visit.Status.ENDED
    assert Prescription.objects.get(appointment=held).status == Prescription.Status.ISSUED
