"""Who may work as a doctor, and for whom a user may act."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponse
from django.views.generic import View

from clinic.people.access import ApprovedDoctorMixin, DoctorRequiredMixin
from clinic.people.models import Patient, Representation
from clinic.people.permissions import practising_doctor
from clinic.people.tests.factories import (
    APPROVED_AT,
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


class Page(View):
    def get(self, request):
        return HttpResponse("the page")


class DoctorsPage(DoctorRequiredMixin, Page):
    pass


class ApprovedDoctorsPage(ApprovedDoctorMixin, Page):
    pass


WHO = {
    "anonymous": AnonymousUser,
    "patient": lambda: PatientFactory().user,
    "staff": StaffFactory,
    "unapproved": lambda: DoctorFactory(approved_at=None).user,
    "suspended": lambda: DoctorFactory(suspended_at=APPROVED_AT).user,
    "doctor": lambda: DoctorFactory().user,
}


def status_of(page, user, rf) -> int:
    request = rf.get("/doctor/")
    request.user = user
    try:
        return page.as_view()(request).status_code
    except PermissionDenied:
        return 403


@pytest.mark.parametrize(
    ("who", "for_doctors", "for_approved"),
    [
        ("anonymous", 302, 302),
        ("patient", 403, 403),
        ("staff", 403, 403),
        ("unapproved", 200, 403),
        ("suspended", 200, 403),
        ("doctor", 200, 200),
    ],
)
def test_who_opens_pages_for_doctors(rf, who, for_doctors, for_approved):
    user = WHO[who]()

    assert status_of(DoctorsPage, user, rf) == for_doctors
    assert status_of(ApprovedDoctorsPage, user, rf) == for_approved


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"approved_at": None}, "The clinic checks your registration"),
        ({"suspended_at": APPROVED_AT}, "Your work here is paused"),
    ],
)
def test_a_doctor_who_may_not_work_reads_why(rf, facts, words):
    request = rf.get("/doctor/")
    request.user = DoctorFactory(**facts).user

    page = ApprovedDoctorsPage.as_view()(request)

    assert words in page.content.decode()
    assert "data-knock" not in page.content.decode()  # a 403 every ten seconds


def test_only_a_practising_doctor_is_one():
    doctor = DoctorFactory()

    assert practising_doctor(doctor.user) == doctor
    assert practising_doctor(DoctorFactory(approved_at=None).user) is None
    assert practising_doctor(UserFactory()) is None
    assert practising_doctor(AnonymousUser()) is None


def test_the_first_approval_stands():
    staff, doctor = StaffFactory(), DoctorFactory(approved_at=None)

    doctor.approve(by=staff, at=NOW)
    doctor.approve(by=StaffFactory(), at=datetime(2026, 7, 1, tzinfo=UTC))

    doctor.refresh_from_db()
    assert (doctor.approved_by, doctor.approved_at) == (staff, NOW)


def test_a_suspension_ends_and_the_approval_still_counts():
    doctor = DoctorFactory()

    doctor.suspend(at=NOW)
    suspended = practising_doctor(doctor.user)
    doctor.reinstate()

    assert suspended is None
    assert practising_doctor(doctor.user) == doctor


@pytest.mark.parametrize(
    ("facts", "state", "counts"),
    [
        ({}, "valid", True),
        ({"valid_from": date(2026, 6, 15), "valid_until": date(2026, 6, 15)}, "valid", True),
        ({"valid_from": date(2026, 6, 16)}, "coming", False),
        ({"valid_until": date(2026, 6, 14)}, "over", False),
        ({"checked_by": None}, "unchecked", False),
    ],
)
def test_a_representation_counts_while_it_is_checked_and_valid(facts, state, counts):
    representation = RepresentationFactory(**facts)
    patient, user = representation.patient, representation.user

    assert representation.state(NOW.date()) == state
    assert patient.is_represented_by(user, NOW) is counts
    assert Patient.objects.represented_by(user, NOW).contains(patient) is counts


def test_everybody_acts_for_themself_and_nobody_for_strangers():
    patient, stranger = PatientFactory(), PatientFactory()

    assert list(Patient.objects.represented_by(patient.user, NOW)) == [patient]
    assert not patient.is_represented_by(stranger.user, NOW)


def test_a_patient_without_an_account_is_nobodys_own():
    patient = PatientFactory(user=None)

    assert not patient.is_represented_by(UserFactory(), NOW)


@pytest.mark.parametrize(
    "facts", [{"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}, {"checked_by": "oneself"}]
)
def test_the_database_refuses_an_impossible_representation(facts):
    user, patient = StaffFactory(), PatientFactory()
    if "checked_by" in facts:
        facts = {"checked_by": user}

    with pytest.raises(IntegrityError):
        Representation.objects.create(user=user, patient=patient, relation="parent", **facts)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1980, 5, 17), date(2026, 5, 16), 45),
        (date(1980, 5, 17), date(2026, 5, 17), 46),
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
        (date(2026, 6, 1), date(2026, 6, 1), 0),
    ],
)
def test_age_in_whole_years(born, on, age):
    assert PatientFactory.build(user=None, birth_date=born).age(on) == age
