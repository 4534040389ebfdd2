from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from clinic.models import IdempotencyKey
from clinic.people.tests.factories import UserFactory
from clinic.tasks import forget_what_is_over

pytestmark = pytest.mark.django_db


def test_only_what_is_over_is_forgotten():
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
    for key, age in (("old", 25), ("new", 23)):
        row = IdempotencyKey.objects.create(user=UserFactory(), key=key, fingerprint="f")
        IdempotencyKey.objects.filter(pk=row.pk).update(created_at=now - timedelta(hours=age))

    forget_what_is_over()

    assert [session.session_key for session in Session.objects.all()] == ["new"]
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]
