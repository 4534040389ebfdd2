"""How it is served: what it says it can do, tags, what goes on record, and what it costs the database."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments.tests.factories import AppointmentFactory, SlotFactory
from clinic.audit.models import AuditEntry
from clinic.fhir.resources import RESOURCES
from clinic.people.models import Chart
from clinic.people.tests.factories import (
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    SpecialtyFactory,
    StaffFactory,
)
from clinic.record.tests.people import PDF
from prescriptions.tests.factories import issued
from televisit.models import Visit
from televisit.tests.factories import a_visit, both_in

pytestmark = pytest.mark.django_db
DEFINED = json.loads(Path(__file__).with_name("r4.search.json").read_text())


# What it says of itself


@pytest.fixture
def capability(reading):
    return reading(None).ask("metadata")


@pytest.fixture
def described(capability):
    """The types that are read and searched."""
    types = {resource["type"]: resource for resource in capability["rest"][0]["resource"]}
    assert [code["code"] for code in types.pop("Binary")["interaction"]] == ["read"]
    return types


def test_everybody_reads_what_it_can_do(capability):
    assert (capability["fhirVersion"], capability["kind"]) == ("4.0.1", "instance")
    assert capability["implementation"]["url"] == "http://testserver/fhir/R4"


def test_each_type_can_be_searched_with_each_parameter_that_is_named(reading, described):
    values = {"date": "2026", "token": "x", "string": "x", "reference": "x"}
    program = reading(PatientFactory().user)

    for name, resource in described.items():
        for parameter in resource["searchParam"]:
            program.ask(f"{name}?{parameter['name']}={values[parameter['type']]}")


def test_each_include_that_is_named_is_taken(reading, described):
    program = reading(PatientFactory().user)

    for name, resource in described.items():
        for kind, values in (("_include", "searchInclude"), ("_revinclude", "searchRevInclude")):
            for value in resource.get(values, []):
                program.ask(f"{name}?{kind}={value}")


def test_each_parameter_is_one_of_hl7s(described):
    for name, resource in described.items():
        for parameter in resource["searchParam"]:
            where = f"{name}.{parameter['name']}"
            definition = parameter["definition"].removeprefix("http://hl7.org/fhir/SearchParameter/")
            assert DEFINED.get(where, DEFINED.get(f"Resource.{parameter['name']}")) == [
                definition,
                parameter["type"],
            ], where


def test_both_kinds_of_documents_have_the_same_parameters():
    charts, prescriptions = RESOURCES["DocumentReference"].sources

    assert [each.name for each in charts.parameters] == [each.name for each in prescriptions.parameters]


def test_last_changes_are_offered_where_they_are_known(described):
    known = {name for name, resource in described.items() if "_lastUpdated" in str(resource["searchParam"])}

    assert known == {"Appointment", "Encounter", "MedicationRequest", "DocumentReference"}


# Tags


def test_who_has_it_already_is_not_sent_it_again(reading):
    appointment = AppointmentFactory()
    program = reading(appointment.patient.user)
    program.ask(f"Appointment/{appointment.reference}")
    tag = {"headers": {"if-none-match": program.headers["ETag"]}}

    again = program.client.get(f"/fhir/R4/Appointment/{appointment.reference}", **tag)
    appointment.cancel(by=appointment.patient.user, reason="mistake")
    changed = program.client.get(f"/fhir/R4/Appointment/{appointment.reference}", **tag)

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert changed["ETag"] != tag["headers"]["if-none-match"]


# What goes on record


def lines():
    entries = AuditEntry.objects.order_by("pk").values_list(
        "action", "subject_type", "subject_id", "patient", "for_whom"
    )
    return [entry for entry in entries if entry[0] in {"read", "downloaded"}]


def test_reading_goes_on_record(reading):
    appointment = AppointmentFactory()

    reading(appointment.doctor.user).ask(f"Appointment/{appointment.reference}")

    assert lines() == [("read", "appointments.Appointment", appointment.reference, appointment.patient.pk, None)]


def test_reading_for_somebody_names_them(reading):
    carer = RepresentationFactory()

    reading(carer.user).ask(f"Patient/{carer.patient.uid}")

    assert lines() == [("read", "people.Patient", carer.patient.uid, carer.patient.pk, carer.patient.pk)]


def test_a_search_goes_on_record_once_for_each_patient_it_told_of(reading):
    first, second = AppointmentFactory(), AppointmentFactory()
    AppointmentFactory(patient=first.patient)

    reading(StaffFactory()).ask("Appointment?_include=Appointment:patient")

    told = {(what, patient) for _action, what, _uid, patient, _for in lines()}
    assert len(lines()) == 2
    assert told == {("people.Patient", first.patient.pk), ("people.Patient", second.patient.pk)}


def test_a_page_records_no_more_than_it_shows(reading):
    AppointmentFactory.create_batch(3)

    reading(StaffFactory()).ask("Appointment?_count=1")

    assert len(lines()) == 1


def test_downloads_go_on_record(reading):
    sheet = issued()

    reading(sheet.patient.user).client.get(f"/fhir/R4/Binary/prescription-{sheet.reference}")

    assert lines() == [("downloaded", "prescriptions.Prescription", sheet.reference, sheet.patient.pk, None)]


def test_what_is_about_no_patient_does_not(reading):
    slot = SlotFactory()
    program = reading(PatientFactory().user)

    for path in ("Slot", f"Practitioner/{slot.doctor.slug}", "Organization", "metadata"):
        program.ask(path)

    assert lines() == []


# What it costs


def some_of_everything(count, patient, doctor):
    at = timezone.now()
    for _n in range(count):
        visit = a_visit(doctor=doctor, patient=patient, starts_in=timezone.timedelta(minutes=5 + 30 * next(COUNTER)))
        visit.seat_guest("A relative", role="relative")
        sheet = issued(appointment=visit.appointment)
        facts = {
            "patient": sheet.patient,
            "by": patient.user,
            "title": "X",
            "content_type": "application/pdf",
            "at": at,
        }
        Chart.objects.keep(PDF, **facts)
        SlotFactory(doctor=DoctorFactory(specialties=[SpecialtyFactory()]))


COUNTER = iter(range(1000))
ALL = {
    "Patient": "",
    "Practitioner": "",
    "PractitionerRole": "?_include=PractitionerRole:practitioner&_include=PractitionerRole:organization",
    "Organization": "",
    "Schedule": "?_include=Schedule:actor",
    "Slot": "?_include=Slot:schedule",
    "Appointment": "?_include=Appointment:actor&_revinclude=Encounter:appointment",
    "Encounter": "?_include=Encounter:subject&_revinclude=MedicationRequest:encounter",
    "MedicationRequest": "?_include=MedicationRequest:encounter",
    "DocumentReference": "?_include=DocumentReference:encounter",
}


def test_a_search_takes_as_many_statements_for_many_as_for_few(reading):
    patient, doctor = PatientFactory(), DoctorFactory(specialties=[SpecialtyFactory()])
    program = reading(patient.user)

    def statements():
        counts = {}
        for name, query in ALL.items():
            with CaptureQueriesContext(connection) as queries:
                assert program.found(f"{name}{query}")
            counts[name] = len(queries)
        return counts

    some_of_everything(1, patient, doctor)
    statements()  # what is asked once a minute
    few = statements()
    some_of_everything(3, patient, doctor)

    assert statements() == few
    assert max(few.values()) <= 20


def test_one_encounter_takes_few_statements(reading):
    visit = a_visit()
    both_in(visit)
    program = reading(visit.host.user)
    program.ask(f"Encounter/{visit.uid}")

    with CaptureQueriesContext(connection) as queries:
        program.ask(f"Encounter/{Visit.objects.get(pk=visit.pk).uid}")

    assert len(queries) <= 10
