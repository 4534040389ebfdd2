"""What programs do for staff and doctors beyond slots: holds, the desk, own times, whole days of hours."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments.models import Appointment, Feed, Slot
from clinic.audit.models import AuditEntry
from clinic.people.models import Claim, Patient
from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory

from .factories import AppointmentFactory, AvailabilityFactory, SlotFactory

pytestmark = pytest.mark.django_db
AMA = {"given_name": "Ama", "family_name": "Osei", "birth_date": "1990-02-03"}


def test_a_held_time_is_booked_by_its_holder_only(call):
    slot, holder, other = SlotFactory(), PatientFactory(), PatientFactory()
    body = {"slot": slot.uid, "symptoms": "Dizzy"}

    held = call(holder.user, "post", f"slots/{slot.uid}/hold/")
    refused = call(other.user, "post", "appointments/", body)
    booked = call(holder.user, "post", "appointments/", body)

    assert held.json()["slot"] == slot.uid
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert booked.status_code == 201


def test_a_time_that_is_held_no_longer_is_free(call):
    slot, holder, other = SlotFactory(), PatientFactory(), PatientFactory()
    call(holder.user, "post", f"slots/{slot.uid}/hold/")

    released = call(holder.user, "delete", f"slots/{slot.uid}/hold/")

    assert released.status_code == 204
    assert call(other.user, "post", f"slots/{slot.uid}/hold/").status_code == 200


def test_nobody_releases_what_another_holds(call):
    slot, holder, other = SlotFactory(), PatientFactory(), PatientFactory()
    call(holder.user, "post", f"slots/{slot.uid}/hold/")

    call(other.user, "delete", f"slots/{slot.uid}/hold/")

    assert call(other.user, "post", f"slots/{slot.uid}/hold/").status_code == 409


def test_staff_find_who_calls(call):
    PatientFactory(given_name="Ama", family_name="Osei"), PatientFactory(given_name="Ben", family_name="Okri")

    found = call(StaffFactory(), "get", "patients/", {"q": "osei"}).json()["results"]

    assert [each["family_name"] for each in found] == ["Osei"]
    assert call(StaffFactory(), "get", "patients/").json()["results"] == []


def test_the_list_of_who_calls_takes_as_many_queries_however_many_they_are(call, client):
    staff = StaffFactory()

    def count():
        call(staff, "get", "patients/", {"q": "osei"})
        with CaptureQueriesContext(connection) as queries:
            client.get("/api/v1/patients/?q=osei")
        return len(queries)

    PatientFactory(family_name="Osei")
    for_one = count()
    PatientFactory.create_batch(6, family_name="Osei")
    assert count() == for_one


def test_staff_enter_a_patient_once(call):
    staff = StaffFactory()

    answers = [call(staff, "post", "patients/", AMA, idempotency_key="k") for _time in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert Patient.objects.filter(family_name="Osei").count() == 1
    assert AuditEntry.objects.get().action == "created"


def test_who_is_alike_is_named_first(call):
    known = PatientFactory(**AMA)

    refused = call(StaffFactory(), "post", "patients/", AMA)
    entered = call(StaffFactory(), "post", "patients/", {**AMA, "is_new": True})

    assert refused.status_code == 400
    assert known.uid in refused.json()["is_new"][0]
    assert entered.status_code == 201


def test_staff_give_a_patient_the_way_to_the_own_record(call):
    patient = PatientFactory(user=None)

    made = call(StaffFactory(), "post", f"patients/{patient.uid}/claim/", {})
    refused = call(StaffFactory(), "post", f"patients/{PatientFactory().uid}/claim/", {})

    assert Claim.objects.of_code(made.json()["code"], at=timezone.now()).patient == patient
    assert (refused.status_code, refused.json()["code"]) == (409, "record_already_claimed")


def test_staff_book_for_anybody_and_do_not_read_why(call):
    slot, patient = SlotFactory(), PatientFactory(user=None)

    booked = call(StaffFactory(), "post", "appointments/", {"slot": slot.uid, "for": patient.uid, "symptoms": "Dizzy"})

    assert (booked.status_code, booked.json()["symptoms"]) == (201, None)
    assert Appointment.objects.get().symptoms == "Dizzy"


def own_time(doctor, patient, **more):
    start = timezone.now() + timedelta(hours=1)
    times = {"start": start.isoformat(), "end": (start + timedelta(minutes=20)).isoformat()}
    return {"doctor": doctor.slug, "patient": patient.uid, **times, **more}


def test_an_unusual_time_needs_a_reason(call):
    doctor, patient = DoctorFactory(), PatientFactory()

    refused = call(StaffFactory(), "post", "appointments/own-time/", own_time(doctor, patient))
    booked = call(StaffFactory(), "post", "appointments/own-time/", own_time(doctor, patient, because="Called in"))

    assert refused.status_code == 400
    assert "outside of the hours" in refused.json()["because"][0]
    assert booked.status_code == 201
    assert Appointment.objects.get().status == Appointment.Status.CONFIRMED


def test_a_doctor_books_for_own_patients_and_the_own_day(call):
    seen, colleague = AppointmentFactory(), DoctorFactory()
    doctor, body = seen.doctor, {"because": "Called in"}

    own = call(doctor.user, "post", "appointments/own-time/", own_time(doctor, seen.patient, **body))
    stranger = call(doctor.user, "post", "appointments/own-time/", own_time(doctor, PatientFactory(), **body))
    other = call(doctor.user, "post", "appointments/own-time/", own_time(colleague, seen.patient, **body))

    assert own.status_code == 201
    assert (stranger.status_code, stranger.json().keys()) == (400, {"patient"})
    assert (other.status_code, other.json().keys()) == (400, {"doctor"})


def test_a_follow_up_is_booked_once(call):
    seen = AppointmentFactory()
    slot = SlotFactory(doctor=seen.doctor)

    answers = [
        call(seen.doctor.user, "post", f"appointments/{seen.reference}/follow-up/", {"slot": slot.uid})
        for _time in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["reference"] == answers[1].json()["reference"] != seen.reference
    assert answers[0].json()["patient"]["uid"] == seen.patient.uid


def test_a_follow_up_is_with_the_same_doctor(call):
    seen, slot = AppointmentFactory(), SlotFactory()

    answer = call(seen.doctor.user, "post", f"appointments/{seen.reference}/follow-up/", {"slot": slot.uid})

    assert answer.status_code == 403


def test_staff_see_where_a_day_could_go_and_give_a_visit_away(call):
    visit = AppointmentFactory(begins=timezone.now() + timedelta(minutes=5))
    colleague = DoctorFactory(clinic=visit.clinic)
    colleague.specialties.set(visit.doctor.specialties.all())

    day = str(timezone.localdate(visit.starts_at, visit.doctor.tzinfo))
    rows = call(StaffFactory(), "get", "hand-over/", {"doctor": visit.doctor.slug, "day": day}).json()
    given = call(StaffFactory(), "post", f"appointments/{visit.reference}/hand-over/", {"doctor": colleague.slug})

    assert [row["reference"] for row in rows] == [visit.reference]
    assert (given.status_code, given.json()["doctor"]["slug"]) == (200, colleague.slug)


def test_a_doctor_tells_that_it_gets_late(call):
    visit = AppointmentFactory(begins=timezone.now() + timedelta(minutes=1))

    told = call(visit.doctor.user, "post", "appointments/late/", {"minutes": 10})

    assert told.json() == {"told": 1}
    assert call(visit.doctor.user, "post", "appointments/late/", {"minutes": 11}).status_code == 400


def test_a_no_show_is_taken_back(call):
    visit = AppointmentFactory(begins=timezone.now() - timedelta(minutes=30))

    call(visit.doctor.user, "post", f"appointments/{visit.reference}/no-show/")
    back = call(visit.doctor.user, "post", f"appointments/{visit.reference}/no-show/undo/")

    assert back.json()["status"] == "confirmed"


def test_the_hours_of_whole_days_are_seen_before_and_then_set(call):
    rule = AvailabilityFactory()
    body = {"weekdays": [0, 1], "periods": [{"starts": "08:00", "ends": "10:00"}]}

    preview = call(rule.doctor.user, "post", "availability/preview/", body).json()
    rules = call(rule.doctor.user, "post", "availability/days/?keep_visits=true", body).json()

    assert preview[0].keys() == {"start", "end"}
    assert [(each["weekday"], each["starts"]) for each in rules] == [(0, "08:00:00"), (1, "08:00:00")]
    assert Slot.objects.filter(doctor=rule.doctor).exists()


@pytest.mark.parametrize(
    "wrong", [{"weekdays": []}, {"weekdays": [7]}, {"periods": [{"starts": "10:00", "ends": "09:00"}]}]
)
def test_wrong_days_are_named(call, wrong):
    body = {"weekdays": [0], "periods": [{"starts": "08:00", "ends": "10:00"}], **wrong}

    assert call(DoctorFactory().user, "post", "availability/preview/", body).json().keys() == wrong.keys()


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"if_match": '"old"'}, 412), ({"if_match": "*"}, 200)])
def test_hours_are_changed_by_who_has_read_them(call, headers, status):
    rule = AvailabilityFactory()

    answer = call(rule.doctor.user, "patch", f"availability/{rule.uid}/?keep_visits=true", {"ends": "13:00"}, **headers)

    assert answer.status_code == status


def test_the_calendar_has_one_private_address(call):
    user = PatientFactory().user

    made = call(user, "post", "me/calendar/")
    token = made.json()["url"].rsplit("/", 1)[1].removesuffix(".ics")

    assert Feed.objects.of_token(token).user == user
    assert call(user, "get", "me/calendar/").json().keys() == {"made_at"}
    assert call(user, "delete", "me/calendar/").status_code == 204
    assert call(user, "get", "me/calendar/").status_code == 404
