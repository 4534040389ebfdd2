"""create_clinic and create_doctor: checked as forms are, safe to run twice, nothing half-made."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clinic.people.models import Clinic, Doctor, User
from clinic.people.tests.factories import ClinicFactory, StaffFactory

pytestmark = pytest.mark.django_db

CLINIC = {
    "name": "Harbour Clinic",
    "zone": "Europe/Lisbon",
    "phone": "+351210555010",
    "email": "desk@example.org",
    "address": "Cais 1, Lisboa",
    "country": "PT",
}
DOCTOR = {
    "given_name": "Amara",
    "family_name": "Osei",
    "register": "Ordem dos Médicos",
    "number": "12345",
    "region": "Portugal",
    "zone": "Europe/Lisbon",
    "clinic": "harbour",
    "specialty": ["General practice"],
}


def run(*args: str, **options: object) -> str:
    words = StringIO()
    call_command(*args, stdout=words, **options)
    return words.getvalue()


def test_a_clinic_is_created_once():
    assert run("create_clinic", **CLINIC) == "Harbour Clinic created as harbour-clinic.\n"
    assert run("create_clinic", **CLINIC) == "harbour-clinic is there already: nothing changed.\n"

    assert Clinic.objects.get().zone == "Europe/Lisbon"


@pytest.mark.parametrize(("name", "value"), [("zone", "Europe/Atlantis"), ("email", "desk"), ("name", "x" * 200)])
def test_a_wrong_fact_of_a_clinic_is_named(name, value):
    with pytest.raises(CommandError, match=f"--{name}: "):
        run("create_clinic", **{**CLINIC, name: value})

    assert not Clinic.objects.exists()


def test_a_dry_run_creates_nothing():
    ClinicFactory(slug="harbour")

    assert "would be created" in run("create_clinic", dry_run=True, **CLINIC)
    assert "would be created" in run("create_doctor", "amara@example.org", dry_run=True, **DOCTOR)
    assert (Clinic.objects.count(), User.objects.count()) == (1, 0)


def test_a_doctor_is_created_once_and_waits_for_approval():
    ClinicFactory(slug="harbour")

    assert run("create_doctor", "amara@example.org", **DOCTOR) == "Dr Amara Osei created: waits for approval.\n"
    assert "nothing changed" in run("create_doctor", "Amara@example.org", **DOCTOR)

    doctor = Doctor.objects.get()
    assert (doctor.slug, doctor.user.has_usable_password()) == ("amara-osei", False)
    assert [specialty.name for specialty in doctor.specialties.all()] == ["General practice"]
    assert doctor.user.emailaddress_set.get().verified


def test_a_doctor_whom_staff_have_checked_may_practise_at_once():
    ClinicFactory(slug="harbour")
    staff = StaffFactory()

    run("create_doctor", "amara@example.org", approved_by=staff.email, **DOCTOR)

    assert Doctor.objects.get().approved_by == staff


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"clinic": "nowhere"}, "There are: harbour"),
        ({"zone": "Mars/Base"}, "--zone: "),
        ({"approved_by": "nobody@example.org"}, "is no member of staff"),
    ],
)
def test_a_wrong_fact_of_a_doctor_leaves_nothing_behind(facts, words):
    ClinicFactory(slug="harbour")

    with pytest.raises(CommandError, match=words):
        run("create_doctor", "amara@example.org", **{**DOCTOR, **facts})

    assert not User.objects.exists()


@pytest.mark.parametrize("country", ["", "Portugal", "ZZ"])
def test_a_clinics_country_is_one_of_the_two_letters_of_iso_3166(country):
    with pytest.raises(CommandError, match="--country"):
        run("create_clinic", **{**CLINIC, "country": country})
