"""Every video visit leaves an Encounter, whose status says who was there."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from clinic.people.tests.factories import RepresentationFactory, StaffFactory
from televisit.instant import open_now
from televisit.models import Visit
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return a_visit()


@pytest.fixture
def told(reading, visit):
    """What the doctor reads of the visit; it is found by its status too."""

    def read():
        doctor = reading(visit.host.user)
        encounter = doctor.ask(f"Encounter/{visit.uid}")
        assert doctor.found(f"Encounter?status={encounter['status']}") == [f"Encounter/{visit.uid}"]
        return encounter

    return read


def statuses(encounter):
    return [*(step["status"] for step in encounter.get("statusHistory", [])), encounter["status"]]


def minutes_after(at, minutes):
    return time_machine.travel(at + timedelta(minutes=minutes), tick=False)


def doctor_enters(visit):
    seat = visit.take_seat(visit.host.user, at=timezone.now())
    return seat.enter(at=timezone.now())


def test_a_visit_to_come_is_planned(visit, told):
    encounter = told()

    assert encounter["status"] == "planned"
    assert encounter["class"]["code"] == "VR"
    assert encounter["serviceType"]["coding"][0]["code"] == "540"
    assert encounter["appointment"] == [{"reference": f"Appointment/{visit.appointment.reference}"}]
    assert encounter["subject"]["reference"] == f"Patient/{visit.appointment.patient.uid}"
    assert "period" not in encounter


def test_where_to_meet(visit, told, settings):
    (extension,) = told()["extension"]

    parts = {part["url"]: part for part in extension["extension"]}
    assert extension["url"] == "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.virtualService"
    assert parts["_datatype"]["valueString"] == "VirtualServiceDetail"
    assert parts["address"]["valueUrl"] == f"{settings.PUBLIC_URL}/visits/{visit.code}/"


def test_with_the_practitioner_alone_it_stays_planned(visit, told):
    doctor_enters(visit)

    encounter = told()

    assert statuses(encounter) == ["planned"]
    assert "start" in encounter["participant"][0]["period"]


def test_with_the_patient_in_the_waiting_room_it_has_arrived(visit, told):
    a_seat_of_the_patient(visit)

    assert statuses(told()) == ["planned", "arrived"]


def test_with_both_there_it_is_in_progress(visit, told):
    both_in(visit)

    encounter = told()

    assert encounter["status"] == "in-progress"
    assert set(encounter["period"]) == {"start"}


def test_at_its_end_it_is_finished_with_all_that_was(visit, told):
    start = timezone.now()
    a_seat_of_the_patient(visit, admitted=True)
    with minutes_after(start, 2):
        doctor_enters(visit)
    with minutes_after(start, 3):
        visit.seat_of(visit.appointment.patient.user).enter(at=timezone.now())
    with minutes_after(start, 20):
        Visit.objects.get(pk=visit.pk).end(by=visit.host.user, at=timezone.now())

    encounter = told()

    assert statuses(encounter) == ["planned", "arrived", "in-progress", "finished"]
    began, ended = (datetime.fromisoformat(encounter["period"][edge]) for edge in ("start", "end"))
    assert (ended - began).seconds == 17 * 60
    practitioner = encounter["participant"][0]
    assert practitioner["individual"]["reference"] == f"Practitioner/{visit.host.slug}"
    assert practitioner["type"][0]["coding"][0]["code"] == "PPRF"
    came, left = (datetime.fromisoformat(practitioner["period"][edge]) for edge in ("start", "end"))
    assert (left - came).seconds == 18 * 60
    assert "extension" not in encounter


def test_one_that_was_reopened_goes_on_and_ends_again(visit, told):
    start, host = timezone.now(), visit.host.user
    both_in(visit)
    for minute, step in ((5, "end"), (6, "reopen"), (9, "end")):
        with minutes_after(start, minute):
            getattr(Visit.objects.get(pk=visit.pk), step)(by=host, at=timezone.now())

    encounter = told()

    assert statuses(encounter)[-4:] == ["in-progress", "finished", "in-progress", "finished"]
    began, ended = (datetime.fromisoformat(encounter["period"][edge]) for edge in ("start", "end"))
    assert 8 <= (ended - began).seconds // 60 <= 9


def test_one_whose_patient_never_came_is_cancelled(visit, told):
    doctor_enters(visit)
    Visit.objects.get(pk=visit.pk).expire(at=visit.expires_at)

    encounter = told()

    assert statuses(encounter) == ["planned", "cancelled"]
    assert "period" not in encounter


def test_one_that_was_begun_and_ended_by_the_doctor_alone_is_cancelled(visit, told):
    doctor_enters(visit)
    visit.start(at=timezone.now(), by=visit.host.user)
    active = told()
    Visit.objects.get(pk=visit.pk).end(by=visit.host.user, at=timezone.now())

    assert active["status"] == "planned"
    assert told()["status"] == "cancelled"


def test_one_held_by_phone_was_held(visit, told):
    visit.go_on_by_phone(by=visit.host.user, at=timezone.now())
    going_on = told()
    Visit.objects.get(pk=visit.pk).end(by=visit.host.user, at=timezone.now() + timedelta(minutes=4))

    assert going_on["status"] == "in-progress"
    assert told()["status"] == "finished"


def test_who_else_was_there(reading, visit):
    at = timezone.now()
    carer = RepresentationFactory(patient=visit.appointment.patient).user
    for role, name in (("interpreter", "Iris Interpreter"), ("relative", "Rui Relative")):
        visit.seat_guest(name, role=role)
    visit.take_seat(carer, at=at)

    told = reading(StaffFactory()).ask(f"Encounter/{visit.uid}")

    others = [(one["type"][0]["coding"][0]["code"], one["individual"]["display"]) for one in told["participant"][1:]]
    assert others == [("translator", "Iris Interpreter"), ("PART", "Rui Relative"), ("PART", carer.full_name)]


def test_an_instant_visit_has_no_subject_until_the_doctor_names_one(reading, visit):
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=False):
        instant = open_now(visit.host, at=timezone.now())

        told = reading(visit.host.user).ask(f"Encounter/{instant.uid}")

    assert told["status"] == "planned"
    assert "subject" not in told


def test_its_last_change_is_its_last_step(reading, visit):
    doctor = reading(visit.host.user)
    before = doctor.ask(f"Encounter/{visit.uid}")["meta"]["lastUpdated"]

    with minutes_after(timezone.now(), 1):
        a_seat_of_the_patient(visit)

    after = doctor.ask(f"Encounter/{visit.uid}")["meta"]["lastUpdated"]
    assert after > before


def test_encounters_by_when_they_were_held(reading, visit):
    both_in(visit)
    doctor, today = reading(visit.host.user), timezone.now().date()
    own = [f"Encounter/{visit.uid}"]

    assert doctor.found(f"Encounter?date=ge{today}") == own  # it goes on, without an end
    Visit.objects.get(pk=visit.pk).end(by=visit.host.user, at=timezone.now() + timedelta(seconds=1))
    assert doctor.found(f"Encounter?date={today.year}") == own
    assert doctor.found(f"Encounter?date=lt{today - timedelta(days=1)}") == []
    assert doctor.found(f"Encounter?date=sa{today}") == []
