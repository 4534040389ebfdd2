"""What each resource says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory, OnCallFactory, SlotFactory, booked
from clinic.fhir.datatypes import own_system
from clinic.people.models import Chart, Doctor
from clinic.people.tests.factories import (
    ClinicFactory,
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    SpecialtyFactory,
    StaffFactory,
)
from clinic.record.tests.people import PDF, doctor_of
from prescriptions.tests.factories import PrescriptionFactory, issued, revoked
from televisit.tests.factories import a_seat_of_the_patient, a_visit

pytestmark = pytest.mark.django_db
ANNA = {"given_name": "Anna Maria", "family_name": "Sousa", "sex": "female", "phone": "+351912345678"}


def codes(concept):
    return [(coding.get("system", "").rpartition("/")[2], coding["code"]) for coding in concept["coding"]]


def test_a_patient(reading):
    patient = PatientFactory(**ANNA, language="zh-hans", interpreter_needed=True)

    told = reading(patient.user).ask(f"Patient/{patient.uid}")

    assert told["name"] == [{"use": "official", "text": "Anna Maria Sousa", "family": "Sousa", "given": ["Anna Maria"]}]
    assert (told["gender"], told["birthDate"]) == ("female", "1980-05-17")
    assert told["telecom"] == [{"system": "phone", "value": "+351912345678"}]
    assert told["communication"][0]["language"]["coding"][0]["code"] == "zh-Hans"
    assert told["extension"][0]["valueBoolean"] is True


def test_a_doctor_in_three_resources(reading):
    cardiology = SpecialtyFactory(name="Cardiology", slug="cardiology")
    doctor = DoctorFactory(slug="anna_sousa", specialties=[cardiology], clinic=ClinicFactory(slug="by_the_harbour"))
    somebody = reading(PatientFactory().user)

    person = somebody.ask("Practitioner/anna.sousa")
    role = somebody.ask("PractitionerRole/anna.sousa")
    schedule = somebody.ask("Schedule/anna.sousa")

    assert person["identifier"][0]["value"] == doctor.number
    assert person["identifier"][0]["assigner"] == {"display": "Ordem dos Médicos"}
    assert person["name"][0]["prefix"] == ["Dr"]
    assert role["practitioner"]["reference"] == "Practitioner/anna.sousa"
    assert role["organization"]["reference"] == "Organization/by.the.harbour"
    assert codes(role["specialty"][0]) == [("specialty", "cardiology")]
    assert [actor["reference"] for actor in schedule["actor"]] == [
        "Practitioner/anna.sousa",
        "PractitionerRole/anna.sousa",
    ]


def test_nobody_reads_a_doctors_own_address_or_phone(reading):
    doctor = DoctorFactory(user__phone="+351 999 999 999")

    told = [
        reading(PatientFactory().user).ask(f"{kind}/{doctor.slug}") for kind in ("Practitioner", "PractitionerRole")
    ]

    assert doctor.user.email not in str(told)
    assert doctor.user.phone not in str(told)


def test_a_clinic(reading):
    clinic = ClinicFactory(name="By the harbour", slug="harbour")

    told = reading(PatientFactory().user).ask("Organization/harbour")

    assert told["name"] == "By the harbour"
    assert [way["value"] for way in told["telecom"]] == [clinic.phone, clinic.email]
    assert told["address"][0]["country"] == "PT"


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, "free"),
        ({"held_by": "somebody", "held_until": timezone.now() + timedelta(days=1)}, "busy-tentative"),
        ({"status": "booked"}, "busy"),
        ({"status": "covered"}, "busy-unavailable"),
        ({"status": "withdrawn"}, "busy-unavailable"),
    ],
)
def test_a_slot_as_its_doctor_reads_and_finds_it(reading, facts, status):
    slot = SlotFactory(**facts)
    doctor = reading(slot.doctor.user)

    told = doctor.ask(f"Slot/{slot.uid}")

    assert (told["status"], told["schedule"]["reference"]) == (status, f"Schedule/{slot.doctor.slug}")
    assert doctor.found(f"Slot?status={status}") == [f"Slot/{slot.uid}"]


def test_others_know_only_of_slots_that_they_can_book(reading):
    free, taken = SlotFactory(), SlotFactory(status="booked")
    somebody = reading(PatientFactory().user)

    assert somebody.found("Slot") == [f"Slot/{free.uid}"]
    assert somebody.refused(f"Slot/{taken.uid}", 404) == "not-found"


def test_an_appointment(reading):
    appointment = AppointmentFactory(reason_category="follow_up")

    told = reading(appointment.patient.user).ask(f"Appointment/{appointment.reference}")

    assert told["identifier"] == [{"system": own_system("appointment"), "value": appointment.reference}]
    assert (told["status"], told["minutesDuration"]) == ("booked", 20)
    assert codes(told["serviceType"][0]) == [("service-type", "540"), ("visit-mode", "video")]
    assert codes(told["appointmentType"]) == [("v2-0276", "FOLLOWUP")]
    assert told["slot"] == [{"reference": f"Slot/{appointment.slot.uid}"}]
    assert [(one["actor"]["reference"], one["status"]) for one in told["participant"]] == [
        (f"Patient/{appointment.patient.uid}", "accepted"),
        (f"Practitioner/{appointment.doctor.slug}", "accepted"),
    ]


def test_only_the_two_parties_read_why_somebody_comes(reading):
    appointment = AppointmentFactory(symptoms="A cough for a week.")
    carer = RepresentationFactory(patient=appointment.patient).user

    texts = [
        reading(who).ask(f"Appointment/{appointment.reference}")["reasonCode"][0].get("text")
        for who in (appointment.patient.user, carer, appointment.doctor.user, StaffFactory())
    ]

    assert texts == ["A cough for a week."] * 3 + [None]


STATES = [
    ("requested", {}, "pending", ["accepted", "needs-action"]),
    ("confirmed", {}, "booked", ["accepted", "accepted"]),
    ("in_progress", {}, "checked-in", ["accepted", "accepted"]),
    ("completed", {}, "fulfilled", ["accepted", "accepted"]),
    ("no_show", {}, "noshow", ["accepted", "accepted"]),
    ("declined", {"end_reason": "needs_in_person"}, "cancelled", ["accepted", "declined"]),
    ("cancelled", {"end_reason": "clinic_missed"}, "cancelled", ["accepted", "declined"]),
    ("expired", {}, "cancelled", ["accepted", "needs-action"]),
]


@pytest.mark.parametrize(("status", "facts", "expected", "answers"), STATES, ids=[state[0] for state in STATES])
def test_an_appointment_in_each_status_is_read_and_found(reading, status, facts, expected, answers):
    appointment = AppointmentFactory(status=status, **facts)
    patient = reading(appointment.patient.user)

    told = patient.ask(f"Appointment/{appointment.reference}")

    assert (told["status"], [one["status"] for one in told["participant"]]) == (expected, answers)
    assert ("cancelationReason" in told) == (expected == "cancelled")
    assert patient.found(f"Appointment?status={expected}") == [f"Appointment/{appointment.reference}"]


@pytest.mark.parametrize(
    ("who", "reason", "code", "answers"),
    [
        ("patient", "feeling_better", "pat-fb", ["declined", "accepted"]),
        ("patient", "other", "other", ["declined", "accepted"]),
        ("doctor", "other", "other", ["accepted", "declined"]),
    ],
)
def test_whoever_cancels_has_declined(reading, who, reason, code, answers):
    appointment = booked()
    appointment.cancel(by=getattr(appointment, who).user, reason=reason)

    told = reading(appointment.patient.user).ask(f"Appointment/{appointment.reference}")

    assert codes(told["cancelationReason"]) == [
        ("appointment-cancellation-reason", code),
        ("end-reason", reason),
    ]
    assert [one["status"] for one in told["participant"]] == answers
    assert "slot" not in told


def test_an_appointment_whose_patient_waits_has_arrived(reading):
    visit = a_visit()
    patient = reading(visit.appointment.patient.user)
    before = patient.ask(f"Appointment/{visit.appointment.reference}")

    a_seat_of_the_patient(visit)

    after = patient.ask(f"Appointment/{visit.appointment.reference}")
    assert (before["status"], after["status"]) == ("booked", "arrived")
    assert before["meta"]["lastUpdated"] < after["meta"]["lastUpdated"]
    assert patient.found("Appointment?status=booked") == []
    assert patient.found("Appointment?status=arrived") == [f"Appointment/{visit.appointment.reference}"]


def test_an_emergency_that_nobody_has_taken(reading):
    OnCallFactory(begins=timezone.now() - timedelta(hours=1))
    patient = PatientFactory()
    emergency = Appointment.objects.call_for_help(patient=patient, by=patient.user, at=timezone.now(), symptoms="Pain")

    told = reading(patient.user).ask(f"Appointment/{emergency.reference}")

    assert told["status"] == "proposed"
    assert codes(told["appointmentType"]) == [("v2-0276", "EMERGENCY")]
    assert len(told["participant"]) == 1
    assert reading(patient.user).found("Appointment?status=proposed") == [f"Appointment/{emergency.reference}"]


def test_a_moved_appointment_is_the_same_one(reading):
    appointment = booked()
    patient = reading(appointment.patient.user)
    before = patient.ask(f"Appointment/{appointment.reference}")

    later = SlotFactory(doctor=appointment.doctor)
    appointment.move(later, by=appointment.doctor.user, at=timezone.now())

    after = patient.ask(f"Appointment/{appointment.reference}")
    assert after["slot"] == [{"reference": f"Slot/{later.uid}"}]
    assert after["start"] != before["start"]


def test_a_medicine(reading):
    sheet = issued(medicines__refills=2, medicines__substitution_allowed=False)
    patient = reading(sheet.patient.user)

    told = patient.ask(f"MedicationRequest/{sheet.reference}-1")

    assert (told["status"], told["intent"]) == ("active", "order")
    assert told["medicationCodeableConcept"] == {"text": "Amoxicillin 500 mg, capsule"}
    assert told["dosageInstruction"][0]["text"] == "1 capsule, by mouth, 3 times a day, for 7 days"
    assert told["dosageInstruction"][0]["doseAndRate"] == [{"doseQuantity": {"value": 1, "unit": "capsule"}}]
    assert told["dispenseRequest"]["quantity"] == {"value": 21, "unit": "capsules"}
    assert told["dispenseRequest"]["numberOfRepeatsAllowed"] == 2
    assert told["dispenseRequest"]["validityPeriod"]["end"] == sheet.valid_until.isoformat()
    assert told["substitution"] == {"allowedBoolean": False}
    assert told["groupIdentifier"]["value"] == sheet.reference
    assert told["requester"]["reference"] == f"Practitioner/{sheet.doctor.slug}"


def test_a_draft_is_its_doctors_alone(reading):
    draft = PrescriptionFactory()

    told = reading(draft.doctor.user).ask(f"MedicationRequest/{draft.reference}-1")

    assert told["status"] == "draft"
    assert reading(draft.patient.user).refused(f"MedicationRequest/{draft.reference}-1", 404) == "not-found"


def test_a_revoked_prescription_and_the_one_in_its_place(reading):
    old = issued()
    new = old.replace(by=old.doctor.user, at=timezone.now(), reason="The dose was wrong.")
    doctor = reading(old.doctor.user)

    before, after = (doctor.ask(f"MedicationRequest/{sheet.reference}-1") for sheet in (old, new))

    assert (before["status"], before["statusReason"]) == ("stopped", {"text": "The dose was wrong."})
    assert after["priorPrescription"]["identifier"]["value"] == old.reference
    assert doctor.found("MedicationRequest?status=stopped") == [f"MedicationRequest/{old.reference}-1"]


@pytest.fixture
def chart():
    patient = PatientFactory()
    facts = {"title": "Blood test", "content_type": "application/pdf", "at": timezone.now()}
    return Chart.objects.keep(PDF, patient=patient, by=patient.user, **facts)


def test_a_file(reading, chart):
    patient = reading(chart.patient.user)

    told = patient.ask(f"DocumentReference/chart-{chart.uid}")

    attachment = told["content"][0]["attachment"]
    assert (attachment["contentType"], attachment["size"]) == ("application/pdf", len(PDF))
    assert told["description"] == "Blood test"
    assert told["author"][0]["reference"] == f"Patient/{chart.patient.uid}"
    assert attachment["url"] == f"http://testserver/fhir/R4/Binary/chart-{chart.uid}"


def test_the_bytes_of_a_file_in_both_forms(reading, chart):
    doctor = reading(doctor_of(chart.patient))

    told = doctor.ask(f"Binary/chart-{chart.uid}", headers={"accept": "application/fhir+json"})
    plain = doctor.client.get(f"/fhir/R4/Binary/chart-{chart.uid}", headers={"accept": "application/pdf"})

    assert told["securityContext"] == {"reference": f"DocumentReference/chart-{chart.uid}"}
    assert (plain.content, plain["Content-Type"]) == (PDF, "application/pdf")
    assert plain["Content-Disposition"] == 'attachment; filename="Blood test.pdf"'
    assert "no-store" in plain["Cache-Control"]


def test_a_file_that_waits_for_the_virus_scanner_cannot_be_read_yet(reading, chart):
    Chart.objects.update(scan=Chart.Scan.WAITING)
    patient = reading(chart.patient.user)

    assert patient.ask(f"DocumentReference/chart-{chart.uid}")["description"] == "Blood test"
    assert patient.refused(f"Binary/chart-{chart.uid}", 409) == "conflict"


def test_a_deleted_file_is_gone(reading, chart):
    chart.delete_for("Wrong patient", by=chart.patient.user, at=timezone.now())
    patient = reading(chart.patient.user)

    codes = [patient.refused(f"{kind}/chart-{chart.uid}", 404) for kind in ("DocumentReference", "Binary")]

    assert codes == ["not-found", "not-found"]


def test_a_prescription_as_document(reading):
    sheet = issued()
    patient = reading(sheet.patient.user)

    told = patient.ask(f"DocumentReference/prescription-{sheet.reference}")

    plain = patient.client.get(told["content"][0]["attachment"]["url"])
    assert codes(told["type"]) == [("loinc.org", "57833-6")]
    assert told["context"]["related"] == [{"reference": f"MedicationRequest/{sheet.reference}-1"}]
    assert plain.content.startswith(b"%PDF")


def test_a_revoked_prescription_as_document(reading):
    sheet = revoked()

    told = reading(sheet.patient.user).ask(f"DocumentReference/prescription-{sheet.reference}")

    assert told["status"] == "superseded"


def test_the_longest_name_of_a_doctor_makes_an_id(reading):
    slugs = []
    for _n in range(2):
        doctor = DoctorFactory(slug=Doctor.objects.unused_slug("Maria do Carmo " * 10), user__given_name="Maria")
        slugs.append(reading(doctor.user).ask(f"Practitioner/{doctor.slug}")["id"])

    assert max(len(slug) for slug in slugs) == 64
