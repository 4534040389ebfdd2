"""What the patient reads after a visit, and what the doctor has yet to finish."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Outcome
from clinic.audit.models import AuditEntry
from clinic.people.tests.factories import DoctorFactory
from prescriptions.tests.factories import PrescriptionFactory, issued
from televisit.models import Advice, Note, VisitChart
from televisit.tests.factories import a_visit, both_in

pytestmark = pytest.mark.django_db
MOST_QUERIES = 20
TO_FINISH = "/doctor/to-finish/"


@pytest.fixture
def visit():
    return a_held_visit()


def a_held_visit(**facts):
    visit = a_visit(starts_in=timedelta(minutes=-5), **facts)
    both_in(visit)
    visit.end(by=visit.host.user, at=timezone.now())
    visit.appointment.refresh_from_db()
    return visit


def a_note(visit, text="Dizzy.", *, sign_at=None):
    return Note.objects.write(visit, visit.host, text, version=0, sign_at=sign_at)


def advise(visit, **content):
    content = {"text": "Rest.", "seek_help": "If you faint.", "follow_up_on": date(2030, 1, 31), **content}
    return Advice.objects.write(visit, by=visit.host.user, version=0, **content)


def say(visit, kind="treated"):
    return Outcome.objects.say(visit.appointment, kind, by=visit.host.user)


def summary(client, visit, user=None):
    client.force_login(user or visit.appointment.patient.user)
    return client.get(reverse("record:after-visit", args=[visit.appointment.reference]))


def to_finish(client, doctor):
    client.force_login(doctor.user)
    return client.get(TO_FINISH)


def test_patient_reads_what_to_do_and_when_to_seek_help(client, visit):
    advise(visit)
    say(visit, "needs_in_person")
    prescription = issued(appointment=visit.appointment)

    page = summary(client, visit).content.decode()

    for words in ("Rest.", "If you faint.", "see you in person", "31 January", visit.clinic.emergency_phone):
        assert words in page
    assert prescription.medicines.first().name in page
    assert reverse("doctors:detail", args=[visit.host.slug]) in page


def test_patient_reads_shared_notes_only(client, visit):
    note = a_note(visit, sign_at=timezone.now())
    assert "Dizzy." not in summary(client, visit).content.decode()

    note.share(at=timezone.now())

    assert "Dizzy." in summary(client, visit).content.decode()


def test_as_long_as_nothing_is_written_the_page_says_so(client, visit):
    assert "has not written anything down yet" in summary(client, visit).content.decode()

    say(visit)

    assert "has not written anything down yet" not in summary(client, visit).content.decode()


def test_drafts_and_deleted_files_are_not_on_the_page(client, visit):
    PrescriptionFactory(appointment=visit.appointment)
    facts = {"by": visit.host.user, "title": "Wrong scan", "content_type": "image/png", "at": timezone.now()}
    chart = VisitChart.objects.bring(b"\x89PNG", visit=visit, patient=visit.appointment.patient, **facts)
    assert "Wrong scan" in summary(client, visit).content.decode()

    chart.delete_for("Mistake", by=visit.host.user, at=timezone.now())

    response = summary(client, visit)
    assert "Wrong scan" not in response.content.decode()
    assert response.context["after"].prescriptions == []


def test_summary_is_about_visits_that_took_place(client):
    visit = a_visit()

    assert summary(client, visit).status_code == 302


def test_reading_the_summary_goes_on_record(client, visit):
    summary(client, visit, visit.host.user)

    line = AuditEntry.objects.get(action="read")
    assert (line.actor, line.patient) == (visit.host.user, visit.appointment.patient)


def test_doctor_finds_what_is_open_by_visit(client, visit):
    a_note(visit)
    draft = PrescriptionFactory(appointment=visit.appointment)

    page = to_finish(client, visit.host).content.decode()

    assert page.count(f"<strong><bdi>{visit.appointment.patient.name}") == 1
    for address in (
        reverse("televisit:note", args=[visit.code]),
        reverse("televisit:finish", args=[visit.code]),
        draft.get_absolute_url(),
    ):
        assert f'href="{address}"' in page


def test_what_is_finished_is_not_listed(client, visit):
    a_note(visit, sign_at=timezone.now())
    issued(appointment=visit.appointment)
    say(visit)

    assert "Nothing is open" in to_finish(client, visit.host).content.decode()


def test_addendum_that_is_not_signed_is_listed(client, visit):
    note = a_note(visit, sign_at=timezone.now())
    say(visit)
    Note.objects.write(visit, visit.host, "The ears", version=0, to=note)

    page = to_finish(client, visit.host).content.decode()

    assert reverse("televisit:addendum", args=[visit.code]) in page


def test_doctor_does_not_see_what_others_have_to_finish(client, visit):
    a_note(visit)

    assert "Nothing is open" in to_finish(client, DoctorFactory()).content.decode()


def test_the_oldest_visit_comes_first(client, visit):
    later = a_visit(doctor=visit.host, starts_in=timedelta(hours=2))
    a_note(later)

    unfinished = to_finish(client, visit.host).context["unfinished"]

    assert [each.appointment for each in unfinished] == [visit.appointment, later.appointment]


def test_many_unfinished_visits_cost_no_more_queries(client, django_assert_max_num_queries):
    doctor = DoctorFactory()
    for hours in range(1, 6):
        visit = a_visit(doctor=doctor, starts_in=timedelta(hours=hours))
        a_note(visit)
        PrescriptionFactory(appointment=visit.appointment)
    to_finish(client, doctor)

    with django_assert_max_num_queries(MOST_QUERIES):
        assert len(to_finish(client, doctor).context["unfinished"]) == 5
