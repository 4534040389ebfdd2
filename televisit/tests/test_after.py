"""After a visit: what came of it, what the patient is advised, who was there when."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.errors import NotHeld
from appointments.models import Outcome
from clinic.people.tests.factories import StaffFactory
from televisit.errors import AdviceChangedElsewhere
from televisit.models import Advice
from televisit.tests.factories import a_visit, both_in

pytestmark = pytest.mark.django_db
MOST_QUERIES = 17


def a_held_visit():
    visit = a_visit(starts_in=timedelta(minutes=-5))
    both_in(visit)
    visit.end(by=visit.host.user, at=timezone.now())
    visit.appointment.refresh_from_db()
    return visit


def finish(client, visit, **facts):
    facts = {"outcome": "treated", "text": "Rest.", "seek_help": "Fever.", "version": 0, **facts}
    return client.post(reverse("televisit:finish", args=[visit.code]), facts)


def history(client, visit):
    return client.get(reverse("televisit:history", args=[visit.code]))


def test_doctor_says_what_came_of_the_visit_and_what_to_do(client):
    visit = a_held_visit()
    client.force_login(visit.host.user)

    response = finish(client, visit, outcome="referred", follow_up_on="2030-01-31")

    assert response["Location"] == reverse("record:after-visit", args=[visit.appointment.reference])
    outcome, advice = Outcome.objects.get(), Advice.objects.get()
    assert (outcome.appointment, outcome.kind, outcome.said_by) == (visit.appointment, "referred", visit.host.user)
    assert (advice.text, advice.seek_help, advice.follow_up_on) == ("Rest.", "Fever.", date(2030, 1, 31))


def test_what_was_said_can_be_corrected(client):
    visit = a_held_visit()
    client.force_login(visit.host.user)
    finish(client, visit)

    finish(client, visit, outcome="needs_in_person", text="Come by.", version=1)

    assert Outcome.objects.get().kind == "needs_in_person"
    assert Advice.objects.get().text == "Come by."


def test_second_window_does_not_overwrite_the_advice_of_the_first(client):
    visit = a_held_visit()
    client.force_login(visit.host.user)
    finish(client, visit)

    page = finish(client, visit, outcome="referred", text="Something else.").content.decode()

    assert str(AdviceChangedElsewhere.message) in page
    assert "Something else." in page
    assert Advice.objects.get().text == "Rest."
    assert Outcome.objects.get().kind == "treated"


def test_without_an_outcome_nothing_is_saved(client):
    visit = a_held_visit()
    client.force_login(visit.host.user)

    page = finish(client, visit, outcome="").content.decode()

    assert "Choose what came of the visit" in page
    assert not Advice.objects.exists()


def test_follow_up_is_on_a_day_to_come(client):
    visit = a_held_visit()
    client.force_login(visit.host.user)

    page = finish(client, visit, follow_up_on="2020-01-31").content.decode()

    assert "Choose a day that is still to come" in page
    assert not Advice.objects.exists()


def test_follow_up_that_has_passed_does_not_keep_the_advice_from_being_mended(client):
    visit = a_held_visit()
    Advice.objects.write(visit, by=visit.host.user, version=0, follow_up_on=date(2020, 1, 31))
    client.force_login(visit.host.user)

    finish(client, visit, text="Come by.", follow_up_on="2020-01-31", version=1)

    assert Advice.objects.get().text == "Come by."


def test_nothing_came_yet_of_a_visit_that_was_not_held(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    page = finish(client, visit).content.decode()

    assert str(NotHeld.message) in page
    assert not Outcome.objects.exists()
    assert not Advice.objects.exists()


def test_history_tells_who_was_there_and_what_counts(client):
    visit = a_held_visit()
    for role, minutes in (("patient", 12), ("doctor", 9)):
        came_at = visit.ended_at - timedelta(minutes=minutes)
        visit.participants.get(role=role).attendances.update(joined_at=came_at)
    client.force_login(visit.host.user)

    response = history(client, visit)

    assert response.context["billing"].minutes == 9
    assert visit.appointment.patient.name in response.content.decode()
    assert "Admitted" in response.content.decode()


def test_staff_read_the_history_but_nothing_clinical(client):
    visit = a_held_visit()
    client.force_login(visit.host.user)
    finish(client, visit, text="Take it easy")
    client.force_login(StaffFactory())

    page = history(client, visit).content.decode()

    assert "Who was there" in page
    assert "Take it easy" not in page
    assert "Harbour" not in page


def test_long_history_costs_no_more_queries(client, django_assert_max_num_queries):
    visit = a_held_visit()
    for number in range(6):
        guest = visit.participants.create(role="relative", name=f"Guest {number}")
        guest.attendances.create(joined_at=timezone.now(), left_at=timezone.now())
        visit.record("joined", participant=guest, at=timezone.now())
    client.force_login(visit.host.user)

    with django_assert_max_num_queries(MOST_QUERIES):
        history(client, visit)
