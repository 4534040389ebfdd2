"""Notices in the portal: the list, the badge, the API, the socket, the admin."""

from datetime import timedelta

import pytest
import time_machine
from asgiref.sync import sync_to_async as in_db
from django.urls import reverse
from django.utils import timezone

from appointments.tests.factories import AppointmentFactory, booked
from chat.tests.people import sign_in
from chat.tests.sockets import Socket
from clinic.notices.accounts import notices_of_registration
from clinic.notices.models import Delivery, Notice
from clinic.notices.tasks import announce
from clinic.people.tests.factories import PatientFactory, StaffFactory, UserFactory, staff_in
from televisit.tests.pages import in_loop

from .factories import a_delivery, announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    """A patient with a notice that is new."""
    patient = PatientFactory()
    announced(booked(patient=patient))
    return patient.user


def badge(client):
    return client.get(reverse("notices:badge")).content.decode()


def test_the_list_shows_what_is_new_once(client, patient):
    client.force_login(patient)

    pages = []
    for minutes in (0, 0, 2):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            pages.append(client.get(reverse("notices:list")).content.decode())

    assert all("Your visit is confirmed" in page for page in pages)
    assert ["New</span>" in page for page in pages] == [True, True, False]


def test_the_list_fetches_itself_again_when_there_is_news(client, patient):
    client.force_login(patient)

    page = client.get(reverse("notices:list") + "?page=1").content.decode()

    assert 'hx-get="/notices/?page=1" hx-select="#notices"' in page


def test_the_badge_counts_what_is_new(client, patient):
    client.force_login(patient)
    before = badge(client)
    client.get(reverse("notices:list"))

    assert "1<span" in before
    assert '<span class="badge count"' not in badge(client)


def test_the_badge_is_on_every_page(client, patient):
    client.force_login(patient)

    page = client.get(reverse("settings:index")).content.decode()

    assert 'data-live="/ws/notices/"' in page


def test_nobody_reads_another_persons_notices(client, patient):
    client.force_login(StaffFactory())

    page = client.get(reverse("notices:list")).content.decode()

    assert "Your visit is confirmed" not in page
    assert Notice.objects.filter(recipient=patient).unread().count() == 1


def test_a_notice_shows_its_time_in_the_readers_zone(client):
    patient = PatientFactory(user__zone="Asia/Tokyo")
    announced(booked(patient=patient))
    client.force_login(patient.user)

    assert "Tokyo time" in client.get(reverse("notices:list")).content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [("anonymous", [302, 302, 401, 401]), ("user", [200, 200, 200, 200]), ("staff", [200, 200, 200, 200])],
)
def test_who_may_open_what(client, role, status):
    sign_in(client, {"anonymous": None, "user": UserFactory(), "staff": StaffFactory()}[role])

    found = [
        client.get(reverse("notices:list")).status_code,
        client.get(reverse("notices:badge")).status_code,
        client.get(reverse("api:notices")).status_code,
        client.post(reverse("api:notices-read")).status_code,
    ]

    assert found == status


def test_queries_do_not_grow_with_the_notices(client, patient, django_assert_max_num_queries):
    appointment = AppointmentFactory(patient=patient.patient)
    Notice.objects.bulk_create(
        Notice(
            kind="cancelled",
            side="patient",
            key=f"k{number}",
            recipient=patient,
            appointment=appointment,
            at=timezone.now(),
        )
        for number in range(40)
    )
    client.force_login(patient)

    with django_assert_max_num_queries(14):
        page = client.get(reverse("notices:list")).content.decode()

    assert page.count("The visit is cancelled") == 20
    assert "Page 1 of 3" in page


def test_the_api_lists_and_marks(client, patient):
    client.force_login(patient)

    [row] = client.get(reverse("api:notices")).json()["results"]
    marked = client.post(reverse("api:notices-read")).json()

    notice = Notice.objects.get(recipient=patient)
    assert (row["uid"], row["kind"], row["read_at"]) == (notice.uid, "confirmed", None)
    assert row["title"] == "Your visit is confirmed"
    assert row["url"] == f"/appointments/{notice.appointment.reference}/"
    assert marked == {"marked": 1}
    assert notice.read_at is not None


