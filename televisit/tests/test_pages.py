"""The door, the room and its fragments: who may open what, and what they show."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people.tests.factories import PatientFactory, RepresentationFactory, StaffFactory
from televisit.models import Note, Participant, Visit
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in

pytestmark = pytest.mark.django_db
WHERE = {"place": "5 Harbour Street, Lisbon", "callback": "+351 912 345 678", "consent": "on"}
FOUND, FORBIDDEN, UNKNOWN, SIGN_IN, TO_DOOR = 200, 403, 404, 302, 302
MOST_QUERIES = 14


def who(visit, name):
    """The user called `name` in the tables below; None is nobody."""
    users = {
        "doctor": lambda: visit.host.user,
        "patient": lambda: visit.appointment.patient.user,
        "stranger": lambda: PatientFactory().user,
        "staff": StaffFactory,
    }
    return users[name]() if name in users else None


def address(visit, page):
    seat = a_seat_of_the_patient(visit) if page in {"admit", "remove"} else None
    return reverse(f"televisit:{page}", args=[visit.code, seat.uid] if seat else [visit.code])


def sign_in(client, user):
    if user is not None:
        client.force_login(user)


@pytest.mark.parametrize(
    ("page", "statuses"),
    [
        ("door", {"doctor": FOUND, "patient": FOUND, "stranger": FOUND, "staff": FOUND, "nobody": FOUND}),
        ("room", {"doctor": FOUND, "patient": TO_DOOR, "stranger": UNKNOWN, "staff": UNKNOWN, "nobody": SIGN_IN}),
        ("waiting", {"doctor": FOUND, "patient": FOUND, "stranger": UNKNOWN, "staff": UNKNOWN, "nobody": SIGN_IN}),
        ("people", {"doctor": FOUND, "patient": FORBIDDEN, "stranger": UNKNOWN, "staff": UNKNOWN, "nobody": SIGN_IN}),
        ("note", {"doctor": FOUND, "patient": FORBIDDEN, "stranger": UNKNOWN, "staff": UNKNOWN, "nobody": SIGN_IN}),
    ],
)
def test_who_may_open_a_page(client, page, statuses):
    visit = a_visit()

    for name, status in statuses.items():
        client.logout()
        sign_in(client, who(visit, name))
        assert client.get(address(visit, page)).status_code == status, name


@pytest.mark.parametrize("page", ["admit", "remove", "end", "note"])
@pytest.mark.parametrize(("name", "status"), [("patient", 403), ("stranger", 404), ("staff", 404), ("nobody", 302)])
def test_only_the_doctor_acts(client, page, name, status):
    visit = a_visit()
    to = address(visit, page)
    sign_in(client, who(visit, name))

    assert client.post(to, {"text": "x", "version": 0}).status_code == status

    assert not visit.events.filter(kind__in=["admitted", "removed", "ended"]).exists()
    assert not Note.objects.exists()


@pytest.mark.parametrize("name", ["doctor", "patient"])
@pytest.mark.parametrize(
    ("starts_in", "words"),
    [
        (timedelta(hours=2), "not open yet"),
        (timedelta(minutes=5), "Visit with"),
        (-timedelta(hours=2), "time of this visit is over"),
    ],
)
def test_door_says_what_the_hour_is(client, name, starts_in, words):
    visit = a_visit(starts_in=starts_in)
    sign_in(client, who(visit, name))

    response = client.get(visit.get_absolute_url())

    assert words in response.content.decode()


@pytest.mark.parametrize("name", ["doctor", "patient"])
def test_door_of_a_cancelled_and_of_an_ended_visit(client, name):
    cancelled, ended = a_visit(), a_visit(starts_in=timedelta(minutes=6))
    cancelled.cancel(by=None, at=timezone.now())
    both_in(ended)
    ended.end(by=ended.host.user, at=timezone.now())
    pages = []

    for visit in (cancelled, ended):
        sign_in(client, who(visit, name))
        pages.append(client.get(visit.get_absolute_url()).content.decode())

    assert "was cancelled" in pages[0]
    assert "The visit is over" in pages[1]


def test_door_is_found_however_the_code_is_typed(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    assert client.get(reverse("televisit:door", args=[visit.spoken_code.lower()])).status_code == FOUND


def test_patient_tells_place_and_number_and_comes_to_the_waiting_room(client):
    visit = a_visit()
    client.force_login(visit.appointment.patient.user)

    response = client.post(visit.get_absolute_url(), WHERE)

    seat = visit.participants.get()
    assert response.headers["Location"] == reverse("televisit:room", args=[visit.code])
    assert (seat.place, seat.callback, seat.role) == (WHERE["place"], WHERE["callback"], Participant.Role.PATIENT)
    assert client.get(response.headers["Location"]).status_code == FOUND


def test_parent_comes_for_the_child(client):
    acting = RepresentationFactory()
    visit = a_visit(patient=acting.patient, booked_by=acting.user)
    client.force_login(acting.user)

    client.post(visit.get_absolute_url(), WHERE)

    assert visit.participants.get().role == Participant.Role.REPRESENTATIVE


@pytest.mark.parametrize(
    "said", [{}, {**WHERE, "place": ""}, {**WHERE, "callback": "call me"}, {**WHERE, "place": "x" * 201}]
)
def test_door_asks_again_for_what_is_missing_or_wrong(client, said):
    visit = a_visit()
    client.force_login(visit.appointment.patient.user)

    response = client.post(visit.get_absolute_url(), said)

    assert "There is a problem" in response.content.decode()
    assert not visit.participants.exists()


@pytest.mark.parametrize("starts_in", [timedelta(hours=2), -timedelta(hours=2)])
def test_nobody_gets_in_outside_the_visits_hours(client, starts_in):
    visit = a_visit(starts_in=starts_in)
    for name in ("doctor", "patient"):
        sign_in(client, who(visit, name))

        door = client.post(visit.get_absolute_url(), WHERE)
        room = client.get(address(visit, "room"))

        assert door.status_code == FOUND
        assert room.headers["Location"] == visit.get_absolute_url()
    assert not visit.participants.exists()


def test_once_said_place_and_number_are_not_asked_again(client):
    visit = a_visit()
    seat = a_seat_of_the_patient(visit)
    client.force_login(seat.user)

    page = client.get(visit.get_absolute_url()).content.decode()

    assert f'href="{address(visit, "room")}"' in page
    assert seat.place in page  # to be changed


def test_removed_person_finds_the_door_shut(client):
    visit = a_visit()
    seat = a_seat_of_the_patient(visit, admitted=True)
    seat.remove(by=visit.host.user, at=timezone.now())
    client.force_login(seat.user)

    assert "cannot join" in client.get(visit.get_absolute_url()).content.decode()
    assert "cannot join" in client.post(visit.get_absolute_url(), WHERE).content.decode()
    assert client.get(address(visit, "room")).status_code == 302


def test_only_the_room_may_use_camera_and_microphone(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    room, door = client.get(address(visit, "room")), client.get(address(visit, "door"))

    assert "camera=(self)" in room.headers["Permissions-Policy"]
    assert "camera=()" in door.headers["Permissions-Policy"]


def test_doctor_sees_who_waits_and_admits(client):
    visit = a_visit()
    seat = a_seat_of_the_patient(visit)
    client.force_login(visit.host.user)
    assert seat.name in client.get(address(visit, "people")).content.decode()

    client.post(reverse("televisit:admit", args=[visit.code, seat.uid]), headers={"HX-Request": "true"})

    seat.refresh_from_db()
    assert seat.is_admitted
    assert seat.name not in client.get(address(visit, "people")).content.decode()


def test_doctor_removes_for_good(client):
    visit = a_visit()
    seat = a_seat_of_the_patient(visit)
    client.force_login(visit.host.user)

    response = client.post(reverse("televisit:remove", args=[visit.code, seat.uid]))

    seat.refresh_from_db()
    assert response.headers["Location"] == address(visit, "room")
    assert seat.is_removed


def test_seat_of_another_visit_is_unknown(client):
    visit, other = a_visit(), a_visit()
    seat = a_seat_of_the_patient(other)
    client.force_login(visit.host.user)

    assert client.post(reverse("televisit:admit", args=[visit.code, seat.uid])).status_code == UNKNOWN


def test_doctor_ends_the_visit(client):
    visit = a_visit()
    both_in(visit)
    client.force_login(visit.host.user)

    response = client.post(address(visit, "end"), follow=True)

    visit.refresh_from_db()
    assert visit.status == Visit.Status.ENDED
    assert "The visit is over" in response.content.decode()


def test_visit_that_never_began_is_not_ended_by_the_button(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    assert client.post(address(visit, "end")).status_code == 409


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        ("doctor not here", "is not here yet. You are next."),
        ("doctor here", "is in the room and will let you in"),
        ("doctor elsewhere", "is still in another visit. You are next."),
        ("others first", "1 person is before you."),
    ],
)
def test_waiting_room_says_honestly_where_things_stand(client, situation, words):
    visit = a_visit(starts_in=timedelta(minutes=10))
    other = a_visit(starts_in=-timedelta(minutes=11), doctor=visit.host)
    seat = a_seat_of_the_patient(visit)
    arrange = {
        "doctor not here": lambda: None,
        "doctor here": lambda: visit.take_seat(visit.host.user, at=timezone.now()).enter(at=timezone.now()),
        "doctor elsewhere": lambda: both_in(other),
        "others first": lambda: a_seat_of_the_patient(other),
    }
    arrange[situation]()
    client.force_login(seat.user)

    assert words in " ".join(client.get(address(visit, "waiting")).content.decode().split()).replace(
        f"<bdi>{visit.host.name}</bdi> ", ""
    )


def test_polling_keeps_the_place_where_no_socket_does(client):
    visit = a_visit()
    seat = a_seat_of_the_patient(visit, at=timezone.now() - timedelta(minutes=3))
    client.force_login(seat.user)

    client.get(address(visit, "waiting"))

    assert list(visit.participants.waiting(timezone.now())) == [seat]


@pytest.mark.parametrize("ending", ["cancelled", "over"])
def test_who_waits_for_a_visit_that_is_closed_is_led_to_the_door(client, ending):
    visit = a_visit()
    seat = a_seat_of_the_patient(visit)
    seen_at = seat.seen_at
    if ending == "cancelled":
        visit.cancel(by=None, at=timezone.now())
    else:
        Visit.objects.update(opens_at=seen_at - timedelta(hours=2), expires_at=seen_at)
    client.force_login(seat.user)

    fragment = client.get(address(visit, "waiting"), headers={"HX-Request": "true"})
    page = client.get(address(visit, "waiting"))

    assert fragment.headers["HX-Redirect"] == page.headers["Location"] == visit.get_absolute_url()
    assert not fragment.content
    assert visit.participants.get().seen_at == seen_at


def test_nobody_is_in_line_before_for_a_visit_that_is_closed(client):
    visit = a_visit(starts_in=timedelta(minutes=10))
    earlier = a_visit(starts_in=-timedelta(minutes=11), doctor=visit.host)
    a_seat_of_the_patient(earlier)
    earlier.cancel(by=None, at=timezone.now())
    client.force_login(a_seat_of_the_patient(visit).user)

    assert client.get(address(visit, "waiting")).context["ahead"] == 0


@pytest.mark.parametrize("page", ["door", "room", "people", "note"])
def test_pages_of_the_doctor_cost_few_queries(client, django_assert_max_num_queries, page):
    visit = a_visit()
    both_in(visit)
    client.force_login(visit.host.user)
    client.get(address(visit, page))

    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(address(visit, page))


@pytest.mark.parametrize("page", ["door", "room", "waiting"])
def test_pages_of_the_patient_cost_few_queries(client, django_assert_max_num_queries, page):
    visit = a_visit()
    seat = a_seat_of_the_patient(visit)
    client.force_login(seat.user)
    client.get(address(visit, page))

    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(address(visit, page))
