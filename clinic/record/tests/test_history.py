"""Entries of a record's history: entered, confirmed, struck out, always with their source."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEntry
from clinic.people.models import Allergy, Condition, Medication
from clinic.people.tests.factories import DoctorFactory, PatientFactory, RepresentationFactory
from clinic.record.tests.people import doctor_of, seen_by

pytestmark = pytest.mark.django_db
MODELS = {"allergies": Allergy, "conditions": Condition, "medicines": Medication}


@pytest.fixture
def patient():
    return PatientFactory()


def add(client, patient, kind="allergies", **words):
    return client.post(reverse("record:add", args=[patient.uid, kind]), {"name": "penicillin", **words}, follow=True)


def an_allergy(patient, **facts) -> Allergy:
    return Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), **{"name": "penicillin", **facts})


@pytest.mark.parametrize("kind", MODELS)
def test_the_patient_adds_what_the_clinic_should_know(client, patient, kind):
    client.force_login(patient.user)

    response = add(client, patient, kind, detail="since 2011")

    entry = MODELS[kind].objects.get()
    text = response.content.decode()
    assert (entry.name, entry.detail, entry.source, entry.confirmed_by) == ("penicillin", "since 2011", "patient", None)
    assert "penicillin" in text
    assert "Not confirmed by a doctor." in text


def test_what_a_doctor_adds_counts_as_confirmed(client, patient):
    user = doctor_of(patient)
    client.force_login(user)

    response = add(client, patient)

    entry = Allergy.objects.get()
    assert (entry.source, entry.confirmed_by, entry.entered_by) == ("doctor", user.doctor, user)
    assert response.redirect_chain == [(reverse("record:patient", args=[patient.uid]), 302)]


def test_a_representative_adds_for_the_child_and_it_shows(client):
    representation = RepresentationFactory()
    child = representation.patient
    client.force_login(representation.user)

    response = add(client, child)

    line = AuditEntry.objects.get(action="created")
    assert response.redirect_chain == [(f"{reverse('record:own')}?patient={child.uid}", 302)]
    assert (line.actor, line.patient, line.for_whom) == (representation.user, child, child)


def test_a_doctor_confirms_what_the_patient_entered(client, patient):
    entry = an_allergy(patient)
    user = doctor_of(patient)
    client.force_login(user)

    response = client.post(reverse("record:confirm", args=["allergies", entry.uid]), follow=True)

    entry.refresh_from_db()
    assert entry.confirmed_by == user.doctor
    assert entry.confirmed_at is not None
    assert "Confirmed by" in response.content.decode()


def test_the_first_confirmation_stands(patient):
    entry, first = an_allergy(patient), DoctorFactory()

    entry.confirm(by=first, at=timezone.now())
    entry.confirm(by=DoctorFactory(), at=timezone.now())

    entry.refresh_from_db()
    assert entry.confirmed_by == first


def test_the_first_confirmation_stands_in_another_window_too(patient):
    entry, first = an_allergy(patient), DoctorFactory()
    window = Allergy.objects.get(pk=entry.pk)
    entry.confirm(by=first, at=timezone.now())

    window.confirm(by=DoctorFactory(), at=timezone.now())

    assert window.confirmed_by == first


def test_a_line_ended_when_it_was_first_struck_out(patient):
    entry, at = an_allergy(patient), timezone.now()
    window = Allergy.objects.get(pk=entry.pk)
    entry.end(at=at)

    window.end(at=at + timedelta(minutes=1))

    assert window.ended_at == at


def test_what_was_struck_out_meanwhile_is_not_confirmed(client, patient):
    entry = an_allergy(patient)
    client.force_login(doctor_of(patient))
    entry.end(at=timezone.now())

    client.post(reverse("record:confirm", args=["allergies", entry.uid]))

    entry.refresh_from_db()
    assert entry.confirmed_by is None


def test_pressing_twice_strikes_out_once(client, patient):
    entry = an_allergy(patient)
    client.force_login(patient.user)
    address = reverse("record:strike-out", args=["allergies", entry.uid])

    answers = [client.post(address), client.post(address), client.get(address)]

    assert [answer.status_code for answer in answers] == [302, 302, 302]


def test_pressing_twice_adds_one_line(client, patient):
    client.force_login(patient.user)
    address = reverse("record:add", args=[patient.uid, "allergies"])

    for _press in range(2):
        client.post(address, {"name": "Nuts", "detail": "A rash"})
    client.post(address, {"name": "Nuts", "detail": "Swollen lips"})

    assert [line.detail for line in Allergy.objects.all()] == ["A rash", "Swollen lips"]


def test_what_is_struck_out_stays_on_record(client, patient):
    entry = an_allergy(patient)
    client.force_login(patient.user)

    client.post(reverse("record:strike-out", args=["allergies", entry.uid]))
    text = client.get(reverse("record:own")).content.decode()

    assert "No allergies recorded" in text
    assert "Struck out on" in text
    assert "penicillin" in text


def test_asking_strikes_nothing_out(client, patient):
    entry = an_allergy(patient)
    client.force_login(patient.user)

    client.get(reverse("record:strike-out", args=["allergies", entry.uid]))

    assert Allergy.objects.current().contains(entry)


@pytest.mark.parametrize(
    ("kind", "words", "status"),
    [
        ("allergies", {"name": ""}, 200),
        ("allergies", {"name": "   "}, 200),
        ("allergies", {"name": "a" * 201}, 200),
        ("allergies", {"name": "nuts", "detail": "a" * 501}, 200),
        ("allergies", {"name": "a\0b"}, 200),
        ("visits", {"name": "nuts"}, 404),
    ],
)
def test_what_cannot_be_entered_changes_nothing(client, patient, kind, words, status):
    client.force_login(patient.user)

    response = add(client, patient, kind, **words)

    assert response.status_code == status
    assert not Allergy.objects.exists()


def test_words_are_shown_as_they_were_written(client, patient):
    client.force_login(patient.user)

    response = add(client, patient, name="<script>alert(1)</script>")

    assert "<script>alert(1)" not in response.content.decode()
    assert "&lt;script&gt;alert(1)" in response.content.decode()


@pytest.mark.parametrize("kind", ["conditions", "medicines"])
def test_an_entry_is_found_under_its_own_kind_only(client, patient, kind):
    entry = an_allergy(patient)
    client.force_login(patient.user)

    assert client.get(reverse("record:strike-out", args=[kind, entry.uid])).status_code == 404


def test_words_of_the_record_are_encrypted_in_the_database(patient, django_assert_num_queries):
    from django.db import connection

    an_allergy(patient, detail="a rash")

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, detail FROM people_allergy")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert b"penicillin" not in stored
    assert b"rash" not in stored


def test_a_doctor_sees_the_record_of_a_patient_seen_twice_once(client, patient):
    doctor = DoctorFactory()
    seen_by(doctor, patient, days_ago=2)
    seen_by(doctor, patient, days_ago=1)
    client.force_login(doctor.user)

    assert client.get(reverse("record:patient", args=[patient.uid])).status_code == 200
