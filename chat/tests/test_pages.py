"""The chat as a page and as a panel."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from chat.forms import MessageForm
from chat.models import ReadMark

from .factories import written
from .people import person, sign_in

pytestmark = pytest.mark.django_db


def address(chat, query=""):
    return reverse("chat:panel", args=[chat.reference]) + query


@pytest.mark.parametrize(
    ("role", "get", "post"),
    [
        ("anonymous", 302, 302),
        ("patient", 200, 302),
        ("representative", 200, 302),
        ("doctor", 200, 302),
        ("former representative", 404, 404),
        ("unchecked representative", 404, 404),
        ("other patient", 404, 404),
        ("other doctor", 404, 404),
        ("nobody", 404, 404),
        ("staff", 404, 404),
    ],
)
def test_who_may_read_and_write(client, role, get, post):
    chat = AppointmentFactory()
    sign_in(client, person(role, chat))

    found = [
        client.get(address(chat)).status_code,
        client.post(address(chat), {"body": "Hello", "client_id": "a"}).status_code,
    ]

    assert found == [get, post]
    assert chat.messages.exists() == (post == 302 and role != "anonymous")


def test_a_suspended_doctor_reads_no_more(client):
    chat = AppointmentFactory()
    chat.doctor.suspend(at=timezone.now())
    client.force_login(chat.doctor.user)

    assert client.get(address(chat)).status_code == 404


def test_without_script_a_message_is_sent_by_the_form(client):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)
    name = client.get(address(chat)).context["form"]["client_id"].value()

    for _press in range(2):
        page = client.post(address(chat), {"body": "  Hello\r\nthere ", "client_id": name}, follow=True)

    assert [message.body for message in chat.messages.all()] == ["Hello\nthere"]
    assert "Hello\nthere" in page.content.decode()


def test_text_is_shown_as_it_was_written(client):
    chat = AppointmentFactory()
    written(chat, body="<script>alert(1)</script> & {{ user }}")
    client.force_login(chat.patient.user)

    page = client.get(address(chat)).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ user }}" in page


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "Write your message first."),
        (" \r\n ", "Write your message first."),
        ("x" * 2001, "Write at most 2000 characters. These are 2001: send them as two messages."),
        ("null\x00", "Null characters are not allowed."),
    ],
)
def test_a_bad_message_is_named_and_kept(client, body, error):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)

    page = client.post(address(chat), {"body": body, "client_id": "a"})

    assert page.status_code == 200
    assert page.context["form"].errors["body"] == [error]
    assert not chat.messages.exists()


def test_line_ends_count_once():
    text = "\r\n".join(["x" * 99] * 20) + "y"

    form = MessageForm({"body": text, "client_id": "a"})

    assert form.is_valid()
    assert len(form.cleaned_data["body"]) == 2000


def test_a_chat_that_is_not_open_says_so_and_has_no_field(client):
    chat = AppointmentFactory(status=Appointment.Status.REQUESTED)
    client.force_login(chat.patient.user)

    page = client.get(address(chat)).content.decode()

    assert "You can write to each other once the visit is confirmed." in page
    assert "<textarea" not in page


def test_a_message_that_comes_too_late_is_refused_in_words(client):
    chat = AppointmentFactory(status=Appointment.Status.CANCELLED)
    client.force_login(chat.patient.user)

    page = client.post(address(chat), {"body": "Hello", "client_id": "a"})

    assert page.context["form"].non_field_errors() == ["This chat is closed. You can still read it."]


def test_htmx_gets_the_panel_alone(client):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)

    page = client.get(address(chat), headers={"HX-Request": "true"}).content.decode()

    assert "<portal-chat" in page
    assert "<html" not in page


def test_new_messages_come_as_a_fragment(client):
    chat = AppointmentFactory()
    for number in range(1, 5):
        written(chat, body=f"Line {number}")
    client.force_login(chat.patient.user)

    fragment = client.get(address(chat, "?after=2"))

    assert [message.seq for message in fragment.context["chat"]] == [3, 4]
    assert "Line 2" not in fragment.content.decode()


@pytest.mark.parametrize("query", ["?after=x", "?after=", "?before=1.5"])
def test_a_number_that_is_none_is_not_found(client, query):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)

    assert client.get(address(chat, query)).status_code == 404


def test_older_messages_are_a_page_away(client):
    chat = AppointmentFactory()
    for number in range(1, 53):
        written(chat, body=f"Line {number}")
    client.force_login(chat.patient.user)

    newest = client.get(address(chat))
    older = client.get(address(chat, "?before=3"), headers={"HX-Request": "true"})

    assert [message.seq for message in newest.context["chat"]] == list(range(3, 53))
    assert "?before=3" in newest.content.decode()
    assert [message.seq for message in older.context["chat"]] == [1, 2]
    assert "Earlier messages" not in older.content.decode()


def test_the_time_is_the_readers(client):
    start = timezone.now().replace(hour=23, minute=30) - timedelta(days=1)
    chat = AppointmentFactory(patient__user__zone="Asia/Tokyo", doctor__user__zone="America/New_York")
    written(chat, at=start)

    shown = {}
    for user in (chat.patient.user, chat.doctor.user):
        client.force_login(user)
        shown[user.zone] = client.get(address(chat)).content.decode()

    assert "08:30" in shown["Asia/Tokyo"]
    assert "08:30" not in shown["America/New_York"]


def test_the_day_is_named_unless_it_is_today(client):
    chat = AppointmentFactory(begins=timezone.now(), patient__user__zone="Europe/Lisbon")
    client.force_login(chat.patient.user)
    written(chat, at=chat.starts_at)
    day = f"{timezone.localtime(chat.starts_at):%a}"

    same_day = client.get(address(chat)).content.decode()
    with time_machine.travel(chat.starts_at + timedelta(days=2)):
        client.force_login(chat.patient.user)
        later = client.get(address(chat)).content.decode()

    log = slice(same_day.index('role="log"'), same_day.index("Not for emergencies"))
    assert f"{day} " not in same_day[log]
    assert f">{day} " in later[later.index('role="log"') :]


def test_the_whole_page_counts_as_read_and_its_parts_do_not(client):
    chat = AppointmentFactory()
    written(chat)
    client.force_login(chat.patient.user)

    client.get(address(chat), headers={"HX-Request": "true"})
    client.get(address(chat, "?after=0"))
    assert not ReadMark.objects.filter(user=chat.patient.user).exists()

    client.get(address(chat))
    assert ReadMark.objects.get(user=chat.patient.user).seq == 1


def test_queries_do_not_grow_with_the_messages(client, django_assert_max_num_queries):
    chat = AppointmentFactory()
    for _number in range(40):
        written(chat)
    client.force_login(chat.patient.user)
    client.get(address(chat))  # the first page of a session writes down that there is one

    with django_assert_max_num_queries(14):
        client.get(address(chat))
