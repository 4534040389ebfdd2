"""What video services tell us: refused unless signed, kept once, and made into the attendances of the visit."""

import base64
import hashlib
import json
from datetime import timedelta
from threading import Thread

import jwt
import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from clinic.tasks import forget_what_is_over
from televisit import rooms, tasks
from televisit.models import Attendance, Visit, VisitEvent, WebhookEvent
from televisit.providers import Room
from televisit.tests.factories import a_seat_of_the_patient, a_visit, a_visit_at, an_integration, both_in

pytestmark = pytest.mark.django_db
DONE, BAD, REFUSED, UNKNOWN, TOO_LARGE = 200, 400, 403, 404, 413


@pytest.fixture
def visit(livekit):
    made = a_visit_at(livekit)
    rooms.open_room(made, at=timezone.now())
    return made


@pytest.fixture
def seat(visit):
    return a_seat_of_the_patient(visit, admitted=True)


def minutes(number):
    return timezone.now() + timedelta(minutes=number)


def address(integration, provider="livekit"):
    return f"/api/v1/webhooks/{provider}/{integration.uid}/"


@pytest.fixture
def tell(client, visit, livekit):
    """Tells the portal of `kind`, signed by the service; gives the status of the answer."""
    told = iter(range(1000))

    def tell_of(kind, seat=None, **facts):
        facts.setdefault("key", f"EV_{next(told)}")
        room = facts.pop("room", None) or visit.rooms.last()
        headers, body = livekit.webhook(kind, room, seat.uid if seat else "", **facts)
        return send(client, visit.clinic.integrations.get(), headers, body)

    return tell_of


def send(client, integration, headers, body, **place):
    kind = "application/webhook+json"
    return client.post(address(integration, **place), body, kind, headers=headers).status_code


def stays(seat):
    return [(row.joined_at, row.left_at) for row in Attendance.objects.filter(participant=seat)]


# Who may tell us


def test_a_signed_message_is_kept_once(tell):
    assert [tell("started", key="EV_A"), tell("started", key="EV_A")] == [DONE, DONE]

    assert WebhookEvent.objects.get().kind == "started"


def test_a_message_that_the_service_did_not_sign_is_refused(tell):
    assert tell("started", secret="another-secret-of-more-than-32-characters") == REFUSED

    assert not WebhookEvent.objects.exists()


def test_a_message_from_long_ago_is_refused(tell):
    assert tell("started", at=minutes(-30)) == REFUSED

    assert not WebhookEvent.objects.exists()


def test_a_body_that_was_changed_on_the_way_is_refused(client, visit, livekit):
    headers, body = livekit.webhook("started", visit.rooms.get())

    assert send(client, visit.clinic.integrations.get(), headers, body + b" ") == REFUSED


def test_ten_megabytes_are_refused_unread(client, visit, livekit):
    headers, _body = livekit.webhook("started", visit.rooms.get())

    assert send(client, visit.clinic.integrations.get(), headers, b"[" * 10_000_000) == TOO_LARGE


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"event": 1' + b"0" * 9000 + b"}", b"", b"null", b"\xff\xfe"])
def test_a_bomb_under_a_good_signature_is_refused(client, visit, livekit, body):
    headers = signed(livekit, body)

    assert send(client, visit.clinic.integrations.get(), headers, body) == BAD

    assert not WebhookEvent.objects.exists()


def signed(livekit, body):
    """The headers of a message with this body."""
    at = int(timezone.now().timestamp())
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": "APIkey", "nbf": at, "exp": at + 300, "sha256": digest}
    return {"Authorization": jwt.encode(claims, livekit.credentials["api_secret"], algorithm="HS256")}


@pytest.mark.parametrize("provider", ["daily", "webrtc", "zoom", "livekit2"])
def test_there_is_no_address_under_another_services_name(client, visit, livekit, provider):
    headers, body = livekit.webhook("started", visit.rooms.get())

    assert send(client, visit.clinic.integrations.get(), headers, body, provider=provider) == UNKNOWN


def test_a_service_tells_nothing_of_the_rooms_of_another_clinic(client, visit, seat, livekit):
    other = an_integration(a_visit().clinic, livekit)
    headers, body = livekit.webhook("joined", visit.rooms.get(), seat.uid)

    assert send(client, other, headers, body) == DONE

    assert WebhookEvent.objects.get().room is None
    assert stays(seat) == []


