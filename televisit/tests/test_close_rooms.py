"""The command that closes rooms of which beat did not take care."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from televisit.models.choices import Status
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db


def test_rooms_close_once_their_time_is_over(capsys):
    over, ahead = a_visit(starts_in=timedelta(hours=-3)), a_visit()

    for arguments in (["--dry-run"], [], []):
        call_command("close_rooms", *arguments)

    assert capsys.readouterr().out.splitlines() == ["1 room(s) would close", "1 room(s) closed", "0 room(s) closed"]
    for visit, status in ((over, Status.CANCELLED), (ahead, Status.SCHEDULED)):
        visit.refresh_from_db()
        assert visit.status == status
