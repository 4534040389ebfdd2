"""The main story: a doctor publishes a time, a stranger books it, both meet and chat, and a prescription stays."""

import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from appointments.models import Appointment
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory
from e2e.rooms import admit, join_as_doctor, receives_picture_and_sound, wait_until

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
MEDICINE = {
    "name": "Amoxicillin",
    "strength": "500 mg",
    "form": "capsule",
    "route": "by mouth",
    "dose": "1",
    "dose_unit": "capsule",
    "frequency": "3 times a day",
    "duration_days": "7",
    "quantity": "21",
    "quantity_unit": "capsules",
}
SOON = timedelta(minutes=12)  # more than the minimum notice, less than the door's lead


@pytest.fixture
def doctor() -> Doctor:
    """Approved, without hours yet; in a zone where the next hour does not reach into another day."""
    zone = "UTC" if 2 <= timezone.now().hour < 20 else "Asia/Tokyo"
    return DoctorFactory(user__given_name="Amara", user__family_name="Osei", zone=zone)


def test_from_the_first_look_to_the_prescription(visitor, portal, worker, doctor):
    desk = visitor(doctor.user).new_page()
    publish_a_time(desk, doctor)

    phone = visitor(**PHONE).new_page()
    choose_the_time(phone, doctor)
    create_an_account(phone, email="ana@example.org")
    describe_and_book(phone)
    appointment = Appointment.objects.get(doctor=doctor)
    assert appointment.status == Appointment.Status.CONFIRMED
    wait_until(lambda: {"ana@example.org", doctor.user.email} <= recipients_of("Your visit is confirmed"))

    go_to_the_waiting_room(phone, appointment)
    desk = join_as_doctor(desk.context, appointment.visit)
    admit(desk)
    for page in (phone, desk):
        receives_picture_and_sound(page)

    say(desk, "Good morning. How is the cough?")
    expect(phone.get_by_role("log")).to_contain_text("How is the cough?")
    prescribe(desk)
    end(desk)

    expect(phone.get_by_role("heading", name="The visit is over")).to_be_visible()
    appointment.refresh_from_db()
    assert appointment.status == Appointment.Status.COMPLETED
    text = text_of_the_prescription(phone, appointment)
    for words in ("Ana Prado", "Dr Amara Osei", doctor.number, "Amoxicillin", "500", "Finish the whole course"):
        assert words in text


def publish_a_time(page: Page, doctor: Doctor) -> None:
    local = (datetime.now(UTC) + SOON).astimezone(ZoneInfo(doctor.zone))
    page.goto("/doctor/hours/")
    page.get_by_text("Add a single time").first.click()
    form = page.locator("form[action*=slot]")
    form.get_by_label("Day").fill(f"{local:%Y-%m-%d}")
    form.get_by_label("From").fill(f"{local:%H:%M}")
    form.get_by_label("To").fill(f"{local + timedelta(minutes=20):%H:%M}")
    form.get_by_role("button").click()
    expect(page.get_by_text("1 time")).to_be_visible()


def choose_the_time(page: Page, doctor: Doctor) -> None:
    page.goto("/")
    page.goto(f"/doctors/{doctor.slug}/")
    page.locator("label.slot").first.click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Sign in to book")).to_be_visible()


def create_an_account(page: Page, *, email: str) -> None:
    page.get_by_role("link", name="Create account").last.click()
    page.get_by_label("First names").fill("Ana")
    page.get_by_label("Last name").fill("Prado")
    for part, number in (("Day", "17"), ("Month", "5"), ("Year", "1980")):
        page.get_by_label(part, exact=True).fill(number)
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Create my account").click()
    page.locator("input[name=code]").fill(code_mailed_to(email))
    page.get_by_role("button", name="Continue").click()


def describe_and_book(page: Page) -> None:
    expect(page.get_by_role("heading", name="Why do you want to see a doctor?")).to_be_visible()
    page.get_by_label("Something new").check()
    page.get_by_label("In your own words").fill("A cough for a week.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_role("button", name="Book the visit").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()


def go_to_the_waiting_room(page: Page, appointment: Appointment) -> None:
    page.goto("/appointments/")
    page.get_by_role("link", name="Join waiting room").click()
    page.get_by_label("Where are you now?").fill("5 Harbour Street, Lisbon")
    page.get_by_label("Number if we are cut off").fill("+351 912 345 678")
    page.get_by_label("I agree to be treated over video").check()
    page.get_by_role("button", name="Join waiting room").click()
    expect(page.get_by_role("heading", name="You are in the waiting room")).to_be_visible()


def say(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Message").fill(words)
    page.get_by_role("button", name="Send").click()


def prescribe(page: Page) -> None:
    """In a tab beside the visit, which goes on."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Prescribe").click()
    editor = opened.value
    editor.get_by_label("Diagnosis").fill("Acute bronchitis")
    row = editor.locator("[data-row]").first
    for name, words in MEDICINE.items():
        row.locator(f"[name$='-{name}']").fill(words)
    editor.get_by_label("Advice").fill("Finish the whole course")
    editor.get_by_role("button", name="Check the prescription").click()
    editor.get_by_label("I have reviewed the patient's allergies and medicines.").check()
    editor.get_by_role("button", name="Issue prescription").click()
    expect(editor.get_by_role("heading", name="Prescription")).to_be_visible()
    editor.close()


def end(page: Page) -> None:
    page.get_by_role("link", name="Leave").click()
    page.get_by_role("button", name="End the visit for everybody").click()


def text_of_the_prescription(page: Page, appointment: Appointment) -> str:
    """What the PDF says that the patient downloads."""
    page.goto(appointment.get_absolute_url())
    page.get_by_role("link", name="Read the prescription").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    document = PdfReader(BytesIO(download.value.path().read_bytes()))
    return " ".join(page.extract_text() for page in document.pages)


def letters() -> list:
    """The messages in the outbox, oldest first."""
    paths = sorted(settings.EMAIL_OUTBOX.glob("*.eml"))
    return [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in paths]


def code_mailed_to(email: str) -> str:
    mine = [letter for letter in letters() if email in letter["To"]]
    return re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", mine[-1].get_body(("plain",)).get_content(), re.M)[1]


def recipients_of(subject: str) -> set[str]:
    return {letter["To"] for letter in letters() if subject in letter["Subject"]}
