"""The consultation note: written in a draft, signed once, read by nobody who has no business with it."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEntry
from televisit.errors import NoteChangedElsewhere, NoteIsEmpty, NoteIsSigned
from televisit.models import Note
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db
IN_THE_ROOM = {"HX-Request": "true"}


def a_note(text="Dizzy since Monday."):
    visit = a_visit()
    note = Note.objects.of(visit, visit.host)
    note.write(text, version=0)
    return note


def test_note_is_encrypted_at_rest():
    a_note()

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM televisit_note")
        assert b"Dizzy" not in bytes(cursor.fetchone()[0])


def test_second_window_does_not_overwrite_the_first():
    note = a_note()

    with pytest.raises(NoteChangedElsewhere):
        note.write("Something else.", version=0)

    assert Note.objects.get().text == "Dizzy since Monday."


def test_signed_note_can_no_longer_be_changed():
    note = a_note()
    note.sign(at=timezone.now())

    with pytest.raises(NoteIsSigned):
        note.write("Something else.", version=note.version)

    assert not Note.objects.unsigned().exists()


def test_empty_note_cannot_be_signed():
    note = a_note(" \n")

    with pytest.raises(NoteIsEmpty):
        note.sign(at=timezone.now())


def test_note_saves_itself_without_touching_the_text_on_the_page(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    response = client.post(
        reverse("televisit:note", args=[visit.code]), {"text": "Dizzy", "version": 0}, headers=IN_THE_ROOM
    )

    assert Note.objects.get().text == "Dizzy"
    assert "Draft saved" in response.content.decode()
    assert "<textarea" not in response.content.decode()


def test_note_is_signed_from_the_room(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    response = client.post(
        reverse("televisit:note", args=[visit.code]),
        {"text": "Dizzy", "version": 0, "sign": "1"},
        headers=IN_THE_ROOM,
    )

    assert Note.objects.get().is_signed
    assert response.headers["HX-Retarget"] == "#note"
    assert "Signed" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, IN_THE_ROOM])
def test_refused_save_keeps_what_was_typed(client, headers):
    note = a_note()
    client.force_login(note.author.user)

    response = client.post(
        reverse("televisit:note", args=[note.visit.code]), {"text": "Typed here", "version": 0}, headers=headers
    )

    page = response.content.decode()
    assert "changed in another window" in page
    assert "Typed here" in page
    assert Note.objects.get().text == "Dizzy since Monday."


def test_note_that_is_too_long_is_refused(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    client.post(reverse("televisit:note", args=[visit.code]), {"text": "x" * 20_001, "version": 0})

    assert not Note.objects.exists()


def test_opening_the_note_stores_nothing(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    client.get(reverse("televisit:note", args=[visit.code]))

    assert not Note.objects.exists()


def test_writing_signing_and_reading_go_on_record(client):
    visit = a_visit()
    client.force_login(visit.host.user)
    address = reverse("televisit:note", args=[visit.code])

    for version, sign in ((0, {}), (1, {}), (2, {"sign": "1"})):
        client.post(address, {"text": f"Dizzy {version}", "version": version, **sign}, headers=IN_THE_ROOM)
    client.get(address)

    entries = AuditEntry.objects.filter(patient=visit.appointment.patient).order_by("pk")
    assert [entry.action for entry in entries] == ["created", "changed", "read"]
