"""/settings/: everybody changes their own, and nothing else."""

from datetime import date

import pytest
from django.urls import reverse

from clinic.people.models import Doctor, Patient, User
from clinic.people.tests.factories import (
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

WHO = {
    "anonymous": lambda: None,
    "patient": lambda: PatientFactory().user,
    "doctor": lambda: DoctorFactory().user,
    "unapproved": lambda: DoctorFactory(approved_at=None).user,
    "staff": StaffFactory,
    "representative": lambda: RepresentationFactory().user,
}
DOCTOR = {
    "zone": "Europe/Athens",
    "booking_mode": "request",
    "slot_minutes": "30",
    "buffer_before_minutes": "0",
    "buffer_after_minutes": "10",
    "about": "Sees children too",
    "languages": ["en", "el"],
}


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("anonymous", [302, 302, 302, 302]),
        ("patient", [200, 200, 200, 403]),
        ("doctor", [200, 200, 404, 200]),
        ("unapproved", [200, 200, 404, 200]),
        ("staff", [200, 200, 404, 403]),
        ("representative", [200, 200, 404, 403]),
    ],
)
def test_who_opens_which_page(client, who, statuses):
    if (user := WHO[who]()) is not None:
        client.force_login(user)

    pages = [client.get(reverse(f"settings:{name}")) for name in ("index", "display", "patient", "doctor")]

    assert [page.status_code for page in pages] == statuses


def test_zone_and_colours_are_kept_and_used(client):
    user = UserFactory()
    client.force_login(user)

    client.post(reverse("settings:display"), {"zone": "Asia/Tokyo", "theme": "dark"})

    page = client.get(reverse("settings:index")).content.decode()
    assert 'data-theme="dark"' in page
    assert "Tokyo time" in page


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"zone": "Mars/Olympus", "theme": "dark"}, "zone"), ({"zone": "", "theme": "pink"}, "theme")],
)
def test_an_unknown_zone_or_theme_is_refused(client, sent, field):
    user = UserFactory()
    client.force_login(user)

    response = client.post(reverse("settings:display"), sent)

    assert list(response.context["form"].errors) == [field]
    assert 'data-theme="pink"' not in response.content.decode()
    assert User.objects.get(pk=user.pk).theme == User.Theme.SYSTEM


def test_nobody_gets_rights_or_another_name_from_the_settings(client):
    patient = PatientFactory(given_name="Ana")
    client.force_login(patient.user)
    extra = {"is_staff": "on", "is_superuser": "on", "email": "x@example.org", "given_name": "Eve", "birth_date": ""}

    client.post(reverse("settings:display"), {"theme": "light", **extra})
    client.post(reverse("settings:patient"), {"phone": "", **extra})

    user = User.objects.get(pk=patient.user.pk)
    assert not user.is_staff
    assert not user.is_superuser
    assert (user.email, user.patient.given_name) == (patient.user.email, "Ana")


def test_a_patient_says_how_to_be_reached(client):
    patient = PatientFactory()
    client.force_login(patient.user)
    sent = {"phone": "+351912345678", "language": "uk", "interpreter_needed": "on", "needs": "I read lips"}

    client.post(reverse("settings:patient"), sent)

    patient = Patient.objects.get(pk=patient.pk)
    assert (patient.phone, patient.needs) == ("+351 912 345 678", "I read lips")
    assert "Ukrainian" in client.get(reverse("settings:index")).content.decode()


@pytest.mark.parametrize("phone", ["912345678", "+1", "call me", "+351 912 345 678 999 999"])
def test_a_number_that_cannot_be_called_is_refused(client, phone):
    client.force_login(PatientFactory().user)

    response = client.post(reverse("settings:patient"), {"phone": phone})

    assert list(response.context["form"].errors) == ["phone"]


def test_a_doctor_changes_how_to_be_booked(client):
    doctor = DoctorFactory()
    client.force_login(doctor.user)

    client.post(reverse("settings:doctor"), DOCTOR)

    doctor = Doctor.objects.get(pk=doctor.pk)
    assert (doctor.zone, doctor.visit_minutes, doctor.booking_mode) == ("Europe/Athens", 30, "request")
    assert doctor.language_names == ["English", "Greek"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": ""}, "zone"),
        ({"slot_minutes": "2"}, "slot_minutes"),
        ({"slot_minutes": "ten"}, "slot_minutes"),
        ({"buffer_after_minutes": "-1"}, "buffer_after_minutes"),
        ({"buffer_after_minutes": "999"}, "buffer_after_minutes"),
        ({"languages": []}, "languages"),
        ({"booking_mode": "never"}, "booking_mode"),
        ({"about": "a" * 301}, "about"),
    ],
)
def test_what_a_doctor_cannot_have_is_refused_at_its_field(client, wrong, field):
    client.force_login(DoctorFactory().user)

    response = client.post(reverse("settings:doctor"), DOCTOR | wrong)

    assert list(response.context["form"].errors) == [field]


def test_people_one_acts_for_are_listed_with_how_that_stands(client):
    user = UserFactory()
    RepresentationFactory(user=user, patient__given_name="Rui")
    RepresentationFactory(user=user, patient__given_name="Eva", checked_by=None)
    RepresentationFactory(user=user, patient__given_name="Zoe", valid_until=date(2021, 1, 1))
    client.force_login(user)

    listed = client.get(reverse("settings:index")).context["acts_for"]

    assert [(row.patient.given_name, state) for row, state in listed] == [
        ("Rui", "Valid"),
        ("Eva", "The clinic has yet to check it"),
        ("Zoe", "Over"),
    ]


@pytest.mark.parametrize("number", [1, 8])
def test_queries_do_not_grow_with_the_people_one_acts_for(client, django_assert_max_num_queries, number):
    user = UserFactory()
    RepresentationFactory.create_batch(number, user=user)
    client.force_login(user)
    client.get(reverse("settings:index"))

    with django_assert_max_num_queries(5):
        client.get(reverse("settings:index"))
