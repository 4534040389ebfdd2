"""The public page: genuine, revoked, unknown; and what it takes to see the medicines."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from prescriptions.models import Prescription, WrongTry
from prescriptions.seal import holds

from .factories import MEDICINE, PrescriptionFactory, issued, revoked

pytestmark = pytest.mark.django_db


def page_of(client, prescription):
    return client.get(reverse("verify:code", args=[prescription.spelled_code])).content.decode()


def show_medicines(client, prescription, born):
    parts = {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year}
    return client.post(reverse("verify:code", args=[prescription.code]), parts)


def test_a_genuine_prescription_is_called_so(client):
    prescription = issued(appointment__doctor__clinic__name="Harbour Clinic")

    page = page_of(client, prescription)

    for words in [
        "This prescription is genuine",
        "Harbour Clinic",
        prescription.doctor.name,
        prescription.doctor.number,
        "+351 210 000 000",
        "desk@clinic.example",
        "does not show whether it was dispensed",
    ]:
        assert words in page


@pytest.mark.parametrize("make", [issued, revoked])
def test_nothing_private_is_shown_to_who_has_only_the_code(client, make):
    prescription = make(diagnosis="Bronchitis", advice="Rest")

    page = page_of(client, prescription)

    patient = prescription.patient
    for words in ["Amoxicillin", "Bronchitis", "Rest", patient.given_name, patient.family_name, "The dose was wrong"]:
        assert words not in page


def test_a_revoked_prescription_is_called_so_and_opens_no_further(client):
    prescription = revoked()

    assert "Do not dispense it" in page_of(client, prescription)
    assert "See the medicines" not in page_of(client, prescription)
    assert b"Amoxicillin" not in show_medicines(client, prescription, prescription.patient.birth_date).content


def test_an_old_prescription_is_called_so(client):
    prescription = issued(valid_until=timezone.localdate())

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        page = page_of(client, prescription)

    assert "no longer valid" in page


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC-DDDD", "x", "é"])
def test_an_unknown_code_is_called_so(client, code):
    response = client.get(reverse("verify:form") + f"{code}/")

    assert response.status_code == 404
    assert "We do not know this code" in response.content.decode()


def test_a_draft_has_no_public_page(client):
    response = client.get(reverse("verify:code", args=[PrescriptionFactory().code]))

    assert response.status_code == 404


def test_with_the_birth_date_all_medicines_can_be_compared(client):
    prescription = issued(medicines=[MEDICINE, {**MEDICINE, "name": "Ibuprofen", "strength": "400 mg"}])

    page = show_medicines(client, prescription, prescription.patient.birth_date).content.decode()

    for words in ["Amoxicillin", "Ibuprofen", "400 mg, capsule", "3 times a day", "21 capsules", "No repeats"]:
        assert words in page


def test_a_wrong_birth_date_shows_nothing_and_is_counted(client):
    prescription = issued()

    response = show_medicines(client, prescription, prescription.patient.birth_date + timedelta(days=1))

    assert b"Amoxicillin" not in response.content
    assert "not the patient&#x27;s date of birth" in response.content.decode()
    assert WrongTry.objects.count() == 1


def test_after_five_wrong_dates_even_the_right_one_must_wait_a_day(client):
    prescription = issued()
    born = prescription.patient.birth_date
    for days in range(1, 6):
        show_medicines(client, prescription, born + timedelta(days=days))

    assert b"too many wrong dates" in show_medicines(client, prescription, born).content
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert b"Amoxicillin" in show_medicines(client, prescription, born).content


def test_wrong_dates_for_one_prescription_do_not_close_another(client):
    closed, other = issued(), issued()
    for days in range(1, 6):
        show_medicines(client, closed, closed.patient.birth_date + timedelta(days=days))

    assert b"Amoxicillin" in show_medicines(client, other, other.patient.birth_date).content


@pytest.mark.parametrize("data", [{}, {"birth_date_day": "31", "birth_date_month": "2", "birth_date_year": "1980"}])
def test_a_date_that_is_none_costs_no_try(client, data):
    prescription = issued()

    response = client.post(reverse("verify:code", args=[prescription.code]), data)

    assert response.context["form"].errors["birth_date"]
    assert not WrongTry.objects.exists()


def test_a_code_may_be_typed_carelessly(client):
    prescription = issued()
    typed = f" {prescription.spelled_code.lower().replace('0', 'o').replace('1', 'l').replace('-', ' ')} "

    response = client.post(reverse("verify:form"), {"code": typed})

    assert response["Location"] == reverse("verify:code", args=[prescription.code])


@pytest.mark.parametrize("typed", ["", "short", "U" * 16, "A" * 17, "a\x00b"])
def test_a_code_that_cannot_be_one_is_refused(client, typed):
    response = client.post(reverse("verify:form"), {"code": typed})

    assert response.status_code == 200
    assert response.context["form"].errors["code"]


@pytest.mark.parametrize("address", [["verify:form"], ["verify:code", "AAAABBBBCCCCDDDD"]])
def test_the_pages_leave_no_trace_elsewhere(client, address):
    name, *args = address

    response = client.get(reverse(name, args=args))

    assert response["Referrer-Policy"] == "strict-origin"
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]


def test_guessing_is_slowed_down(client):
    answers = [client.get(f"/verify/{number:016}/").status_code for number in range(21)]

    assert answers == [404] * 20 + [429]


def test_the_page_costs_few_queries(client, django_assert_max_num_queries):
    prescription = issued(medicines=[MEDICINE] * 20)
    page_of(client, prescription)

    with django_assert_max_num_queries(14):
        show_medicines(client, prescription, prescription.patient.birth_date)


def check_seal(client, prescription, seal):
    address = reverse("verify:seal", args=[prescription.spelled_code])
    return client.post(address, {"seal": seal}).json()["genuine"]


def seal_on_paper(prescription):
    return prescription.sealed_url.partition("#")[2]


def test_the_seal_on_paper_is_known_as_ours(client):
    prescription = issued(weight_kg="12.5", medicines__dose="0.50")

    on_paper = seal_on_paper(Prescription.objects.get())

    assert on_paper == seal_on_paper(prescription)
    assert check_seal(client, prescription, on_paper)


def test_a_seal_is_good_for_its_own_prescription_only(client):
    one, other = issued(), issued()

    assert not check_seal(client, one, seal_on_paper(other))


@pytest.mark.parametrize("seal", ["", "x", "a.b.c", "é", "x" * 5000])
def test_what_we_did_not_sign_is_no_seal(client, seal):
    assert not check_seal(client, issued(), seal)


def test_a_seal_does_not_hold_for_other_content():
    prescription = issued()
    sealed = seal_on_paper(prescription)
    prescription.valid_until += timedelta(days=1)

    assert not holds(sealed, prescription)
