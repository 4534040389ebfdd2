"""What somebody has not read yet, and how pages say so."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from appointments.tests.factories import AppointmentFactory
from chat.models import Message, ReadMark
from clinic.people.tests.factories import RepresentationFactory, StaffFactory

from .factories import written

pytestmark = pytest.mark.django_db
PAGE = Template("{% load chat %}{% for each in appointments %}{% unread_badge each %}{% endfor %}")


def badges(user, *appointments):
    request = RequestFactory().get("/")
    request.user = user
    return PAGE.render(Context({"request": request, "appointments": appointments}))


def test_unread_is_what_others_wrote_since_the_mark():
    chat = AppointmentFactory()
    for _number in range(3):
        written(chat)
    written(chat, by=chat.patient.user)
    ReadMark.objects.filter(user=chat.patient.user).update(seq=1)

    unread = Message.objects.unread_by(chat.patient.user)

    assert [message.seq for message in unread] == [2, 3]


def test_who_writes_has_read_what_came_before():
    chat = AppointmentFactory()
    written(chat)

    written(chat, by=chat.patient.user)

    assert not Message.objects.unread_by(chat.patient.user).exists()


def test_each_reader_of_a_side_has_a_mark_of_their_own():
    chat = AppointmentFactory()
    written(chat)
    mother = RepresentationFactory(patient=chat.patient).user
    ReadMark.objects.advance(chat, user=mother, to=1)

    assert not Message.objects.unread_by(mother).exists()
    assert Message.objects.unread_by(chat.patient.user).count() == 1


def test_nothing_is_unread_for_staff():
    written(AppointmentFactory())

    assert not Message.objects.unread_by(StaffFactory()).exists()


def test_badges_of_a_page_cost_one_query(django_assert_num_queries):
    one = AppointmentFactory()
    others = [AppointmentFactory(patient=one.patient, doctor=one.doctor) for _number in range(3)]
    written(one)
    for _number in range(2):
        written(others[0])

    with django_assert_num_queries(1):
        page = badges(one.patient.user, one, *others)

    assert "1 new message<" in page
    assert "2 new messages<" in page
    assert page.count("<span") == 2
