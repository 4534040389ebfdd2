"""The API of the chat."""

import pytest
from django.urls import reverse

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from chat.models import ReadMark

from .factories import written
from .people import person, sign_in

pytestmark = pytest.mark.django_db


def messages(chat):
    return reverse("api:messages", args=[chat.reference])


def post(client, address, **body):
    return client.post(address, body, content_type="application/json")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("anonymous", [401, 401, 401]),
        ("patient", [200, 201, 200]),
        ("representative", [200, 201, 200]),
        ("doctor", [200, 201, 200]),
        ("other patient", [404, 404, 404]),
        ("other doctor", [404, 404, 404]),
        ("staff", [404, 404, 404]),
    ],
)
def test_who_may_list_write_and_mark(client, role, status):
    chat = AppointmentFactory()
    sign_in(client, person(role, chat))

    found = [
        client.get(messages(chat)).status_code,
        post(client, messages(chat), body="Hello").status_code,
        post(client, reverse("api:messages-read", args=[chat.reference]), seq=1).status_code,
    ]

    assert found == status


def test_messages_are_listed_in_order_from_a_number_on(client, django_assert_max_num_queries):
    chat = AppointmentFactory()
    for number in range(1, 31):
        written(chat, body=f"Line {number}")
    client.force_login(chat.patient.user)
    client.get(messages(chat))  # that the session is in use is noted once in a while

    with django_assert_max_num_queries(11):
        page = client.get(messages(chat), {"after": 5}).json()

    assert [row["seq"] for row in page["results"]] == list(range(6, 26))
    assert [row["seq"] for row in client.get(page["next"]).json()["results"]] == list(range(26, 31))


def test_a_message_tells_who_wrote_it(client):
    chat = AppointmentFactory()
    written(chat, body="Good morning.")
    client.force_login(chat.patient.user)

    [row] = client.get(messages(chat)).json()["results"]

    assert row.pop("created_at")
    assert row == {"seq": 1, "author": chat.doctor.name, "is_mine": False, "body": "Good morning.", "file_id": None}


@pytest.mark.parametrize("name", [{"client_id": "a"}, {"HTTP_IDEMPOTENCY_KEY": "a"}])
def test_a_repeated_post_gives_the_same_message(client, name):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)
    body = {"body": "Hello", "client_id": "a"} if "client_id" in name else {"body": "Hello"}
    headers = {} if "client_id" in name else {"Idempotency-Key": "a"}

    answers = [
        client.post(messages(chat), body, content_type="application/json", headers=headers).json() for _try in range(2)
    ]

    assert answers[0] == answers[1]
    assert chat.messages.count() == 1


def test_without_a_name_each_post_is_a_message(client):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)

    for _try in range(2):
        post(client, messages(chat), body="Hello")

    assert chat.messages.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": ""},
        {"body": "  "},
        {"body": "x" * 2001},
        {"body": ["x"]},
        {"body": "x", "client_id": "y" * 65},
        {"body": "\x00"},
        {"body": "\ud800"},
    ],
)
def test_a_bad_body_is_refused_with_its_field(client, body):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)

    answer = post(client, messages(chat), **body)

    assert answer.status_code == 400
    assert set(answer.json()) <= {"body", "client_id"}
    assert not chat.messages.exists()


def test_a_closed_chat_is_a_409_with_its_code(client):
    chat = AppointmentFactory(status=Appointment.Status.REQUESTED)
    client.force_login(chat.patient.user)

    answer = post(client, messages(chat), body="Hello")

    assert (answer.status_code, answer.json()["code"]) == (409, "chat_not_open_yet")


def test_a_long_message_is_refused_in_the_forms_words(client):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)

    answer = post(client, messages(chat), body="x" * 2001)

    assert answer.json()["body"] == ["Write at most 2000 characters. These are 2001: send them as two messages."]


@pytest.mark.parametrize(("asked", "mark"), [(1, 2), (2, 2), (3, 3), (999, 3)])
def test_the_mark_goes_neither_back_nor_beyond_the_last_message(client, asked, mark):
    chat = AppointmentFactory()
    for _number in range(3):
        written(chat)
    ReadMark.objects.advance(chat, user=chat.patient.user, to=2)
    client.force_login(chat.patient.user)

    answer = post(client, reverse("api:messages-read", args=[chat.reference]), seq=asked)

    assert answer.json() == {"seq": mark}
    assert ReadMark.objects.get(user=chat.patient.user).seq == mark


@pytest.mark.parametrize("body", [{}, {"seq": "x"}, {"seq": -1}])
def test_a_bad_mark_is_refused(client, body):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)

    assert post(client, reverse("api:messages-read", args=[chat.reference]), **body).status_code == 400


@pytest.mark.parametrize("after", ["x", "-1"])
def test_a_bad_number_is_refused(client, after):
    chat = AppointmentFactory()
    client.force_login(chat.patient.user)

    assert client.get(messages(chat), {"after": after}).status_code == 400


def part_of(chat, part):
    return f"{messages(chat)}{part}/"


def test_the_doctor_closes_the_chat_and_opens_it_again(client):
    chat = AppointmentFactory()
    sign_in(client, chat.doctor.user)

    before = client.get(part_of(chat, "state")).json()["closed"]
    client.post(part_of(chat, "close"))
    closed = client.get(part_of(chat, "state")).json()["closed"]
    client.post(part_of(chat, "reopen"))

    assert (before, closed) == (None, "chat_closed_by_doctor")
    assert client.get(part_of(chat, "state")).json()["closed"] is None


@pytest.mark.parametrize("part", ["close", "reopen"])
def test_the_patient_cannot_close_the_chat(client, part):
    chat = AppointmentFactory()
    sign_in(client, chat.patient.user)

    assert client.post(part_of(chat, part)).status_code == 403


def test_one_sees_how_far_the_other_side_has_read(client):
    chat = AppointmentFactory()
    written(chat, by=chat.patient.user)
    ReadMark.objects.advance(chat, user=chat.doctor.user, to=1)
    sign_in(client, chat.patient.user)

    assert client.get(part_of(chat, "state")).json()["read_to"] == 1
