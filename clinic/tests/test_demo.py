"""What is in the demo clinic."""

from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.conf import global_settings
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone

from appointments.models import Appointment
from clinic.demo import load_demo
from clinic.management.commands.demo import ACCOUNTS, PASSWORD
from clinic.people.models import (
    Allergy,
    Clinic,
    Condition,
    Doctor,
    Medication,
    Patient,
    Representation,
    Specialty,
    User,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """The demo, loaded once for the tests that look at it; they see it through their own savepoint."""
    now = timezone.now()
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(now=now, password=PASSWORD)
        yield now
        transaction.set_rollback(True)


def test_demo_has_the_promised_people(loaded: datetime) -> None:
    models = (Clinic, Specialty, Doctor, Patient, Representation)

    assert [model.objects.count() for model in models] == [1, 4, 6, 12, 1]
    assert Doctor.objects.values("zone").distinct().count() == 2
    assert {model.objects.exists() for model in (Allergy, Condition, Medication)} == {True}


def test_demo_has_a_child_with_a_parent(loaded: datetime) -> None:
    child = Patient.objects.get(user=None, birth_date__year__gt=2010)

    assert child.is_represented_by(User.objects.get(email="patient@demo.example"), loaded)


def test_demo_doctors_have_times_to_book(loaded: datetime) -> None:
    assert all(doctor.slots.bookable(loaded).exists() for doctor in Doctor.objects.all())


@pytest.mark.parametrize("email", ACCOUNTS)
def test_demo_accounts_can_sign_in(loaded: datetime, settings: Any, email: str) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS

    user = authenticate(RequestFactory().post("/"), email=email, password=PASSWORD)

    assert user is not None
    assert user.emailaddress_set.get(email=email).verified


def test_demo_that_is_loaded_already_names_its_accounts_again(loaded: datetime, settings: Any) -> None:
    settings.DEBUG = True
    before = Appointment.objects.count()

    call_command("demo", "--if-empty", stdout=(out := StringIO()))

    assert all(email in out.getvalue() for email in ACCOUNTS)
    assert Appointment.objects.count() == before
