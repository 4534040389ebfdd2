"""Guests: by code, by link, and what stands against it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from televisit.errors import ConsentMissing, NotTheBirthDate, TooManyTries, WasRemoved
from televisit.instant import open_now
from televisit.models import Consent, Invitation, Participant, VisitEvent
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in
from televisit.visitors import SEATS, Visitor

pytestmark = pytest.mark.django_db

Role = Participant.Role


def invited(visit, role=Role.INTERPRETER):
    facts = {"role": role, "name": "Ines", "by": visit.host.user, "at": timezone.now()}
    invitation = Invitation.objects.invite(visit, **facts)
    return invitation, invitation.renew_link()


def path_of(link):
    return "/i/" + link.split("/i/")[1]


def test_guest_by_code_waits_with_a_name(client):
    visit = a_visit()

    client.post(visit.get_absolute_url(), {"name": "Ines", "role": "interpreter"})

    seat = visit.participants.get()
    assert (seat.name, seat.role, seat.user, seat.is_admitted) == ("Ines", Role.INTERPRETER, None, False)
    assert client.get(reverse("televisit:room", args=[visit.code])).status_code == 200


def test_the_guests_door_says_nothing_of_the_patient(client):
    visit = a_visit()

    page = client.get(visit.get_absolute_url()).content.decode()

    assert visit.appointment.patient.family_name not in page
    assert visit.host.name in page


def test_guessing_codes_is_locked_out_and_logged(client, caplog):
    answers = [client.get(f"/visits/{number:012d}/").status_code for number in range(25)]

    assert answers[0] == 404
    assert answers[-1] == 429
    assert "Too many codes" in caplog.text


def test_opening_a_link_changes_nothing(client):
    visit = a_visit()
    invitation, link = invited(visit)

    assert client.get(path_of(link)).status_code == 200

    invitation.refresh_from_db()
    assert invitation.used_at is None
    assert not visit.participants.exists()


def test_the_button_of_a_link_takes_the_seat(client):
    visit = a_visit()
    _invitation, link = invited(visit)

    response = client.post(path_of(link), {"name": "Ines"})

    assert response.url == reverse("televisit:room", args=[visit.code])
    assert visit.events.filter(kind=VisitEvent.Kind.INVITATION_USED).exists()


def test_an_invitation_has_the_hours_of_its_visit_also_once_they_change():
    visit = a_visit()
    both_in(visit)
    invitation, _link = invited(visit)

    visit.extend(10, by=visit.host.user, at=timezone.now())

    before = invitation.valid_until
    invitation.refresh_from_db()
    assert (invitation.not_before, invitation.valid_until) == (visit.opens_at, visit.expires_at)
    assert invitation.valid_until == before + timedelta(minutes=10)


def test_only_the_hash_of_a_link_is_stored_and_a_new_link_ends_the_old():
    invitation, old = invited(a_visit())

    new = invitation.renew_link()

    assert new.split("/")[-2] not in invitation.link_hash
    assert Invitation.objects.with_link(new.split("/")[-2]).exists()
    assert not Invitation.objects.with_link(old.split("/")[-2]).exists()


def test_revoked_link_opens_nothing(client):
    visit = a_visit()
    invitation, link = invited(visit)
    invitation.revoke(by=visit.host.user, at=timezone.now())

    client.post(path_of(link), {"name": "Ines"})

    assert "taken back" in client.get(path_of(link)).content.decode()
    assert not visit.participants.exists()


def test_removed_guest_stays_out_with_the_same_link_in_another_browser(client):
    visit = a_visit()
    invitation, link = invited(visit)
    seat = invitation.accept(name="Ines", at=timezone.now())

    seat.remove(by=visit.host.user, at=timezone.now())
    client.post(path_of(link), {"name": "Ines"})

    assert visit.participants.count() == 1
    with pytest.raises(WasRemoved):
        Visitor(seats={visit.uid: seat.uid}).seat_in_room(visit, at=timezone.now())


def test_a_link_on_a_new_device_is_admitted_again_and_then_has_the_seat():
    visit = a_visit()
    invitation, _link = invited(visit)
    first = invitation.accept(name="Ines", at=timezone.now())
    first.admit(by=visit.host.user, at=timezone.now())

    second = invitation.accept(name="Ines", at=timezone.now())
    assert not second.is_admitted
    second.admit(by=visit.host.user, at=timezone.now())

    first.refresh_from_db()
    assert first.is_removed
    assert second.is_admitted


def test_the_patients_link_needs_the_date_of_birth_in_five_tries():
    visit = a_visit()
    invitation, _link = invited(visit, Role.PATIENT)
    born = visit.appointment.patient.birth_date

    for _try in range(5):
        with pytest.raises(NotTheBirthDate):
            invitation.accept(name="Maria", birth_date=born + timedelta(days=1), at=timezone.now())

    with pytest.raises(TooManyTries):
        invitation.accept(name="Maria", birth_date=born, at=timezone.now())
    assert not visit.participants.exists()


def test_seat_of_another_visit_opens_nothing(client):
    mine, other = a_visit(), a_visit(starts_in=timedelta(minutes=6))
    seat = mine.seat_guest("Ines", role=Role.RELATIVE)
    session = client.session
    session[SEATS] = {other.uid: seat.uid}
    session.save()

    assert client.get(reverse("televisit:room", args=[other.code])).status_code == 302


def test_who_goes_past_the_doors_question_is_led_back_to_it(client):
    visit = a_visit()
    seat = visit.seat_guest("Maria", role=Role.PATIENT)
    session = client.session
    session[SEATS] = {visit.uid: seat.uid}
    session.save()
    room = reverse("televisit:room", args=[visit.code])

    assert client.get(room).url == visit.get_absolute_url()
    seat.say_at_door(agrees=True, at=timezone.now())

    assert client.get(room).status_code == 200


def test_consent_is_asked_once(client):
    visit = a_visit()
    user = visit.appointment.patient.user
    client.force_login(user)
    said = {"place": "5 Harbour Street, Lisbon", "callback": "+351 912 345 678"}
    assert client.post(visit.get_absolute_url(), said).status_code == 200

    client.post(visit.get_absolute_url(), {**said, "consent": "on"})

    assert Consent.objects.is_given(visit.appointment.patient, by=user)
    assert client.post(visit.get_absolute_url(), said).status_code == 302
    assert Consent.objects.count() == 1


def test_who_agreed_to_an_older_text_is_asked_again(monkeypatch):
    seat = a_seat_of_the_patient(a_visit())
    monkeypatch.setattr("televisit.models.consent.CONSENT_VERSION", "2027-01")

    with pytest.raises(ConsentMissing):
        seat.say_at_door(agrees=False, at=timezone.now())


def test_entering_another_visit_pauses_the_first():
    first = a_visit()
    both_in(first)
    second = open_now(first.host, at=timezone.now())

    second.take_seat(first.host.user, at=timezone.now()).enter(at=timezone.now())

    assert not first.participants.filter(role=Role.DOCTOR).present().exists()
    assert first.events.filter(kind=VisitEvent.Kind.LEFT, note="paused").exists()


def test_who_left_is_called_once():
    visit = a_visit()
    seat = a_seat_of_the_patient(visit)
    seat.ask_for_call(at=timezone.now())
    assert list(visit.participants.to_call(timezone.now())) == [seat]

    for _time in range(2):
        seat.call(by=visit.host.user, at=timezone.now())

    assert visit.events.filter(kind=VisitEvent.Kind.CALLED).count() == 1


def test_identity_is_confirmed_or_skipped_with_a_reason(client):
    visit = a_visit()
    seat = a_seat_of_the_patient(visit, admitted=True)
    client.force_login(visit.host.user)
    address = reverse("televisit:identity", args=[visit.code, seat.uid])

    assert client.post(address, {}).status_code == 400
    client.post(address, {"skipped": "Known from yesterday"})

    seat.refresh_from_db()
    assert seat.is_identity_settled
    assert seat.identity_skipped == "Known from yesterday"


def test_device_check_is_kept_and_seen_by_the_doctor(client):
    visit = a_visit()
    a_seat_of_the_patient(visit)
    client.force_login(visit.appointment.patient.user)
    found = {"camera": "failed", "microphone": "works", "speaker": "unknown", "network": "works", "round_trip_ms": 12}
    assert client.post(reverse("televisit:device-check", args=[visit.code]), found).status_code == 204

    client.force_login(visit.host.user)
    people = client.get(reverse("televisit:people", args=[visit.code])).content.decode()

    assert "Does not work: camera" in people


def test_instant_visit_is_open_at_once_and_gets_its_patient_later():
    doctor = a_visit().host
    patient = a_visit(starts_in=timedelta(hours=3)).appointment.patient

    visit = open_now(doctor, at=timezone.now())
    assert visit.phase(timezone.now()) == "open"
    assert Role.PATIENT in visit.guest_roles
    visit.name_patient(patient)

    assert visit.appointment.patient == patient
