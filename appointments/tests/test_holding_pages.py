"""A time is chosen, and kept for whoever chose it."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from clinic.people.tests.factories import PASSWORD, PatientFactory

from .factories import SlotFactory
from .pages import NOON, choose, step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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
