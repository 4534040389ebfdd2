"""What is kept for how long: whole months go, the seals of the audit log stay, clinical records are left alone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from clinic.audit.models import AuditEntry, AuditSeal
from clinic.models import DataKey
from clinic.notices.audience import notice_of
from clinic.notices.models import Notice
from clinic.people.tests.factories import PatientFactory, UserFactory
from clinic.tasks import forget_what_is_over
from clinic.time import months_before

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def sealed_line(at):
    """A line of the audit log of that instant, sealed."""
    with time_machine.travel(at, tick=False):
        line = AuditEntry.objects.record(AuditEntry.Action.READ, PatientFactory(), by=UserFactory())
        AuditSeal.objects.seal()
    return line


@pytest.mark.parametrize(
    ("months", "first"),
    [
        (0, datetime(2026, 11, 1, tzinfo=UTC)),
        (11, datetime(2025, 12, 1, tzinfo=UTC)),
        (12, datetime(2025, 11, 1, tzinfo=UTC)),
    ],
)
def test_months_are_whole(months, first):
    assert months_before(NOW, months) == first


def test_sealed_months_go_and_their_seals_stay(settings):
    settings.AUDIT_MONTHS = 12
    gone, kept = sealed_line(datetime(2025, 10, 31, tzinfo=UTC)), sealed_line(datetime(2025, 11, 1, tzinfo=UTC))

    with time_machine.travel(NOW, tick=False):
        call_command("purge")

    assert list(AuditEntry.objects.filter(pk__in=[gone.pk, kept.pk])) == [kept]
    assert AuditSeal.objects.filter(dropped=True).count() == 1
    call_command("check_audit")


def test_an_unsealed_line_never_goes(settings):
    settings.AUDIT_MONTHS = 1
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC), tick=False):
        line = AuditEntry.objects.record(AuditEntry.Action.READ, PatientFactory(), by=UserFactory())

    call_command("purge")

    assert AuditEntry.objects.filter(pk=line.pk).exists()


def test_old_notices_and_sessions_go(settings):
    settings.NOTICE_MONTHS = 1
    user, at = UserFactory(), timezone.now()
    for key, age in (("old", timedelta(days=70)), ("new", timedelta(days=1))):
        notice_of("approved", key, recipient=user, side="doctor", at=at - age).save()
    Session.objects.create(session_key="over", session_data="", expire_date=at - timedelta(days=1))

    forget_what_is_over()

    assert list(Notice.objects.values_list("key", flat=True)) == ["new"]
    assert not Session.objects.filter(session_key="over").exists()


def test_clinical_records_stay():
    with time_machine.travel(datetime(2005, 1, 1, tzinfo=UTC), tick=False):
        AppointmentFactory()

    call_command("purge")

    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_dry_run_counts_and_drops_nothing(settings, capsys, times):
    settings.AUDIT_MONTHS = 1
    sealed_line(datetime(2020, 1, 1, tzinfo=UTC))

    for _time in range(times):
        call_command("purge", "--dry-run")

    assert "sealed batches of the audit log: 1 would go" in capsys.readouterr().out
    assert AuditEntry.objects.count() == 1


def test_rotating_dry_changes_no_key(capsys):
    AppointmentFactory()
    before = list(DataKey.objects.values_list("pk", "wrapped"))

    call_command("rotate_keys", "--dry-run")

    assert [(pk, bytes(wrapped)) for pk, wrapped in DataKey.objects.values_list("pk", "wrapped")] == [
        (pk, bytes(wrapped)) for pk, wrapped in before
    ]