def test_unknown_events_and_rooms_are_kept_and_change_nothing(tell, visit):
    assert tell("unknown", room=Room("another")) == DONE

    event = WebhookEvent.objects.get()
    assert (event.kind, event.room, event.room_name, event.raw_kind) == ("other", None, "another", "track_published")


def test_a_browser_gets_nowhere_with_get(client, visit):
    assert client.get(address(visit.clinic.integrations.get())).status_code == 405


def end_for_all(visit):
    visit.end(by=visit.host.user, at=timezone.now())


def go_elsewhere(visit):
    visit.rooms.get().give_up("It did not answer.", at=timezone.now())


# What follows


def test_who_comes_and_goes_at_the_service_is_noted_as_in_our_own_rooms(tell, seat, visit):
    came, went = minutes(-3), minutes(-1)

    tell("joined", seat, at=came)
    tell("left", seat, at=went)

    [(since, until)] = stays(seat)
    assert (int(since.timestamp()), int(until.timestamp())) == (int(came.timestamp()), int(went.timestamp()))
    kinds = list(visit.events.filter(participant=seat, kind__in=["joined", "left"]).values_list("kind", flat=True))
    assert kinds == ["joined", "left"]


def test_both_sides_at_the_service_begin_the_visit(tell, seat, visit):
    doctor = visit.take_seat(visit.host.user, at=timezone.now())

    tell("joined", seat, at=minutes(-2))
    tell("joined", doctor, at=minutes(-1))

    visit.refresh_from_db()
    assert visit.status == visit.Status.ACTIVE


def test_nobody_passes_for_the_doctor_by_a_name_that_their_browser_said(client, hms):
    visit = a_visit_at(hms)
    room = rooms.open_room(visit, at=timezone.now())
    a_seat_of_the_patient(visit, admitted=True).enter(at=timezone.now())
    doctor = visit.take_seat(visit.host.user, at=timezone.now())

    def says_doctor(role):
        message = hms.webhook("joined", room, doctor.uid, role=role, key=role)
        assert send(client, room.integration, *message, provider="100ms") == DONE
        return Visit.objects.get(pk=visit.pk).status

    assert says_doctor("guest") == Visit.Status.SCHEDULED
    assert stays(doctor) == []
    assert says_doctor("host") == Visit.Status.ACTIVE


def test_a_going_that_is_told_before_its_coming_is_understood(tell, seat):
    tell("left", seat, at=minutes(-1))
    assert stays(seat) == []

    tell("joined", seat, at=minutes(-3))

    [(since, until)] = stays(seat)
    assert until > since


def test_the_page_and_the_service_note_one_stay(tell, seat, visit):
    attendance = seat.enter(at=minutes(-3))

    tell("joined", seat, at=minutes(-2))
    attendance.leave(at=minutes(-1))
    tell("left", seat, at=minutes(0))

    assert len(stays(seat)) == 1
    assert visit.events.filter(kind="joined", participant=seat).count() == 1


def test_who_hangs_up_at_the_service_has_left_though_the_page_is_open(tell, seat):
    seat.enter(at=minutes(-4))
    tell("joined", seat, at=minutes(-3))

    tell("left", seat, at=minutes(-1))

    [(_since, until)] = stays(seat)
    assert until is not None


def test_a_page_that_was_loaded_anew_stays_while_the_old_one_is_found_gone(tell, seat):
    tell("joined", seat, at=minutes(-4))
    tell("joined", seat, at=minutes(-3))

    tell("left", seat, at=minutes(-2))

    [(_since, until)] = stays(seat)
    assert until is None


def test_who_was_removed_and_turns_up_at_the_service_is_put_out_again(tell, seat, livekit, tasks_at_once):
    visit = seat.visit
    livekit.enter(rooms.way_in(seat, at=timezone.now()))
    seat.remove(by=visit.host.user, at=timezone.now())

    with tasks_at_once():
        tell("joined", seat)

    assert not livekit.present(visit.rooms.get())
    assert stays(seat) == []


