"""What each search parameter finds, page by page, and what comes along."""

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
    StaffFactory,
)
from clinic.record.tests.people import PDF
from prescriptions.tests.factories import issued
from televisit.models import Visit

pytestmark = pytest.mark.django_db
NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def desk(reading):
    return reading(StaffFactory())


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


def test_medicines_and_documents(reading):
    sheet = issued()
    visit = Visit.objects.schedule(sheet.appointment, by=None, at=timezone.now())
    Chart.objects.keep(
        PDF, patient=sheet.patient, by=sheet.patient.user, title="X", content_type="application/pdf", at=timezone.now()
    )
    patient = reading(sheet.patient.user)
    medicine, document = (
        [f"MedicationRequest/{sheet.reference}-1"],
        [f"DocumentReference/prescription-{sheet.reference}"],
    )

    assert patient.found(f"MedicationRequest?encounter=Encounter/{visit.uid}") == medicine
    assert patient.found(f"MedicationRequest?authoredon={timezone.now():%Y}&intent=order&status=active") == medicine
    assert (
        patient.found(f"MedicationRequest?identifier={sheet.reference}&subject=Patient/{sheet.patient.uid}") == medicine
    )
    assert patient.found(f"DocumentReference?encounter={visit.uid}") == document
    assert patient.found("DocumentReference?type=http://loinc.org|57833-6") == document
    assert len(patient.found(f"DocumentReference?patient={sheet.patient.uid}&contenttype=application/pdf")) == 2
    assert patient.found(f"DocumentReference?author=Practitioner/{sheet.doctor.slug}&status=current") == document


# Pages


def pages(reader, address):
    """The matches of each page, following the links."""
    while address:
        bundle = reader.ask(address)
        yield [entry["resource"]["id"] for entry in bundle.get("entry", [])]
        address = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)


def test_pages_walk_to_the_end(desk):
    references = [AppointmentFactory().reference for _n in range(5)]

    assert list(pages(desk, "Appointment?_count=2")) == [references[:2:-1], references[2:0:-1], references[:1]]


def test_a_page_does_not_shift_when_somebody_books(desk):
    first, second = AppointmentFactory(), AppointmentFactory()
    walk = pages(desk, "Appointment?_count=1")

    assert next(walk) == [second.reference]
    AppointmentFactory()
    assert list(walk) == [[first.reference]]


def test_pages_of_documents_go_through_both_kinds(reading):
    sheet = issued()
    facts = {"by": sheet.patient.user, "title": "X", "content_type": "application/pdf", "at": timezone.now()}
    charts = [Chart.objects.keep(PDF, patient=sheet.patient, **facts) for _n in range(2)]
    names = [f"chart-{charts[1].uid}", f"chart-{charts[0].uid}", f"prescription-{sheet.reference}"]

    for count in (1, 2, 3):
        walked = list(pages(reading(sheet.patient.user), f"DocumentReference?_count={count}"))
        assert [name for page in walked for name in page] == names


def test_how_many_there_are_and_where_the_answer_is(desk):
    AppointmentFactory.create_batch(3)

    bundle = desk.ask("Appointment?status=booked&_count=2&_format=json")

    assert bundle["total"] == 3
    assert bundle["link"][0]["url"] == "http://testserver/fhir/R4/Appointment?status=booked&_count=2"


@pytest.mark.parametrize("query", ["_count=0", "_summary=count", "_count=0&_totalMethod=count"])
def test_only_how_many(desk, query):
    AppointmentFactory.create_batch(2)

    bundle = desk.ask(f"Appointment?{query}")

    assert (bundle["total"], "entry" in bundle) == (2, False)


def test_slots_are_counted_when_asked(desk):
    SlotFactory()

    assert "total" not in desk.ask("Slot")
    assert desk.ask("Slot?_total=accurate")["total"] == 1


def test_never_more_than_a_hundred(desk):
    told = desk.ask("Appointment?_count=1000000")

    assert told["link"][0]["url"].endswith("?_count=100")


def test_a_page_after_what_was_deleted_meanwhile(desk):
    slots = sorted(SlotFactory.create_batch(2), key=lambda slot: slot.starts_at)
    following = desk.ask("Slot?_count=1")["link"][1]["url"]
    slots[0].delete()

    assert desk.refused(following, 410) == "expired"


def test_the_same_by_post(desk):
    appointment = AppointmentFactory()
    AppointmentFactory()
    form = {"data": f"patient={appointment.patient.uid}", "content_type": "application/x-www-form-urlencoded"}

    bundle = desk.ask("Appointment/_search", method="POST", **form)

    assert [entry["resource"]["id"] for entry in bundle["entry"]] == [appointment.reference]


# What comes along


def included(bundle):
    entries = [entry["resource"] for entry in bundle["entry"] if entry["search"]["mode"] == "include"]
    return {f"{resource['resourceType']}/{resource['id']}" for resource in entries}


def test_what_appointments_refer_to(desk):
    appointment = AppointmentFactory()
    AppointmentFactory(doctor=appointment.doctor)
    visit = Visit.objects.schedule(appointment, by=None, at=timezone.now())
    query = "&".join(["_include=Appointment:actor", "_include=Appointment:slot", "_revinclude=Encounter:appointment"])

    bundle = desk.ask(f"Appointment?identifier={appointment.reference}&{query}")

    assert bundle["total"] == 1
    assert included(bundle) == {
        f"Patient/{appointment.patient.uid}",
        f"Practitioner/{appointment.doctor.slug}",
        f"Slot/{appointment.slot.uid}",
        f"Encounter/{visit.uid}",
    }


def test_one_target_of_several(desk):
    appointment = AppointmentFactory()

    bundle = desk.ask("Appointment?_include=Appointment:actor:Practitioner")

    assert included(bundle) == {f"Practitioner/{appointment.doctor.slug}"}


def test_what_was_prescribed_in_a_visit(reading):
    sheet = issued()
    visit = Visit.objects.schedule(sheet.appointment, by=None, at=timezone.now())
    query = "_revinclude=MedicationRequest:encounter&_revinclude=DocumentReference:encounter"

    bundle = reading(sheet.patient.user).ask(f"Encounter?_id={visit.uid}&{query}")

    assert included(bundle) == {
        f"MedicationRequest/{sheet.reference}-1",
        f"DocumentReference/prescription-{sheet.reference}",
    }


def test_a_role_with_its_doctor_and_clinic(reading):
    doctor = DoctorFactory()
    query = "_include=PractitionerRole:practitioner&_include=PractitionerRole:organization"

    bundle = reading(PatientFactory().user).ask(f"PractitionerRole?{query}")

    assert included(bundle) == {f"Practitioner/{doctor.slug}", f"Organization/{doctor.clinic.slug}"}


def test_nothing_comes_along_that_the_reader_may_not_see(reading):
    request = AppointmentFactory(status=Appointment.Status.REQUESTED)

    bundle = reading(request.doctor.user).ask("Appointment?_include=Appointment:patient")

    assert included(bundle) == set()