def test_the_api_pages_without_gaps(client, patient):
    appointment = AppointmentFactory(patient=patient.patient)
    at = timezone.now()
    Notice.objects.bulk_create(
        Notice(kind="cancelled", side="patient", key=f"k{number}", recipient=patient, appointment=appointment, at=at)
        for number in range(30)
    )
    client.force_login(patient)

    first = client.get(reverse("api:notices")).json()
    second = client.get(first["next"]).json()

    uids = [row["uid"] for page in (first, second) for row in page["results"]]
    assert len(uids) == len(set(uids)) == 31


@pytest.mark.django_db(transaction=True)
@in_loop
async def test_all_pages_of_a_person_hear_how_many_are_new():
    patient = await in_db(PatientFactory)()
    pages = [await Socket.open("/ws/notices/", patient.user) for _tab in range(2)]
    stranger = await Socket.open("/ws/notices/", await in_db(UserFactory)())

    appointment = await in_db(booked)(patient=patient)
    event = await appointment.events.aget()
    await in_db(announce)("appointments", event.pk)

    assert [await page.hears() for page in pages] == [{"notices": 1}] * 2
    assert await stranger.hears_nothing()


@pytest.mark.django_db(transaction=True)
@in_loop
async def test_nobody_without_a_session_follows():
    page = await Socket.open("/ws/notices/", None)

    assert await page.is_closed_with() == (4401, "not_signed_in")


@pytest.mark.parametrize(
    ("frame", "close"), [("hello", (4400, "takes_no_messages")), ("x" * 1001, (4413, "too_large"))]
)
@pytest.mark.django_db(transaction=True)
def test_what_a_page_says_closes_its_socket(frame, close):
    @in_loop
    async def run():
        page = await Socket.open("/ws/notices/", await in_db(UserFactory)())
        await page.says(text=frame)

        assert await page.is_closed_with() == close

    run()


@pytest.mark.parametrize("page", ["notice", "delivery", "reminder"])
def test_staff_see_lists_in_the_admin(client, patient, page, django_assert_max_num_queries):
    client.force_login(StaffFactory())

    with django_assert_max_num_queries(14):
        response = client.get(reverse(f"admin:notices_{page}_changelist"))

    assert response.status_code == 200


@pytest.mark.parametrize("page", ["notice", "delivery"])
def test_staff_of_one_clinic_see_its_own_and_what_belongs_to_none(client, patient, page):
    here, there = a_delivery(), a_delivery()
    welcome = Notice.objects.give(notices_of_registration(patient))[0]
    shown = {
        "notice": (here.notice_id, there.notice_id, welcome.notice_id),
        "delivery": (here.pk, there.pk, welcome.pk),
    }
    client.force_login(staff_in("receptionist", here.notice.appointment.clinic))

    codes = [client.get(reverse(f"admin:notices_{page}_change", args=[pk])).status_code for pk in shown[page]]

    assert codes == [200, 302, 200]


def test_staff_change_nothing_in_the_admin(client):
    delivery = a_delivery()
    client.force_login(StaffFactory())
    pages = {"delivery": delivery.pk, "notice": delivery.notice_id}

    for name, pk in pages.items():
        shown = client.get(reverse(f"admin:notices_{name}_change", args=[pk]))
        assert shown.status_code == 200
        assert 'name="_save"' not in shown.content.decode()
        assert client.post(reverse(f"admin:notices_{name}_delete", args=[pk])).status_code == 403


@pytest.mark.parametrize(
    ("status", "is_queued"),
    [
        ("dead", True),
        ("in_doubt", True),
        ("bounced", True),
        ("sent", False),
        ("queued", False),
        ("sending", False),
        ("failed", False),
    ],
)
def test_staff_send_again_what_was_given_up(client, django_capture_on_commit_callbacks, queued, status, is_queued):
    delivery = a_delivery(status=status, attempts=12, problem="refused")
    client.force_login(StaffFactory())

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("admin:notices_delivery_changelist"),
            {"action": "send_again", "_selected_action": [delivery.pk]},
        )

    delivery.refresh_from_db()
    assert queued == ([delivery.pk] if is_queued else [])
    assert (delivery.status, delivery.attempts) == (("queued", 0) if is_queued else (status, 12))


def test_staff_without_the_right_cannot_send_again(client):
    delivery = a_delivery(status=Delivery.Status.DEAD)
    client.force_login(StaffFactory(is_superuser=False))

    response = client.post(
        reverse("admin:notices_delivery_changelist"), {"action": "send_again", "_selected_action": [delivery.pk]}
    )

    delivery.refresh_from_db()
    assert response.status_code == 403
    assert delivery.status == Delivery.Status.DEAD
