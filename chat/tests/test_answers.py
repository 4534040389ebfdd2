"""How soon doctors answer, who has not read what, who has read how far, and links in messages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from chat.models import ReadMark
from chat.models.answers import unread_since, usual_answer, with_unread
from chat.templatetags.chat import as_usual, with_links
from clinic.people.models import Doctor
from clinic.people.tests.factories import RepresentationFactory, StaffFactory

from .factories import written

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def appointment():
    return AppointmentFactory(status=Appointment.Status.CONFIRMED)


@pytest.fixture
def at():
    return timezone.now()


def asked_and_answered(appointment, at, *minutes):
    for wait in minutes:
        written(appointment, by=appointment.patient.user, at=at)
        written(appointment, by=appointment.patient.user, at=at + MINUTE)
        written(appointment, at=at + wait * MINUTE)
        at += timedelta(hours=5)


def test_the_usual_time_is_the_median_from_the_first_question(appointment, at):
    asked_and_answered(appointment, at, 10, 40, 200)

    assert usual_answer(appointment.doctor) == 40 * MINUTE


def test_two_answers_say_nothing_yet(appointment, at):
    asked_and_answered(appointment, at, 10, 40)

    assert usual_answer(appointment.doctor) is None


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(10, "quarter of an hour"), (50, "an hour"), (300, "some hours"), (1000, "a day"), (9999, "days")],
)
def test_the_usual_time_is_said_in_words(minutes, words):
    assert words in as_usual(minutes * MINUTE)


def test_the_patient_reads_the_usual_time_and_the_emergency_number(client, appointment, at):
    asked_and_answered(appointment, at, 10, 40, 50)
    client.force_login(appointment.patient.user)

    page = client.get(reverse("chat:panel", args=[appointment.reference])).content.decode()

    assert "Answers usually come within an hour." in page
    assert "Not for emergencies" in page


def waiting(before):
    found = unread_since(before, not_before=before - timedelta(days=1))
    return {(unread.user, unread.mark) for unread in found}


def test_what_was_not_read_for_a_while_is_found_once_for_each_reader(appointment, at):
    carer = RepresentationFactory(patient=appointment.patient).user
    for _message in range(3):
        written(appointment, at=at - 11 * MINUTE)

    assert waiting(at - 10 * MINUTE) == {(appointment.patient.user, 0), (carer, 0)}


def test_what_is_new_or_was_read_is_not_found(appointment, at):
    written(appointment, at=at - 11 * MINUTE)
    written(appointment, by=appointment.patient.user, at=at)
    ReadMark.objects.advance(appointment, user=appointment.patient.user, to=1)

    assert waiting(at - 10 * MINUTE) == set()


def test_what_came_after_the_mark_is_found(appointment, at):
    for minutes in (13, 12, 11):
        written(appointment, at=at - minutes * MINUTE)
    ReadMark.objects.advance(appointment, user=appointment.patient.user, to=2)

    assert waiting(at - 10 * MINUTE) == {(appointment.patient.user, 2)}


def test_who_cannot_read_it_any_more_is_not_waited_for(appointment, at):
    RepresentationFactory(patient=appointment.patient, user__is_active=False)
    written(appointment, by=appointment.patient.user, at=at - 11 * MINUTE)
    appointment.doctor.suspend(at=at)

    assert waiting(at - 10 * MINUTE) == set()


def test_who_waits_is_found_in_four_queries(at, django_assert_num_queries):
    for chat in AppointmentFactory.create_batch(5, status=Appointment.Status.CONFIRMED):
        written(chat, at=at - 11 * MINUTE)

    with django_assert_num_queries(4):
        found = waiting(at - 10 * MINUTE)

    assert len(found) == 5


def test_staff_see_how_many_messages_wait_for_a_suspended_doctor(client, appointment, at):
    written(appointment, by=appointment.patient.user, body="It hurts")
    written(appointment, by=appointment.patient.user)
    appointment.doctor.suspend(at=at)
    client.force_login(StaffFactory())

    page = client.get(reverse("admin:chat_silentdoctor_changelist")).content.decode()

    assert [doctor.unread for doctor in with_unread(Doctor.objects.in_state("suspended"))] == [2]
    assert appointment.doctor.name in page
    assert "It hurts" not in page


def test_what_a_suspended_doctor_had_read_does_not_count(appointment, at):
    written(appointment, by=appointment.patient.user)
    ReadMark.objects.advance(appointment, user=appointment.doctor.user, to=1)
    appointment.doctor.suspend(at=at)

    assert not with_unread(Doctor.objects.in_state("suspended")).exists()


def test_the_page_says_what_the_other_side_has_read(client, appointment):
    written(appointment)
    written(appointment)
    ReadMark.objects.advance(appointment, user=appointment.patient.user, to=1)
    client.force_login(appointment.doctor.user)

    page = client.get(reverse("chat:panel", args=[appointment.reference])).content.decode()

    assert page.count("data-read>") == 1
    assert page.count("data-read hidden>") == 1


def test_the_patients_own_sides_do_not_count_as_read(appointment):
    carer = RepresentationFactory(patient=appointment.patient).user
    written(appointment, by=carer)
    ReadMark.objects.advance(appointment, user=appointment.patient.user, to=1)

    assert ReadMark.objects.other_side(appointment, carer) == 0


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See https://a.example/b?c=1&d=2.", 'href="https://a.example/b?c=1&amp;d=2"'),
        ("(https://a.example)", 'href="https://a.example"'),
        ("https://a.example/\u202egpj.exe", 'href="https://a.example/"'),
        ("https://a.example/\u2066x\u2069", 'href="https://a.example/"'),
        ("HTTP://a.example", "HTTP://a.example"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ('https://a.example/"onclick="x', 'href="https://a.example/"'),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
    ],
)
def test_only_plain_addresses_become_links(text, html):
    assert html in with_links(text)
    assert with_links(text).count("<a ") == text.count("https://a.example")


def test_a_link_gives_nothing_away():
    assert 'rel="noopener noreferrer nofollow ugc"' in with_links("https://a.example")
