"""When the demo clinic is loaded, and when it is refused."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from appointments.models import Appointment, AppointmentEvent
from chat.models import Message
from clinic.demo import load_demo
from clinic.management.commands.demo import PASSWORD
from clinic.people.models import Doctor, User
from clinic.people.tests.factories import PatientFactory
from prescriptions.models import Prescription
from televisit.models import Note, Visit

pytestmark = pytest.mark.django_db

HOURS = {
    "just before a Sunday's midnight": datetime(2026, 8, 30, 23, 57, tzinfo=UTC),
    "the night when clocks go forward": datetime(2027, 3, 28, 0, 58, tzinfo=UTC),
}


def run(*options: str) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def debug(settings: Any) -> None:
    settings.DEBUG = True


@pytest.mark.parametrize("now", HOURS.values(), ids=HOURS)
def test_demo_has_every_status_and_a_visit_to_join_at_any_hour(now: datetime) -> None:
    load_demo(now=now, password=PASSWORD)

    for model in (Appointment, Prescription, Visit):
        assert set(model.objects.order_by().values_list("status", flat=True)) == set(model.Status)
    can_be_joined(now)
    nothing_happened_after(now)
    only_todays_visit_is_announced()


def can_be_joined(now: datetime) -> None:
    visit = Visit.objects.get(appointment__patient__user__email="patient@demo.example", status=Visit.Status.SCHEDULED)
    assert visit.host.user.email == "doctor@demo.example"
    assert visit.phase(now) == Visit.Phase.OPEN


def nothing_happened_after(now: datetime) -> None:
    instants = [
        AppointmentEvent.objects.latest("at").at,
        Appointment.objects.latest("created_at").created_at,
        Message.objects.latest("created_at").created_at,
        Note.objects.latest("updated_at").updated_at,
        Prescription.objects.latest("updated_at").updated_at,
    ]
    assert max(instants) <= now


def only_todays_visit_is_announced() -> None:
    untold = AppointmentEvent.objects.unannounced().values_list("appointment__patient__user__email", "kind")
    assert list(untold) == [("patient@demo.example", "confirmed")]


def test_demo_is_refused_with_debug_off(settings: Any) -> None:
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG"):
        run("--if-empty")

    assert not User.objects.exists()


def test_demo_is_refused_where_there_are_people() -> None:
    PatientFactory(user=None)

    with pytest.raises(CommandError, match="people"):
        run()

    assert not Doctor.objects.exists()


def test_demo_is_left_out_quietly_where_there_are_people() -> None:
    PatientFactory()

    assert "not loaded" in run("--if-empty")
    assert not Doctor.objects.exists()


@pytest.mark.django_db
def test_a_dry_run_loads_nobody(settings, capsys):
    settings.DEBUG = True

    call_command("demo", "--dry-run")

    assert "would be loaded" in capsys.readouterr().out
    assert not User.objects.exists()
