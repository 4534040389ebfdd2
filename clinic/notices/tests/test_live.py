"""What a person's open pages hear of their notices."""

import pytest
from asgiref.sync import sync_to_async as in_db

from appointments.tests.factories import AppointmentFactory
from chat.tests.factories import written
from chat.tests.sockets import Socket
from clinic.notices.live import tell_pages
from televisit.tests.pages import in_loop

pytestmark = pytest.mark.django_db(transaction=True)


@in_loop
async def test_a_page_hears_how_many_are_unread():
    chat = await in_db(AppointmentFactory)()
    page = await Socket.open("/ws/notices/", chat.patient.user)

    await in_db(tell_pages)([chat.patient.user.pk])

    assert await page.hears() == {"notices": 0}


@in_loop
async def test_the_other_sockets_of_the_reader_go_on():
    chat = await in_db(AppointmentFactory)()
    page = await Socket.open(f"/ws/appointments/{chat.reference}/", chat.patient.user)

    await in_db(tell_pages)([chat.patient.user.pk])
    message = await in_db(written)(chat)

    assert await page.hears() == {"message": message.seq}
