"""From a chosen time to an appointment, page by page."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.urls import reverse

from appointments.draft import ANSWERS
from appointments.models import Appointment, Slot
from clinic.people.models import Doctor, Patient
from clinic.people.tests.factories import (
    PASSWORD,
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    SpecialtyFactory,
    UserFactory,
)

from .factories import OnCallFactory, SlotFactory, booked

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 8, 11, tzinfo=UTC)
REASON = {"reason_category": "new_problem", "symptoms": "Dizzy when I stand up."}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def slot():
    return SlotFactory(begins=NOON + timedelta(days=1))


@pytest.fixture
def patient(client):
    """A patient who is signed in."""
    patient = PatientFactory()
    client.force_login(patient.user)
    return patient


def choose(client, slot):
    return client.post(reverse("appointments:choose"), {"slot": slot.uid}, follow=True)


def step(name, slot):
    return reverse(f"appointments:{name}", args=[slot.uid])


def answer(client, slot, **answers):
    return client.post(step("book-reason", slot), REASON | answers, follow=True)


def confirm(client, slot, key=None):
    page = client.get(step("book-check", slot), follow=True)
    key = key or page.context["form"]["key"].value()
    return client.post(step("book-check", slot), {"key": key})


def book_all_the_way(client, slot, **answers):
    choose(client, slot)
    answer(client, slot, **answers)
    return confirm(client, slot)


# Choosing and holding


def test_a_stranger_is_asked_to_sign_in_while_the_time_is_held(client, slot):
    page = choose(client, slot)

    slot.refresh_from_db()
    assert slot.held_until == NOON + timedelta(minutes=10)
    assert f"{reverse('account_signup')}?next=/book/{slot.uid}/" in page.text


def test_the_hold_survives_signing_in(client, slot):
    user = PatientFactory(user__password=PASSWORD).user
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    choose(client, slot)

    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    page = client.get(step("book", slot), follow=True)

    assert page.redirect_chain[-1][0] == step("book-reason", slot)


def test_somebody_else_does_not_get_a_held_time(client, slot, patient):
    slot.hold("theirs", at=NOON)

    page = choose(client, slot)

    assert page.status_code == 409
    assert "This time is gone" in page.text


def test_a_hold_that_ran_out_is_for_the_next_one(client, slot, patient, clock):
    slot.hold("theirs", at=NOON)
    clock.shift(timedelta(minutes=10))

    page = choose(client, slot)

    assert page.status_code == 200


def test_typing_renews_the_hold(client, slot, patient, clock):
    choose(client, slot)
    clock.shift(timedelta(minutes=9))

    answer_to_script = client.post(step("book-hold", slot))

    slot.refresh_from_db()
    assert slot.held_until == NOON + timedelta(minutes=19)
    assert 'data-held-ms="600000"' in answer_to_script.text


def test_a_hold_that_somebody_else_took_meanwhile_leaves_the_page_as_it_is(client, slot, patient, clock):
    choose(client, slot)
    clock.shift(timedelta(minutes=10))
    slot.hold("theirs", at=NOON + timedelta(minutes=10))

    answer_to_script = client.post(step("book-hold", slot))

    assert answer_to_script.status_code == 200
    assert "we keep what you have typed" in answer_to_script.text


def test_nobody_holds_a_time_that_they_did_not_choose(client, slot, patient):
    refused = client.post(step("book-hold", slot))

    slot.refresh_from_db()
    assert refused.status_code == 403
    assert slot.held_until is None


def test_a_new_choice_frees_the_one_before(client, slot, patient):
    other = SlotFactory()
    choose(client, slot)

    choose(client, other)

    slot.refresh_from_db()
    assert slot.held_until is None


def test_each_page_holds_the_time_on(client, slot, patient, clock):
    choose(client, slot)
    clock.shift(timedelta(minutes=5))

    client.get(step("book-reason", slot))

    slot.refresh_from_db()
    assert slot.held_until == NOON + timedelta(minutes=15)


@pytest.mark.parametrize("uid", ["", "NOSUCHSLOT", "\x00"])
def test_choosing_nothing_leads_back_with_a_message(client, uid):
    response = client.post(
        reverse("appointments:choose"),
        {"slot": uid},
        headers={"Referer": "http://testserver/doctors/amara-osei/"},
    )

    assert response.url == "http://testserver/doctors/amara-osei/"


def test_choosing_nothing_never_leads_elsewhere(client):
    response = client.post(reverse("appointments:choose"), headers={"Referer": "https://evil.example/"})

    assert response.url == "/"


def test_a_time_that_is_not_there_is_not_found(client):
    assert client.get(reverse("appointments:book", args=["NOSUCHSLOT"])).status_code == 404


@pytest.mark.parametrize("name", ["book-profile", "book-who", "book-reason", "book-check"])
def test_strangers_sign_in_before_they_answer(client, slot, name):
    response = client.get(step(name, slot))

    assert response.url.startswith(reverse("account_login"))


# The questions


def test_who_books_for_one_person_only_is_not_asked_for_whom(client, slot, patient):
    page = choose(client, slot)

    assert page.redirect_chain[-1][0] == step("book-reason", slot)


def test_who_acts_for_others_is_asked_for_whom(client, slot, patient):
    child = RepresentationFactory(user=patient.user).patient
    choose(client, slot)

    page = client.post(step("book-who", slot), {"patient": child.uid}, follow=True)
    answer(client, slot)
    confirm(client, slot)

    assert page.redirect_chain[-1][0] == step("book-reason", slot)
    assert Appointment.objects.get().patient == child


def test_somebody_for_whom_one_does_not_act_is_refused(client, slot, patient):
    RepresentationFactory(user=patient.user)
    stranger = PatientFactory()
    choose(client, slot)

    page = client.post(step("book-who", slot), {"patient": stranger.uid})

    assert list(page.context["form"].errors) == ["patient"]


def test_an_unchecked_representation_does_not_count(client, slot, patient):
    RepresentationFactory(user=patient.user, checked_by=None)

    page = choose(client, slot)

    assert page.redirect_chain[-1][0] == step("book-reason", slot)


def test_a_user_without_a_patients_profile_says_who_they_are(client, slot):
    client.force_login(UserFactory())
    page = choose(client, slot)

    fields = {"given_name": "Ana", "family_name": "Reis"}
    birth = {"birth_date_day": "27", "birth_date_month": "3", "birth_date_year": "1984"}
    client.post(step("book-profile", slot), fields | birth)

    assert page.redirect_chain[-1][0] == step("book-profile", slot)
    assert Patient.objects.get().birth_date == date(1984, 3, 27)


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"symptoms": ""}, "symptoms"),
        ({"symptoms": "   "}, "symptoms"),
        ({"symptoms": "x" * 2001}, "symptoms"),
        ({"reason_category": ""}, "reason_category"),
        ({"reason_category": "gossip"}, "reason_category"),
    ],
)
def test_a_reason_is_needed_and_what_was_typed_stays(client, slot, patient, answers, wrong):
    choose(client, slot)

    page = answer(client, slot, **answers)

    assert list(page.context["form"].errors) == [wrong]
    assert "Error: " in page.text


def test_answers_are_encrypted_in_the_session(client, slot, patient):
    choose(client, slot)

    answer(client, slot)

    assert "Dizzy" not in str(dict(client.session))
    assert client.session[ANSWERS]


def test_the_reason_is_filled_in_when_one_comes_back_to_it(client, slot, patient):
    choose(client, slot)
    answer(client, slot)

    page = client.get(step("book-reason", slot))

    assert "Dizzy when I stand up." in page.text


def test_an_emergency_is_told_the_number_to_call(client, slot, patient):
    slot.doctor.clinic.emergency_phone = "999"
    slot.doctor.clinic.save()
    choose(client, slot)

    page = answer(client, slot, is_emergency="on")

    assert "You said that it is urgent." in page.text
    assert 'href="tel:999"' in page.text


def test_one_cannot_skip_the_questions(client, slot, patient):
    choose(client, slot)

    page = client.get(step("book-check", slot), follow=True)

    assert page.redirect_chain[-1][0] == step("book-reason", slot)


# Booking


def test_the_whole_way_ends_on_the_confirmation(client, slot, patient):
    OnCallFactory(doctor=slot.doctor, begins=NOON)
    response = book_all_the_way(client, slot, is_emergency="on")

    appointment = Appointment.objects.get()
    assert response.url == reverse("appointments:booked", args=[appointment.reference])
    assert (appointment.patient, appointment.symptoms) == (patient, "Dizzy when I stand up.")
    assert appointment.is_emergency
    page = client.get(response.url)
    assert appointment.reference in page.text
    assert reverse("appointments:calendar", args=[appointment.reference]) in page.text


def test_a_doctor_who_wants_to_be_asked_gets_a_request(client, patient):
    slot = SlotFactory(begins=NOON + timedelta(days=1), doctor__booking_mode=Doctor.Mode.REQUEST)

    response = book_all_the_way(client, slot)

    page = client.get(response.url)
    assert "Your request is sent" in page.text
    assert Appointment.objects.get().status == Appointment.Status.REQUESTED


def test_a_second_press_of_the_button_leads_to_the_same_appointment(client, slot, patient):
    choose(client, slot)
    answer(client, slot)
    session = client.session
    answers = session[ANSWERS]
    key = client.get(step("book-check", slot)).context["form"]["key"].value()
    first = client.post(step("book-check", slot), {"key": key})
    session = client.session
    session[ANSWERS] = answers  # as a request has it that came before the first one was answered
    session.save()

    second = client.post(step("book-check", slot), {"key": key})

    assert second.url == first.url
    assert Appointment.objects.count() == 1


def test_going_back_after_booking_leads_to_the_appointment(client, slot, patient):
    book_all_the_way(client, slot)

    page = client.get(step("book-check", slot), follow=True)

    assert page.redirect_chain[-1][0] == Appointment.objects.get().get_absolute_url()


def test_the_next_booking_starts_with_empty_answers(client, slot, patient):
    book_all_the_way(client, slot)
    other = SlotFactory()
    choose(client, other)

    page = client.get(step("book-reason", other))

    assert page.context["form"].initial == {}


def test_a_time_that_is_taken_meanwhile_offers_the_three_nearest(client, slot, patient, clock):
    others = [SlotFactory(doctor=slot.doctor, begins=slot.starts_at + timedelta(hours=n)) for n in (-2, 1, 3, 5)]
    choose(client, slot)
    answer(client, slot)
    key = client.get(step("book-check", slot)).context["form"]["key"].value()
    clock.shift(timedelta(minutes=11))
    booked(Slot.objects.get(pk=slot.pk), at=NOON + timedelta(minutes=11))

    page = client.post(step("book-check", slot), {"key": key})

    assert page.status_code == 409
    assert page.context["others"] == others[:3]
    assert "What you have typed is kept." in page.text


def test_another_time_goes_on_with_what_was_typed(client, slot, patient):
    other = SlotFactory()
    choose(client, slot)
    answer(client, slot)

    page = choose(client, other)

    assert page.redirect_chain[-1][0] == step("book-check", other)
    assert "Dizzy when I stand up." in page.text


def test_where_the_doctor_has_no_other_time_colleagues_are_offered(client, patient):
    skin = SpecialtyFactory()
    slot = SlotFactory(doctor=DoctorFactory(specialties=[skin]), status=Slot.Status.WITHDRAWN)
    colleague = SlotFactory(doctor=DoctorFactory(specialties=[skin]))
    SlotFactory()

    page = client.get(step("book", slot))

    assert page.context["others"] == [colleague]


def test_a_time_over_ones_own_appointment_is_refused_in_words(client, slot, patient):
    booked(SlotFactory(begins=slot.starts_at), patient=patient)
    choose(client, slot)
    answer(client, slot)

    page = confirm(client, slot)

    assert "There is already an appointment at this time." in page.text
    slot.refresh_from_db()
    assert slot.status == Slot.Status.OPEN


def test_a_time_that_was_withdrawn_is_gone(client, slot, patient):
    slot.withdraw()

    page = choose(client, slot)

    assert page.status_code == 409


def test_a_time_that_is_past_is_gone(client, slot, patient, clock):
    clock.shift(timedelta(days=2))

    page = choose(client, slot)

    assert page.status_code == 409


def test_booking_takes_few_queries(client, slot, patient, django_assert_max_num_queries):
    RepresentationFactory.create_batch(5, user=patient.user)
    choose(client, slot)
    client.post(step("book-who", slot), {"patient": patient.uid})
    answer(client, slot)

    with django_assert_max_num_queries(14):
        client.get(step("book-check", slot))
