"""What the pages of a record show, whom they tell of a look, and what they cost."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.tests.factories import AppointmentFactory
from clinic.audit.models import AuditEntry
from clinic.people.models import Allergy, Chart, Condition, Medication
from clinic.people.tests.factories import DoctorFactory, PatientFactory, RepresentationFactory, UserFactory
from clinic.record.tests.people import PNG, READERS, doctor_of, seen_by
from prescriptions.tests.factories import issued, revoked

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory(given_name="Margaret", family_name="Ellis", birth_date=date(1952, 3, 3))


@pytest.fixture
def doctor(patient):
    return doctor_of(patient, days_ago=-0.01, status="in_progress").doctor


def summary(client, patient, doctor, **query) -> str:
    client.force_login(doctor.user)
    return client.get(reverse("record:summary", args=[patient.uid]), query).content.decode()


def fill(patient, doctor, number):
    """A record with `number` rows of everything."""
    for row in range(number):
        for model in (Allergy, Condition, Medication):
            model.objects.enter(patient, by=doctor.user, at=timezone.now(), doctor=doctor, name=f"x{row}")
        Chart.objects.keep(PNG, patient=patient, by=doctor.user, title="x", content_type="image/png", at=timezone.now())
        seen_by(DoctorFactory(), patient, days_ago=row + 1)
        AuditEntry.objects.record("read", patient, by=DoctorFactory().user, patient=patient)


def test_the_summary_says_first_what_is_dangerous(client, patient, doctor):
    Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), name="penicillin", detail="rash, 2011")

    text = summary(client, patient, doctor)

    assert text.index("notice-danger") < text.index("Medicines")
    assert "penicillin" in text
    assert "rash, 2011" in text


def test_silence_is_no_all_clear(client, patient, doctor):
    text = summary(client, patient, doctor)

    assert "No allergies recorded. Ask the patient." in text
    assert "notice-danger" not in text


def test_the_summary_leaves_out_prescriptions_that_were_revoked(client, patient, doctor):
    issued(appointment=seen_by(doctor, patient, days_ago=2), medicines__name="Ibuprofen")
    revoked(appointment=seen_by(doctor, patient, days_ago=3), medicines__name="Doxycycline")

    text = summary(client, patient, doctor)

    assert "Ibuprofen" in text
    assert "Doxycycline" not in text


def test_the_summary_gives_the_reason_of_the_visit(client, patient, doctor):
    other = AppointmentFactory(patient=patient, doctor=doctor, symptoms="Dizzy when standing up")
    running = patient.appointments.get(status="in_progress")

    assert running.symptoms in summary(client, patient, doctor)
    assert "Dizzy when standing up" in summary(client, patient, doctor, appointment=other.reference)


@pytest.mark.parametrize("reference", ["NOSUCH00", "' OR 1=1", "ä"])
def test_an_unknown_appointment_gives_no_reason(client, patient, doctor, reference):
    assert "Reason today" not in summary(client, patient, doctor, appointment=reference)


def test_the_reason_told_to_another_doctor_is_not_shown(client, patient, doctor):
    foreign = AppointmentFactory(patient=patient, symptoms="Told in confidence")

    assert "Told in confidence" not in summary(client, patient, doctor, appointment=foreign.reference)


def test_the_summary_is_a_fragment(client, patient, doctor):
    assert "<html" not in summary(client, patient, doctor)


def test_each_look_of_a_doctor_goes_on_record_and_the_patient_sees_it(client, patient, doctor):
    client.force_login(doctor.user)
    client.get(reverse("record:patient", args=[patient.uid]))
    client.get(reverse("record:summary", args=[patient.uid]))
    client.force_login(patient.user)

    page = client.get(reverse("record:own"))

    looks = AuditEntry.objects.filter(actor=doctor.user, action="read", patient=patient)
    assert looks.count() == 2
    assert len(page.context["looks"]) == 1
    assert f"Dr {doctor.user.full_name}" in page.content.decode()


def test_a_look_of_ones_own_is_kept_but_not_listed(client, patient):
    client.force_login(patient.user)

    page = client.get(reverse("record:own"))

    assert AuditEntry.objects.get().for_whom is None
    assert page.context["looks"] == []


def test_a_look_that_was_refused_leaves_no_line(client, patient):
    client.force_login(DoctorFactory().user)

    client.get(reverse("record:patient", args=[patient.uid]))

    assert not AuditEntry.objects.exists()


def test_who_acts_for_others_chooses_whose_record(client):
    mother = PatientFactory(given_name="Rosa")
    child = RepresentationFactory(user=mother.user, patient__given_name="Tiago").patient
    client.force_login(mother.user)

    own, childs = (client.get(reverse("record:own"), query) for query in ({}, {"patient": child.uid}))

    assert own.context["patient"] == mother
    assert childs.context["patient"] == child
    assert [person.given_name for person in own.context["people"]] == ["Rosa", "Tiago"]


def test_who_is_only_a_representative_comes_to_the_child(client):
    representation = RepresentationFactory()
    client.force_login(representation.user)

    assert client.get(reverse("record:own")).context["patient"] == representation.patient


def test_who_is_nobodys_patient_is_told_so(client):
    client.force_login(UserFactory())

    response = client.get(reverse("record:own"))

    assert response.status_code == 200
    assert "You have no record here" in response.content.decode()


def test_no_health_details_in_titles(client, patient, doctor):
    Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), name="penicillin")
    client.force_login(doctor.user)

    text = client.get(reverse("record:patient", args=[patient.uid])).content.decode()

    title = text[text.index("<title>") : text.index("</title>")]
    assert "penicillin" not in title
    assert "Ellis" not in title


@pytest.mark.parametrize("number", [1, 10])
@pytest.mark.parametrize("page", ["own", "representative", "patient", "summary"])
def test_pages_take_few_queries_however_long(client, doctor, page, number, django_assert_max_num_queries):
    patient = doctor.appointments.get().patient
    fill(patient, doctor, number)
    readers = {"own": patient.user, "representative": RepresentationFactory(patient=patient).user}
    client.force_login(readers.get(page, doctor.user))
    address = reverse("record:own") if page in readers else reverse(f"record:{page}", args=[patient.uid])
    client.get(address)

    with django_assert_max_num_queries(20):
        client.get(address)


@pytest.mark.parametrize(
    ("who", "is_link"),
    [("doctor", True), ("doctor with a request", False), ("doctor 31 days after", True), ("patient", False)],
)
def test_a_name_leads_to_the_record_only_for_who_treats_or_treated_them(client, patient, who, is_link):
    reader = READERS[who](patient)
    client.force_login(reader)

    appointment = patient.appointments.first() or seen_by(DoctorFactory(), patient)
    text = client.get(appointment.get_absolute_url()).content

    assert (reverse("record:patient", args=[patient.uid]) in text.decode()) is is_link
