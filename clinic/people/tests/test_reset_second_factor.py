"""The command for who has lost the second step."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AuditEntry
from clinic.notices.models import Notice
from clinic.people.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    user = UserFactory(email="ana@example.org")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    return user


def say(*arguments):
    out = StringIO()
    call_command("reset_second_factor", *arguments, stdout=out)
    return out.getvalue()


def test_it_takes_all_away_signs_out_and_tells(user):
    browser = Client()
    browser.force_login(user)
    browser.get(reverse("usersessions_list"))

    said = say("Ana@example.org")

    assert said == "ana@example.org: Recovery codes, TOTP Authenticator was taken away.\n"
    assert not Authenticator.objects.filter(user=user).exists()
    assert browser.get(reverse("usersessions_list")).status_code == 302
    assert Notice.objects.filter(recipient=user, kind="second_factor").count() == 1


def test_that_it_was_taken_away_is_in_the_audit_log(user):
    say("ana@example.org", "--dry-run")
    before = AuditEntry.objects.count()

    say("ana@example.org")

    line = AuditEntry.objects.get()
    assert before == 0
    assert (line.action, line.subject_type, line.subject_id) == ("changed", "people.User", str(user.pk))


def test_a_dry_run_changes_nothing(user):
    said = say("ana@example.org", "--dry-run")

    assert "would be taken away" in said
    assert Authenticator.objects.filter(user=user).count() == 2


def test_the_second_time_there_is_nothing_to_do(user):
    say("ana@example.org")

    assert say("ana@example.org") == "ana@example.org has no second step: nothing changed.\n"
    assert Notice.objects.filter(recipient=user, kind="second_factor").count() == 1


def test_somebody_unknown_is_an_error(db):
    with pytest.raises(CommandError, match="Nobody signs in with"):
        say("nobody@example.org")
