"""Who is signed out, suspended or no longer of the visit keeps no open socket."""

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.tests.sockets import Socket
from clinic.people.sessions import end_sessions_of
from clinic.people.tests.factories import DoctorFactory, StaffFactory
from televisit.models import Participant
from televisit.tests.factories import a_seat_of_the_patient, a_visit
from televisit.tests.pages import Page, in_loop, two_pages
from televisit.tokens import join_token

pytestmark = pytest.mark.django_db(transaction=True)
in_db = sync_to_async
SIGNED_OUT, SUSPENDED, TRY_AGAIN = (4401, "signed_out"), (4403, "suspended"), (1013, "try_again")


def sign_out_everywhere(user):
    """As each browser's own sign-out does."""
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            request = HttpRequest()
            request.session = session.get_session_store_class()(session.session_key)
            logout(request)


def end_sessions(user):
    """Of browsers that have opened a page, and so are listed."""
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            UserSession.objects.create(user=user, session_key=session.session_key, ip="127.0.0.1")
    end_sessions_of(user)


def suspend(user):
    user.doctor.suspend(at=timezone.now())


def deactivate(user):
    staff = Client()
    staff.force_login(StaffFactory(is_superuser=True))
    facts = {"given_name": user.given_name, "family_name": user.family_name, "zone": user.zone}
    inline = {"emailaddress_set-TOTAL_FORMS": 0, "emailaddress_set-INITIAL_FORMS": 0}
    address = reverse("admin:people_user_change", args=[user.pk])
    assert staff.post(address, {**facts, **inline}).status_code == 302


def change_password(user):
    client = Client()
    client.force_login(user)
    user.set_password("a-good-old-one-7")
    user.save()
    client.force_login(user)
    new = {"oldpassword": "a-good-old-one-7", "password1": "a-good-new-one-7", "password2": "a-good-new-one-7"}
    assert client.post(reverse("account_change_password"), new).status_code == 302


@pytest.mark.parametrize(
    ("befall", "closed"),
    [
        (change_password, TRY_AGAIN),
        (sign_out_everywhere, SIGNED_OUT),
        (end_sessions, SIGNED_OUT),
        (suspend, SUSPENDED),
        (deactivate, SUSPENDED),
    ],
)
def test_open_sockets_close(befall, closed):
    @in_loop
    async def lose():
        visit, doctor, patient = await two_pages()
        user = visit.host.user
        notices = await Socket.open("/ws/notices/", user)
        await in_db(befall)(user)
        assert await doctor.is_closed_with() == closed
        assert await notices.is_closed_with() == closed
        assert (await patient.hears("peer-left"))["peer"] == doctor.peer
        assert await patient.hears_nothing_of("peer-left")

    lose()


@in_loop
async def test_suspension_closes_a_socket_that_a_token_opened():
    visit = await in_db(a_visit)()
    page = await Page.open(visit, None)
    await page.hello(token=join_token(visit, visit.host.user, "doctor"))
    await page.hears("admitted")

    await in_db(suspend)(visit.host.user)

    assert await page.is_closed_with() == SUSPENDED


@in_loop
async def test_who_lost_their_part_in_the_visit_is_put_out_at_the_next_offer():
    visit, doctor, patient = await two_pages()
    await in_db(give_to_another_doctor)(visit)

    await doctor.signal(patient, description={"type": "offer", "sdp": "v=0"})

    assert await doctor.is_closed_with() == (4403, "no_seat")


@in_loop
async def test_who_lost_their_part_in_the_visit_admits_nobody():
    visit = await in_db(a_visit)()
    seat = await in_db(a_seat_of_the_patient)(visit)
    doctor = await Page.inside(visit, visit.host.user)
    await in_db(give_to_another_doctor)(visit)

    await doctor.say(type="admit", participant=seat.uid)

    assert await doctor.is_closed_with() == (4403, "no_seat")
    await in_db(seat.refresh_from_db)()
    assert not seat.is_admitted


@in_loop
async def test_page_whose_attendance_cannot_be_written_dials_again(monkeypatch):
    visit = await in_db(a_visit)()
    page = await Page.open(visit, visit.host.user)
    with monkeypatch.context() as broken:
        broken.setattr(Participant, "enter", fail)
        await page.hello()
        assert await page.is_closed_with() == (1013, "try_again")

    await Page.inside(visit, visit.host.user)


def fail(seat, *, at):
    raise DatabaseError


def give_to_another_doctor(visit):
    visit.host = DoctorFactory()
    visit.save(update_fields=["host"])


@in_loop
async def test_session_that_ends_during_the_handshake_opens_nothing(monkeypatch):
    """Its end was said before the socket could hear it."""
    visit = await in_db(a_visit)()
    monkeypatch.setattr("clinic.live.is_alive", lambda _key: False)

    notices = await Socket.open("/ws/notices/", visit.host.user)

    assert await notices.is_closed_with() == (4401, "not_signed_in")
