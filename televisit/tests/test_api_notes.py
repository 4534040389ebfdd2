"""Notes, billing and the visit's time, for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.audit.models import AuditEntry
from televisit.models import Note, Visit
from televisit.tests.factories import a_visit, both_in

pytestmark = pytest.mark.django_db
JSON = "application/json"


def call(client, visit, path, body=None, **more):
    return client.post(f"/api/v1/televisits/{visit.uid}/{path}/", body or {}, content_type=JSON, **more)


def get(client, visit, path):
    return client.get(f"/api/v1/televisits/{visit.uid}/{path}/")


@pytest.fixture
def visit(client):
    visit = a_visit()
    client.force_login(visit.host.user)
    return visit


def test_note_is_begun_written_and_signed(client, visit):
    begun = call(client, visit, "notes", {"text": "Dizzy"})
    signed = call(client, visit, "notes", {"text": "Dizzy.", "version": 1, "sign": True})

    assert (begun.status_code, begun["ETag"]) == (201, '"1"')
    assert (signed.status_code, signed["ETag"]) == (200, '"2"')
    assert signed.json()["signed_at"] is not None
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["created", "changed"]


@pytest.mark.parametrize(
    ("body", "headers", "refusal"),
    [
        ({"version": 0}, {}, (409, "note_changed_elsewhere")),
        ({}, {"If-Match": '"0"'}, (412, "changed_meanwhile")),
        ({}, {"If-Match": '"latest"'}, (412, "changed_meanwhile")),
        ({}, {"If-Match": "9" * 400}, (412, "changed_meanwhile")),
        ({}, {}, (428, "if_match_missing")),
    ],
)
def test_what_was_changed_meanwhile_is_not_overwritten(client, visit, body, headers, refusal):
    call(client, visit, "notes", {"text": "Dizzy"})

    response = call(client, visit, "notes", {"text": "Something else", **body}, headers=headers)

    assert (response.status_code, response.json()["code"]) == refusal
    assert Note.objects.get().text == "Dizzy"


def test_the_etag_of_the_last_answer_lets_one_write_on(client, visit):
    tag = call(client, visit, "notes", {"text": "Dizzy"})["ETag"]

    response = call(client, visit, "notes", {"text": "Dizzy since Monday"}, headers={"If-Match": tag})

    assert response.json()["version"] == 2


def test_a_list_is_no_note(client, visit):
    response = call(client, visit, "notes", [{"text": "Dizzy"}], headers={"If-Match": '"0"'})

    assert response.status_code == 400
    assert not Note.objects.exists()


def test_signed_note_takes_an_addendum_only(client, visit):
    note = call(client, visit, "notes", {"text": "Dizzy.", "sign": True}).json()

    changed = call(client, visit, "notes", {"text": "Not dizzy.", "version": 1})
    added = call(client, visit, "notes", {"text": "The ears are clear.", "addendum": True, "sign": True})

    assert changed.json()["code"] == "note_signed"
    assert added.json()["addendum_to"] == note["id"]


def test_there_is_no_addendum_to_no_note(client, visit):
    assert call(client, visit, "notes", {"text": "And", "addendum": True}).status_code == 404
    assert not Note.objects.exists()


def test_patient_gets_shared_notes_only(client, visit):
    call(client, visit, "notes", {"text": "Dizzy.", "sign": True})
    call(client, visit, "notes", {"text": "A draft", "addendum": True})
    client.force_login(visit.appointment.patient.user)
    assert get(client, visit, "notes").json() == []

    Note.objects.get(addendum_to=None).share(at=timezone.now())

    assert [note["text"] for note in get(client, visit, "notes").json()] == ["Dizzy."]


def test_billing_counts_the_time_of_both(client, visit):
    both_in(visit)
    for seat in visit.participants.all():
        seat.attendances.update(joined_at=timezone.now() - timedelta(minutes=6))
    visit.end(by=visit.host.user, at=timezone.now())

    billing = get(client, visit, "billing").json()

    assert (billing["minutes"], billing["phone_minutes"], billing["is_exact"]) == (6, 0, True)
    assert len(billing["together"]) == 1
    assert billing["together"][0].keys() == {"start", "end"}


def test_doctor_extends_a_visit_up_to_the_limit(client, visit):
    both_in(visit)
    before, limit = visit.expires_at, visit.clinic.extension_minutes

    extended = call(client, visit, "extend", {"minutes": limit})
    again = call(client, visit, "extend", {"minutes": 1})

    assert extended.status_code == 200
    visit.refresh_from_db()
    assert visit.expires_at == before + timedelta(minutes=limit)
    assert again.status_code == 409


def test_doctor_opens_an_ended_visit_again(client, visit):
    both_in(visit)
    call(client, visit, "end")

    response = call(client, visit, "reopen")

    assert response.json()["status"] == Visit.Status.ACTIVE
