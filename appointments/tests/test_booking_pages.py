"""From a chosen time to an appointment, page by page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from appointments.draft import ANSWERS
from appointments.models import Appointment, Slot
from clinic.people.models import Doctor, Patient
from clinic.people.tests.factories import (
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    SpecialtyFactory,
    UserFactory,
)

from .factories import OnCallFactory, SlotFactory, booked
from .pages import NOON, answer, book_all_the_way, choose, confirm, step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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
