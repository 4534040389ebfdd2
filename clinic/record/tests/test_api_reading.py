"""What a record holds, for programs: the timeline, history, who looked; and what visits left behind."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from clinic.audit.models import AuditEntry
from clinic.people.models import Allergy
from clinic.people.tests.factories import PatientFactory
from clinic.record.models import Opening
from clinic.record.tests.people import doctor_of
from televisit.tests.factories import a_visit, both_in

pytestmark = pytest.mark.django_db
PENICILLIN = {"name": "penicillin", "detail": "rash"}


@pytest.fixture
def patient():
    return PatientFactory()


def of(patient, part):
    return f"patients/{patient.uid}/{part}/"


def entered(patient, **facts):
    return Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), **PENICILLIN, **facts)


@pytest.mark.parametrize("kind", ["allergies", "conditions", "medicines"])
def test_the_patient_adds_to_the_own_history_once(call, patient, kind):
    answers = [call(patient.user, "post", of(patient, kind), PENICILLIN, idempotency_key="k") for _time in range(2)]

    listed = call(patient.user, "get", of(patient, kind)).json()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [(row["name"], row["source"], row["confirmed_by"]) for row in listed] == [("penicillin", "patient", None)]
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"created", "read"}


def test_what_a_doctor_adds_counts_as_confirmed(call, patient):
    doctor = doctor_of(patient)

    row = call(doctor, "post", of(patient, "allergies"), PENICILLIN).json()

    assert (row["source"], row["confirmed_by"]) == ("doctor", doctor.doctor.name)


def test_a_doctor_confirms_what_the_patient_has_entered(call, patient):
    entry, doctor = entered(patient), doctor_of(patient)

    refused = call(patient.user, "post", f"history/allergies/{entry.uid}/confirm/")
    confirmed = call(doctor, "post", f"history/allergies/{entry.uid}/confirm/")

    assert (refused.status_code, confirmed.status_code) == (403, 200)
    assert confirmed.json()["confirmed_by"] == doctor.doctor.name


def test_an_entry_is_struck_out_and_kept(call, patient):
    entry = entered(patient)

    assert call(PatientFactory().user, "delete", f"history/allergies/{entry.uid}/").status_code == 404
    assert call(patient.user, "delete", f"history/allergies/{entry.uid}/").status_code == 204
    entry.refresh_from_db()
    assert entry.ended_at is not None
    assert call(patient.user, "get", of(patient, "allergies")).json() == []


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "x" * 201}, {"detail": "x" * 501}])
def test_a_wrong_entry_is_named(call, patient, wrong):
    assert call(patient.user, "post", of(patient, "allergies"), {**PENICILLIN, **wrong}).json().keys() == wrong.keys()


def test_there_are_three_kinds_of_history(call, patient):
    assert call(patient.user, "get", of(patient, "secrets")).status_code == 404


def test_the_timeline_tells_what_happened_and_is_narrowed(call, patient):
    doctor = doctor_of(patient)
    entered(patient)

    everything = call(doctor, "get", of(patient, "timeline")).json()
    visits = call(doctor, "get", of(patient, "timeline"), {"show": "visits"}).json()

    assert {each["kind"] for each in everything["results"]} == {"visit", "allergies"}
    assert {each["kind"] for each in visits["results"]} == {"visit"}
    assert call(doctor, "get", of(patient, "timeline"), {"show": "all"}).status_code == 400


def test_the_timeline_takes_as_many_queries_however_long(call, patient, client):
    entered(patient)

    def count():
        call(patient.user, "get", of(patient, "timeline"))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/api/v1/{of(patient, 'timeline')}")
        return len(queries)

    for_one = count()
    for _n in range(8):
        entered(patient)
    assert count() == for_one


def test_the_patient_sees_who_looked_and_who_opened(call, patient):
    doctor = doctor_of(patient)
    call(doctor, "get", of(patient, "summary"))
    Opening.objects.create(doctor=doctor.doctor, patient=patient, at=timezone.now(), reason="A letter")

    seen = call(patient.user, "get", of(patient, "looks")).json()

    assert [look["name"] for look in seen["looks"]] == [doctor.doctor.name]
    assert [(each["doctor"], each["reason"]) for each in seen["openings"]] == [(doctor.doctor.name, "A letter")]
    assert call(doctor, "get", of(patient, "looks")).status_code == 403


def test_a_record_that_has_closed_is_opened_again_with_a_reason(call, patient):
    long_ago = timezone.now() - timedelta(days=90)
    visit = AppointmentFactory(patient=patient, begins=long_ago, status=Appointment.Status.COMPLETED)
    doctor = visit.doctor.user

    before = call(doctor, "get", of(patient, "summary")).status_code
    opened = call(doctor, "post", of(patient, "open"), {"reason": "A letter to write"})

    assert (before, opened.status_code) == (404, 201)
    assert call(doctor, "get", of(patient, "summary")).status_code == 200
    assert call(doctor, "post", of(PatientFactory(), "open"), {"reason": "Curious"}).status_code == 404
    assert call(patient.user, "post", of(patient, "open"), {"reason": "Mine"}).status_code == 403


def test_a_record_that_is_opened_twice_by_one_retried_call_is_opened_once(call, patient):
    visit = AppointmentFactory(patient=patient, status=Appointment.Status.COMPLETED)
    body, key = {"reason": "A letter to write"}, {"idempotency-key": "one"}

    answers = [call(visit.doctor.user, "post", of(patient, "open"), body, **key) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Opening.objects.count() == 1


def test_what_the_patient_takes_home(call, client):
    visit = a_visit()
    both_in(visit)
    body = {"outcome": "treated", "text": "Drink a lot.", "follow_up_on": "2999-01-01"}
    call(visit.host.user, "put", f"televisits/{visit.uid}/outcome/", body)

    home = call(visit.appointment.patient.user, "get", f"appointments/{visit.appointment.reference}/summary/").json()

    assert (home["outcome"], home["advice"]["text"], home["follow_up_on"]) == ("treated", "Drink a lot.", "2999-01-01")


def test_there_is_nothing_to_take_home_before(call):
    visit = a_visit()

    answer = call(visit.appointment.patient.user, "get", f"appointments/{visit.appointment.reference}/summary/")

    assert answer.status_code == 404


def test_the_doctor_sees_what_to_finish(call):
    visit = a_visit()
    both_in(visit)
    call(visit.host.user, "post", f"televisits/{visit.uid}/notes/", {"text": "Dizzy"})

    open_things = call(visit.host.user, "get", "to-finish/").json()

    assert [(each["appointment"], each["unsigned_notes"]) for each in open_things] == [(visit.appointment.reference, 1)]
    assert call(PatientFactory().user, "get", "to-finish/").status_code == 403
