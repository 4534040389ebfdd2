"""Guests of a visit in its chat: from their admission on, with their session's seat."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async as in_db
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.models import Message, ReadMark
from chat.tests.factories import written
from chat.tests.sockets import Socket
from televisit.models import Participant
from televisit.tests.factories import a_visit, both_in
from televisit.tests.pages import in_loop
from televisit.visitors import SEATS

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def visit():
    visit = a_visit()
    both_in(visit)
    return visit


@pytest.fixture
def seat(visit):
    return visit.seat_guest("Ines Prado", role=Participant.Role.INTERPRETER)


def sit(client, seat):
    session = client.session
    session[SEATS] = {seat.visit.uid: seat.uid}
    session.save()


@pytest.fixture
def guest(client, visit, seat):
    """The browser of a guest who was let in; something was written before, and something after."""
    now = timezone.now()
    written(visit.appointment, body="Of the time before.", at=now - timedelta(minutes=2))
    seat.admit(by=visit.host.user, at=now - timedelta(minutes=1))
    written(visit.appointment, body="Welcome.", at=now)
    sit(client, seat)
    return client


def panel(visit):
    return reverse("chat:panel", args=[visit.appointment.reference])


def messages(visit):
    return reverse("api:messages", args=[visit.appointment.reference])


@pytest.mark.parametrize("query", ["", "?after=0", "?before=9"])
def test_guest_reads_from_admission_on(guest, visit, query):
    page = guest.get(panel(visit) + query).content.decode()

    assert "Welcome." in page
    assert "Of the time before." not in page
    assert "Earlier messages" not in page


def test_guest_lists_from_admission_on(guest, visit):
    listed = guest.get(messages(visit)).json()["results"]

    assert [row["body"] for row in listed] == ["Welcome."]
    assert not listed[0]["is_mine"]


def test_guest_writes_with_name_and_role(guest, visit, seat):
    guest.post(panel(visit), {"body": "Good morning", "client_id": "one"})

    message = Message.objects.last()
    assert (message.author, message.seat) == (None, seat)
    assert message.author_name == "Ines Prado (Interpreter)"
    assert "msg-me" in guest.get(panel(visit)).content.decode()


def test_guest_writes_by_call_once(guest, visit):
    body = {"body": "Good morning", "client_id": "one"}

    answers = [guest.post(messages(visit), body, content_type=JSON) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["is_mine"]
    assert Message.objects.filter(body__isnull=False, seat__isnull=False).count() == 1


def test_what_guests_write_is_unread_by_the_doctor(guest, visit):
    guest.post(messages(visit), {"body": "Good morning"}, content_type=JSON)

    assert Message.objects.unread_by(visit.host.user).count() == 1


def test_forged_call_in_a_guests_name_is_refused(guest, visit):
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = guest.cookies

    assert forged.post(messages(visit), {"body": "Hello"}, content_type=JSON).status_code == 403
    assert not Message.objects.filter(author=None).exists()


def test_guest_adds_no_file_and_sees_no_name_of_one(guest, visit):
    upload = SimpleUploadedFile("knee.pdf", b"%PDF-1.4 knee", content_type="application/pdf")

    assert guest.post(messages(visit), {"body": "Look", "file": upload}).status_code == 400
    assert 'type="file"' not in guest.get(panel(visit)).content.decode()


def test_no_mark_is_kept_of_what_guests_read(guest, visit):
    before = ReadMark.objects.count()
    guest.get(panel(visit))

    assert guest.post(f"{messages(visit)}read/", {"seq": 2}, content_type=JSON).status_code == 403
    assert ReadMark.objects.count() == before


def test_who_still_waits_has_no_part(client, visit, seat):
    sit(client, seat)

    assert client.get(panel(visit)).status_code == 302
    assert client.get(messages(visit)).status_code == 404


@pytest.mark.parametrize("ending", ["removed", "ended"])
def test_a_guests_part_ends(guest, visit, seat, ending):
    end = {"removed": seat.remove, "ended": visit.end}[ending]
    end(by=visit.host.user, at=timezone.now())

    assert guest.get(panel(visit)).status_code == 302
    assert guest.post(messages(visit), {"body": "Hello"}, content_type=JSON).status_code == 404


def test_seat_opens_no_other_chat(guest):
    other = a_visit(starts_in=timedelta(minutes=50))

    assert guest.get(panel(other)).status_code == 302
    assert guest.get(messages(other)).status_code == 404


def test_chat_is_all_that_a_seat_opens(guest, visit):
    assert guest.get(reverse("record:summary", args=[visit.appointment.patient.uid])).status_code == 302
    assert guest.get(reverse("record:visit-files", args=[visit.code])).status_code == 302
    assert guest.get(visit.appointment.get_absolute_url()).status_code == 302


@pytest.mark.django_db(transaction=True)
@in_loop
async def test_guests_socket_tells_of_news_until_they_are_removed():
    appointment, seat, cookie = await in_db(admitted_guest)()
    socket = await Socket.open(f"/ws/appointments/{appointment.reference}/", None, cookie=cookie)
    await in_db(written)(appointment)
    assert (await socket.hears())["message"] == 1

    await in_db(seat.remove)(by=None, at=timezone.now())
    await in_db(written)(appointment)

    assert await socket.is_closed_with() == (4404, "not_found")


def admitted_guest():
    visit = a_visit()
    both_in(visit)
    seat = visit.seat_guest("Ines Prado", role=Participant.Role.INTERPRETER)
    seat.admit(by=visit.host.user, at=timezone.now())
    client = Client()
    sit(client, seat)
    return visit.appointment, seat, client.cookies[settings.SESSION_COOKIE_NAME].value
