"""The answer to a search: its pages, how many there are, and what comes along."""

import pytest
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory, SlotFactory
from clinic.people.models import Chart
from clinic.people.tests.factories import DoctorFactory, PatientFactory
from clinic.record.tests.people import PDF
from prescriptions.tests.factories import issued
from televisit.models import Visit

pytestmark = pytest.mark.django_db


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
