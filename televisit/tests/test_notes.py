"""The consultation note: written in a draft, signed once, read by nobody who has no business with it."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEntry
from televisit.errors import NoteChangedElsewhere, NoteIsEmpty, NoteIsSigned, NoteIsUnsigned
from televisit.models import Note
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db
IN_THE_ROOM = {"HX-Request": "true"}


def a_note(text="Dizzy since Monday."):
    visit = a_visit()
    note = Note.objects.of(visit, visit.host)
    note.write(text, version=0)
    return note


def a_signed_note():
    note = a_note()
    note.sign(at=timezone.now())
    return note


def an_addendum(note, text="The ears are clear."):
    return Note.objects.write(note.visit, note.author, text, version=0, to=note, sign_at=timezone.now())


def save(client, visit, text="Dizzy", *, version=0, route="note", **more):
    address = reverse(f"televisit:{route}", args=[visit.code])
    return client.post(address, {"text": text, "version": version, **more}, headers=IN_THE_ROOM)


def share(client, note, answer="yes"):
    return client.post(reverse("televisit:share-note", args=[note.visit.code]), {"share": answer}, headers=IN_THE_ROOM)


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


def test_text_typed_while_another_window_signed_the_note_stays_on_the_page(client):
    note = a_signed_note()
    client.force_login(note.author.user)

    page = save(client, note.visit, "Typed here", version=1).content.decode()

    assert "can no longer be changed" in page
    assert "Typed here</textarea>" in page


@pytest.mark.parametrize("facts", [{"version": 3}, {"text": " ", "sign": "1"}])
def test_refused_first_save_leaves_no_empty_note(client, facts):
    visit = a_visit()
    client.force_login(visit.host.user)

    response = save(client, visit, **facts)

    assert "There is a problem" in response.content.decode()
    assert not Note.objects.exists()


def test_an_error_leads_to_the_field(client):
    note = a_note()
    client.force_login(note.author.user)

    page = save(client, note.visit, "Typed here", version=0).content.decode()

    assert 'href="#id_text"' in page
    assert 'id="id_text"' in page
    assert 'aria-invalid="true"' in page


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


def test_addendum_is_written_signed_and_shown_below_its_note(client):
    note = a_signed_note()
    client.force_login(note.author.user)

    save(client, note.visit, "The ears", route="addendum")
    page = save(client, note.visit, "The ears are clear.", version=1, route="addendum", sign="1").content.decode()

    addendum = note.addenda.get()
    assert addendum.is_signed
    assert page.index("Dizzy since Monday.") < page.index("The ears are clear.")


def test_each_addendum_is_a_note_of_its_own(client):
    note = a_signed_note()
    an_addendum(note)
    an_addendum(note, "Nor is there fever.")

    assert [addendum.text for addendum in note.addenda.all()] == ["The ears are clear.", "Nor is there fever."]


def test_addendum_in_two_windows_is_not_overwritten():
    note = a_signed_note()
    Note.objects.write(note.visit, note.author, "The ears", version=0, to=note)

    with pytest.raises(NoteChangedElsewhere):
        Note.objects.write(note.visit, note.author, "The nose", version=0, to=note)

    assert note.addenda.get().text == "The ears"


def test_nothing_is_added_to_a_note_that_is_not_signed(client):
    note = a_note()
    client.force_login(note.author.user)

    save(client, note.visit, "The ears", route="addendum")

    assert not note.addenda.exists()
    with pytest.raises(NoteIsUnsigned):
        an_addendum(note)


def test_shared_note_goes_to_the_patient_with_its_addenda(client):
    note = a_signed_note()
    an_addendum(note)
    client.force_login(note.author.user)

    page = share(client, note).content.decode()
    an_addendum(note, "Nor is there fever.")

    assert "The patient reads it" in page
    assert Note.objects.shared().count() == 3


def test_sharing_is_taken_back_with_the_addenda(client):
    note = a_signed_note()
    an_addendum(note)
    client.force_login(note.author.user)
    share(client, note)

    share(client, note, "no")

    assert not Note.objects.shared().exists()


def test_draft_is_not_shared():
    note = a_note()

    with pytest.raises(NoteIsUnsigned):
        note.share(at=timezone.now())