def test_who_was_removed_is_put_out_again_though_nobody_has_heard_that_they_left(tell, seat, livekit, tasks_at_once):
    room = seat.visit.rooms.get()
    tell("joined", seat)
    seat.remove(by=seat.visit.host.user, at=timezone.now())
    livekit.inside[room.name] = {seat.uid: False}  # by a server that keeps no count of whom it has put out

    with tasks_at_once():
        tell("joined", seat)

    assert not livekit.present(room)


def redis_is_away(*args, **kwargs):
    raise OperationalError("Redis is away")


def test_what_the_queue_did_not_take_is_done_by_the_reconciliation(
    tell, seat, livekit, monkeypatch, django_capture_on_commit_callbacks
):
    room = seat.visit.rooms.get()
    monkeypatch.setattr(tasks.put_out_of_room, "delay", redis_is_away)
    seat.remove(by=seat.visit.host.user, at=minutes(-6))
    livekit.inside[room.name] = {seat.uid: False}

    with django_capture_on_commit_callbacks(execute=True):
        answer = tell("joined", seat, at=minutes(-4))
    still_there = livekit.present(room)
    tasks.reconcile_rooms(room.integration.pk)

    assert answer == DONE
    assert still_there
    assert not livekit.present(room)


def test_the_reconciliation_puts_out_who_was_never_let_in_and_nobody_else(tell, seat, livekit):
    guest, room = seat.visit.seat_guest("Ana", role="relative"), seat.visit.rooms.get()
    livekit.inside[room.name] = {seat.uid: False, guest.uid: False}
    for each in (seat, guest):
        tell("joined", each, at=minutes(-4))

    tasks.reconcile_rooms(room.integration.pk)

    assert list(livekit.inside[room.name]) == [seat.uid]


@pytest.mark.parametrize("leave", [end_for_all, go_elsewhere])
def test_a_room_that_we_have_left_is_closed_again_when_somebody_turns_up_in_it(
    tell, visit, livekit, tasks_at_once, leave
):
    _doctor, patient = both_in(visit)
    room = visit.rooms.get()
    with tasks_at_once():
        leave(visit)
    before = stays(patient)
    livekit.rooms[room.name] = {"name": room.name}
    livekit.inside[room.name] = {patient.uid: False}

    with tasks_at_once():
        tell("joined", patient, room=room)

    assert room.name not in livekit.rooms
    assert not livekit.present(room)
    assert stays(patient) == before
    room.refresh_from_db()
    assert room.gone_at is not None


def test_what_is_told_after_the_end_opens_nothing_again(tell, visit):
    doctor, patient = both_in(visit)
    visit.end(by=doctor.user, at=timezone.now())
    before = stays(patient)

    tell("joined", patient, at=minutes(1))
    tell("left", patient, at=minutes(2))

    assert stays(patient) == before
    assert not visit.participants.present().exists()


@pytest.mark.django_db(transaction=True)
def test_coming_and_going_that_are_told_at_the_same_moment_are_both_heard(tell, seat):
    def tell_of_going():
        tell("left", seat, at=minutes(-1))
        connection.close()

    other = Thread(target=tell_of_going)
    with transaction.atomic():
        tell("joined", seat, at=minutes(-3))
        other.start()
        other.join(0.5)
    other.join(5)

    [(_since, until)] = stays(seat)
    assert until is not None


def test_of_a_message_no_words_are_kept(tell, seat):
    tell("joined", seat)

    kept = json.dumps(WebhookEvent.objects.values().get(), default=str)

    assert "sid" not in kept
    assert seat.name not in kept


def test_the_history_of_the_visit_has_it(tell, seat, visit):
    tell("joined", seat)

    assert visit.events.filter(kind=VisitEvent.Kind.JOINED, actor=seat.user).exists()


def test_a_room_that_is_closed_is_not_asked_to_put_anybody_out(visit, seat, livekit):
    visit.cancel(by=None, at=timezone.now())
    calls = len(livekit.calls)

    tasks.put_out_of_room(visit.rooms.get().pk, seat.uid)

    assert len(livekit.calls) == calls


def test_messages_are_dropped_with_the_years_and_what_followed_from_them_stays(tell, seat, settings):
    settings.NOTICE_MONTHS = 1
    tell("joined", seat)
    WebhookEvent.objects.update(received_at=timezone.now() - timedelta(days=70))
    tell("unknown")

    forget_what_is_over()

    assert WebhookEvent.objects.get().kind == "other"
    assert len(stays(seat)) == 1
