"""Writing a message: its number, what is sent twice, when the chat is closed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from chat.errors import ChatClosed, ChatNotOpenYet, ClientIdReused
from chat.models import Message
from clinic.people.tests.factories import RepresentationFactory

from .factories import written

pytestmark = pytest.mark.django_db


def test_messages_are_numbered_in_each_chat():
    one, other = AppointmentFactory(), AppointmentFactory()

    numbers = [written(one).seq, written(one, by=one.patient.user).seq, written(other).seq, written(one).seq]

    assert numbers == [1, 2, 1, 3]


def test_a_message_sent_twice_is_posted_once():
    chat = AppointmentFactory()
    first = written(chat, body="Hello", client_id="a")

    again = written(chat, body="Hello", client_id="a")

    assert again == first
    assert chat.messages.count() == 1


def test_another_text_under_the_same_name_is_refused():
    chat = AppointmentFactory()
    written(chat, body="Hello", client_id="a")

    with pytest.raises(ClientIdReused):
        written(chat, body="Something else", client_id="a")

    assert [message.body for message in chat.messages.all()] == ["Hello"]


def test_two_people_may_use_the_same_name():
    chat = AppointmentFactory()
    written(chat, client_id="a")

    written(chat, by=chat.patient.user, client_id="a")

    assert chat.messages.count() == 2


def test_a_retry_is_answered_after_the_chat_was_closed():
    chat = AppointmentFactory()
    first = written(chat, client_id="a")

    assert written(chat, client_id="a", at=chat.ends_at + timedelta(days=8)) == first


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (Appointment.Status.REQUESTED, ChatNotOpenYet),
        (Appointment.Status.DECLINED, ChatClosed),
        (Appointment.Status.EXPIRED, ChatClosed),
        (Appointment.Status.CANCELLED, ChatClosed),
    ],
)
def test_nobody_writes_about_what_is_not_confirmed(status, refusal):
    chat = AppointmentFactory(status=status)

    with pytest.raises(refusal):
        written(chat)

    assert not chat.messages.exists()


@pytest.mark.parametrize(
    "status",
    [
        Appointment.Status.CONFIRMED,
        Appointment.Status.IN_PROGRESS,
        Appointment.Status.COMPLETED,
        Appointment.Status.NO_SHOW,
    ],
)
def test_the_chat_stays_open_for_a_week_after_the_visit(status):
    chat = AppointmentFactory(status=status)
    end = chat.ends_at + timedelta(days=7)

    written(chat, at=end - timedelta(seconds=1))
    with pytest.raises(ChatClosed):
        written(chat, at=end)

    assert chat.messages.count() == 1


def test_the_state_of_the_moment_counts_and_not_that_of_the_page():
    chat = AppointmentFactory()
    Appointment.objects.update(status=Appointment.Status.CANCELLED)

    with pytest.raises(ChatClosed):
        written(chat)


def test_text_is_encrypted_in_the_database():
    message = written(AppointmentFactory(), body="A rash on the left arm")

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM chat_message WHERE id = %s", [message.pk])
        stored = bytes(cursor.fetchone()[0])

    assert b"rash" not in stored
    assert Message.objects.get(pk=message.pk).body == "A rash on the left arm"


def test_authors_are_called_as_the_other_side_knows_them():
    chat = AppointmentFactory(patient__given_name="Mia", patient__family_name="Sousa")
    mother = RepresentationFactory(patient=chat.patient, user__given_name="Ana", user__family_name="Sousa").user

    names = [written(chat, by=user).author_name for user in (chat.doctor.user, chat.patient.user, mother)]

    assert names == [chat.doctor.name, "Mia Sousa", "Ana Sousa"]


@pytest.mark.django_db(transaction=True)
def test_messages_written_at_once_get_one_number_each_and_none_is_skipped():
    chat = AppointmentFactory()
    at = timezone.now()

    def write(number):
        try:
            author = chat.doctor.user if number % 2 else chat.patient.user
            return written(chat, by=author, body=f"Line {number}", at=at).seq
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(write, range(24)))

    assert sorted(given) == list(range(1, 25))
    assert [message.body for message in chat.messages.after(0)] == [f"Line {given.index(seq)}" for seq in range(1, 25)]


@pytest.mark.django_db(transaction=True)
def test_who_reads_on_never_finds_a_number_later_than_one_that_is_still_missing():
    chat = AppointmentFactory()

    def write(number):
        try:
            written(chat, body=f"Line {number}")
            return [message.seq for message in chat.messages.after(0)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(write, range(12)))

    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in seen)


@pytest.mark.django_db(transaction=True)
def test_the_same_message_sent_at_once_from_two_tabs_is_posted_once():
    chat = AppointmentFactory()

    def write(_number):
        try:
            return written(chat, body="Hello", client_id="a").pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        posted = set(pool.map(write, range(8)))

    assert len(posted) == 1
    assert chat.messages.count() == 1


def test_the_servers_clock_counts_and_not_the_order_of_clocks():
    chat = AppointmentFactory()
    now = timezone.now()

    written(chat, body="Later clock", at=now + timedelta(minutes=5))
    written(chat, body="Slower clock", at=now)

    assert [message.body for message in chat.messages.order_by("seq")] == ["Later clock", "Slower clock"]


def test_ten_thousand_messages_cost_what_one_costs(django_assert_max_num_queries):
    chat = AppointmentFactory()
    facts = {"appointment": chat, "author": chat.doctor.user, "body": "x", "created_at": timezone.now()}
    Message.objects.bulk_create([Message(seq=seq, client_id=f"{seq}", **facts) for seq in range(1, 10_001)])

    with django_assert_max_num_queries(14):
        assert written(chat).seq == 10_001
        assert [message.seq for message in chat.messages.with_authors().after(9_999)] == [10_000, 10_001]
