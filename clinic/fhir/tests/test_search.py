"""What each search parameter finds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory, SlotFactory
from clinic.fhir.datatypes import own_system
from clinic.people.models import Chart
from clinic.people.tests.factories import (
    ClinicFactory,
    DoctorFactory,
    PatientFactory,
    SpecialtyFactory,
)
from clinic.record.tests.people import PDF
from prescriptions.tests.factories import issued
from televisit.models import Visit

pytestmark = pytest.mark.django_db
NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def anna():
    facts = {"given_name": "Anna Maria", "family_name": "Sousa", "sex": "female", "phone": "+351912345678"}
    return PatientFactory(**facts)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("name=sou", True),
        ("name=ann", True),
        ("name=maria", False),
        ("name:contains=maria", True),
        ("family=SOUSA", True),
        ("family:exact=sousa", False),
        ("family:exact=Sousa", True),
        ("given=Anna", True),
        ("birthdate=1980-05-17", True),
        ("birthdate=1980", True),
        ("birthdate=gt1980-05-17", False),
        ("birthdate=le1980-05-17", True),
        ("birthdate=ap1981", True),
        ("birthdate=ap2020", False),
        ("gender=female", True),
        ("gender=http://hl7.org/fhir/administrative-gender|female", True),
        ("gender=http://example.org/other|female", False),
        ("gender=male", False),
        ("phone=%2B351912345678", True),
        ("family=Sousa&given=Berta", False),
        ("family=Sousa,Berta", True),
        (r"family=Sousa\,Berta", False),
    ],
)
def test_patients(desk, anna, query, is_found):
    assert (f"Patient/{anna.uid}" in desk.found(f"Patient?{query}")) == is_found


def test_by_id_and_identifier(desk, anna):
    PatientFactory()
    own = [f"Patient/{anna.uid}"]

    assert desk.found(f"Patient?_id={anna.uid}") == own
    assert desk.found(f"Patient?_id=nobody,{anna.uid}") == own
    assert desk.found(f"Patient?identifier={own_system('patient')}|{anna.uid}") == own
    assert desk.found(f"Patient?identifier=http://example.org|{anna.uid}") == []


@pytest.fixture
def doctors():
    cardiology, surgery = (SpecialtyFactory(slug=slug) for slug in ("cardiology", "surgery"))
    both = DoctorFactory(slug="both", specialties=[cardiology, surgery], languages=["pt", "en"])
    one = DoctorFactory(slug="one", specialties=[surgery], clinic=ClinicFactory(slug="harbour"))
    DoctorFactory(slug="waits", approved_at=None)
    return both, one


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("PractitionerRole?specialty=cardiology", ["both"]),
        ("PractitionerRole?specialty=cardiology,surgery", ["one", "both"]),
        ("PractitionerRole?specialty=surgery&specialty=cardiology", ["both"]),
        ("PractitionerRole?practitioner=Practitioner/one", ["one"]),
        ("PractitionerRole?practitioner=one", ["one"]),
        ("PractitionerRole?practitioner=Patient/one", []),
        ("PractitionerRole?organization=Organization/harbour", ["one"]),
        ("PractitionerRole?active=true", ["one", "both"]),
        ("PractitionerRole?active=false", []),
        ("Practitioner?communication=pt", ["both"]),
        ("Practitioner?communication=urn:ietf:bcp:47|en", ["one", "both"]),
        ("Practitioner?communication=urn:ietf:bcp:47|", ["one", "both"]),
        ("Schedule?actor=Practitioner/one", ["one"]),
        ("Schedule?actor:PractitionerRole=one", ["one"]),
        ("Schedule?service-type=540", ["one", "both"]),
        ("Schedule?service-type=124", []),
    ],
)
def test_doctors(reading, doctors, query, slugs):
    found = reading(PatientFactory().user).found(query)

    assert [name.partition("/")[2] for name in found] == slugs


def test_a_doctor_by_name_and_number(reading, doctors):
    somebody, (both, _one) = reading(PatientFactory().user), doctors

    assert somebody.found(f"Practitioner?name={both.user.family_name}") == ["Practitioner/both"]
    assert somebody.found(f"Practitioner?identifier={both.number}") == ["Practitioner/both"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("date=2031-05-04", 1),
        ("date=2031-05", 1),
        ("date=2031-05-05", 0),
        ("date=2031-05-04T12:00:00Z", 1),
        ("date=2031-05-04T14:00:00%2B02:00", 1),
        ("date=2031-05-04T14:00:00+02:00", 1),
        ("date=ne2031-05-04", 0),
        ("date=gt2031-05-04", 0),
        ("date=gt2031-05-03", 1),
        ("date=ge2031-05-04", 1),
        ("date=lt2031-05-04", 0),
        ("date=le2031-05-04", 1),
        ("date=sa2031-05-03", 1),
        ("date=eb2031-05-05", 1),
        ("date=ap2031-05-01", 1),
        ("date=ap9999-11", 0),
        ("date=ap0001", 0),
        ("date=ge0001-01-01T00:00:00%2B14:00", 1),
        ("date=ge2031-05-04&date=lt2031-05-05", 1),
        ("date=2031-05-03,2031-05-04", 1),
    ],
)
def test_appointments_by_date(reading, query, count):
    appointment = AppointmentFactory(begins=NOON)

    assert len(reading(appointment.patient.user).found(f"Appointment?{query}")) == count


def test_appointments_of_whom_and_where(desk):
    wanted = AppointmentFactory()
    AppointmentFactory()
    own = [f"Appointment/{wanted.reference}"]

    for query in (
        f"patient=Patient/{wanted.patient.uid}",
        f"patient={wanted.patient.uid}",
        f"patient=http://testserver/fhir/R4/Patient/{wanted.patient.uid}",
        f"practitioner=Practitioner/{wanted.doctor.slug}",
        f"actor=Practitioner/{wanted.doctor.slug}",
        f"actor:Patient={wanted.patient.uid}",
        f"slot=Slot/{wanted.slot.uid}",
        f"identifier={wanted.reference}",
        f"patient={wanted.patient.uid}&status=booked,pending",
    ):
        assert desk.found(f"Appointment?{query}") == own
    assert desk.found(f"Appointment?patient=http://example.org/Patient/{wanted.patient.uid}") == []


def test_what_changed_since(desk):
    old, new = AppointmentFactory(), AppointmentFactory()
    Appointment.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=2))
    since = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert desk.found(f"Appointment?_lastUpdated=ge{since}") == [f"Appointment/{new.reference}"]


def test_free_times_of_a_doctor_soonest_first(reading):
    first = SlotFactory(begins=timezone.now() + timedelta(days=3))
    later = SlotFactory(doctor=first.doctor, begins=timezone.now() + timedelta(days=4))
    SlotFactory()

    found = reading(PatientFactory().user).found(f"Slot?schedule=Schedule/{first.doctor.slug}&status=free")

    assert found == [f"Slot/{first.uid}", f"Slot/{later.uid}"]


@pytest.fixture
def sheet():
    """A prescription that was given in a visit."""
    sheet = issued()
    Visit.objects.schedule(sheet.appointment, by=None, at=timezone.now())
    return sheet


@pytest.mark.parametrize(
    "query",
    [
        "encounter=Encounter/{sheet.appointment.visit.uid}",
        "authoredon={sheet.issued_at:%Y-%m-%d}&intent=order&status=active",
        "identifier={sheet.reference}&subject=Patient/{sheet.patient.uid}",
    ],
)
def test_medicines(reading, sheet, query):
    found = reading(sheet.patient.user).found(f"MedicationRequest?{query.format(sheet=sheet)}")

    assert found == [f"MedicationRequest/{sheet.reference}-1"]


@pytest.mark.parametrize(
    ("query", "with_chart"),
    [
        ("encounter={sheet.appointment.visit.uid}", False),
        ("type=http://loinc.org|57833-6", False),
        ("author=Practitioner/{sheet.doctor.slug}&status=current", False),
        ("patient={sheet.patient.uid}&contenttype=application/pdf", True),
    ],
)
def test_documents(reading, sheet, query, with_chart):
    facts = {"title": "X", "content_type": "application/pdf", "at": timezone.now()}
    chart = Chart.objects.keep(PDF, patient=sheet.patient, by=sheet.patient.user, **facts)
    prescription = f"DocumentReference/prescription-{sheet.reference}"

    found = reading(sheet.patient.user).found(f"DocumentReference?{query.format(sheet=sheet)}")

    assert found == ([f"DocumentReference/chart-{chart.uid}", prescription] if with_chart else [prescription])
