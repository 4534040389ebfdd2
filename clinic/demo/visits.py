"""What doctor and patient do in the demo's visits: meet, talk, part; the note and the prescription."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from appointments.models import Outcome
from chat.models import ReadMark
from prescriptions.models import Medicine, Prescription
from televisit.models import Advice, Note, Visit

from .clock import set_to
from .people import Facts

if TYPE_CHECKING:
    from .stories import Story

MINUTE = timedelta(minutes=1)
LASTS = 17 * MINUTE
WRITTEN_AFTER = 25 * MINUTE  # after the start, as all of these
CORRECTED_AFTER = 60 * MINUTE
NUMBERS = ("dose", "quantity")
GOES_ON = "Goes on as before, agreed with the patient."  # kept only where names match


def visit_of(story: "Story") -> Visit:
    return Visit.objects.with_parties().get(appointment=story.appointment)


def meet(story: "Story") -> None:
    """The patient waits, the doctor comes and lets them in."""
    visit, start, doctor = visit_of(story), story.starts_at, story.doctor.user
    with set_to(start):
        waiting = visit.take_seat(story.booker, at=start)
        waiting.say_where(place="At home", callback=story.patient.phone or story.people.clinic.phone)
        waiting.wait(at=start)
    with set_to(start + MINUTE):
        visit.take_seat(doctor, at=start + MINUTE).enter(at=start + MINUTE)
        waiting.admit(by=doctor, at=start + MINUTE)
        waiting.enter(at=start + MINUTE)


def part(story: "Story") -> None:
    """The doctor ends the visit."""
    at = story.starts_at + LASTS
    with set_to(at):
        visit_of(story).end(by=story.doctor.user, at=at)
    story.appointment.refresh_from_db()


def write_note(story: "Story") -> None:
    at = story.starts_at + WRITTEN_AFTER
    with set_to(at):
        note = Note.objects.of(visit_of(story), story.doctor)
        note.write(story.facts["note"].strip(), version=note.version)
        if not story.facts.get("note_is_draft"):
            note.sign(at=at)
        if story.facts.get("note_is_shared"):
            note.share(at=at)


def conclude(story: "Story") -> None:
    """What came of the visit, unless the doctor has yet to say so, and the advice that the patient took home."""
    if story.facts.get("note_is_draft"):
        return
    doctor, visit = story.doctor.user, visit_of(story)
    with set_to(story.starts_at + WRITTEN_AFTER):
        Outcome.objects.say(story.appointment, story.facts.get("outcome", Outcome.Kind.TREATED), by=doctor)
        if "aftercare" in story.facts:
            Advice.objects.write(visit, by=doctor, version=0, **story.facts["aftercare"])


def prescribe(story: "Story") -> None:
    """The prescription, if there is one; a wrong one is revoked and replaced within the hour."""
    if "prescription" not in story.facts:
        return
    facts, at = story.facts["prescription"], story.starts_at + WRITTEN_AFTER
    with set_to(at):
        prescription = Prescription.objects.begin(story.appointment)
        fill(prescription, facts, at=at)
        if not facts.get("is_draft"):
            prescription.issue(by=story.doctor.user, at=at, reviewed=True, match_reason=GOES_ON)
    if "replacement" in story.facts:
        correct(prescription, story, at=story.starts_at + CORRECTED_AFTER)


def correct(wrong: Prescription, story: "Story", *, at: datetime) -> None:
    with set_to(at):
        right = wrong.replace(by=story.doctor.user, at=at, reason=story.facts["prescription"]["revoked"])
        fill(right, story.facts["replacement"], at=at)
        right.issue(by=story.doctor.user, at=at, reviewed=True, match_reason=GOES_ON)


def fill(prescription: Prescription, facts: Facts, *, at: datetime) -> None:
    """Write the draft as `facts` have it."""
    weeks = facts.get("follow_up_weeks")
    prescription.rewrite(
        medicines=medicines_of(facts),
        diagnosis=facts["diagnosis"],
        advice=facts.get("advice", ""),
        follow_up_on=prescription.local_date(at) + timedelta(weeks=weeks) if weeks else None,
    )


def medicines_of(facts: Facts) -> Sequence[Medicine]:
    return [
        Medicine(**{name: Decimal(value) if name in NUMBERS else value for name, value in line.items()})
        for line in facts["medicines"]
    ]


def talk(story: "Story") -> None:
    """The chat, each message at its minute. What is over has been read by both."""
    chat = story.appointment.messages
    for number, (who, minutes, text) in enumerate(story.facts.get("messages", [])):
        at = story.starts_at + minutes * MINUTE
        chat.post(story.appointment, by=story.side(who), body=text, client_id=f"demo-{number}", at=at)
    if not story.appointment.is_active:
        for side in ("doctor", "patient"):
            ReadMark.objects.advance(story.appointment, user=story.side(side), to=chat.last_seq())
