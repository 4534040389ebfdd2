"""The doctor's weekly hours, as they are entered on the page."""

from datetime import UTC, datetime

import pytest
import time_machine

from clinic.people.tests.factories import DoctorFactory

from .factories import ClosureFactory, booked
from .pages import errors_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/doctor/hours/"
NINE_TO_TEN = {"starts": "09:00", "ends": "10:00"}


@pytest.fixture
def doctor(client):
    """A doctor in Lisbon who reads the portal in Berlin, signed in."""
    doctor = DoctorFactory(user__zone="Europe/Berlin", clinic__horizon_days=8)
    client.force_login(doctor.user)
    return doctor


def rows(*periods):
    """The rows of a day's editor as a browser sends them."""
    fields = {"periods-TOTAL_FORMS": str(len(periods)), "periods-INITIAL_FORMS": "0"}
    for number, period in enumerate(periods):
        fields |= {f"periods-{number}-{name}": value for name, value in period.items()}
    return fields


def set_tuesday(client, *periods, **more):
    return client.post("/doctor/hours/tuesday/", rows(*periods) | more)


def test_weekly_hours_open_their_times_by_the_doctors_clock(client, doctor):
    response = set_tuesday(client, NINE_TO_TEN)

    assert response.url == PAGE
    assert doctor.slots.earliest("starts_at").starts_at == datetime(2026, 6, 9, 8, tzinfo=UTC)


def test_a_day_has_several_periods_with_a_break(client, doctor):
    set_tuesday(client, NINE_TO_TEN, {"starts": "14:00", "ends": "15:00"})

    assert [str(rule) for rule in doctor.availabilities.all()] == ["Tuesday 09:00–10:00", "Tuesday 14:00–15:00"]


def test_a_day_is_copied_to_other_days(client, doctor):
    set_tuesday(client, NINE_TO_TEN, weekdays=["3", "4"])

    assert [rule.weekday for rule in doctor.availabilities.all()] == [1, 3, 4]


def test_a_row_that_is_removed_or_blank_is_no_period(client, doctor):
    set_tuesday(client, {**NINE_TO_TEN, "DELETE": "on"}, {"starts": "", "ends": ""})

    assert not doctor.availabilities.exists()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"ends": "09:00"}, "ends"),
        ({"starts": "22:00", "ends": "02:00"}, "ends"),
        ({"starts": "nine"}, "starts"),
        ({"ends": "25:00"}, "ends"),
        ({"valid_from": "2026-06-10", "valid_until": "2026-06-09"}, "valid_until"),
        ({"valid_until": "9999-12-31"}, "valid_until"),
        ({"valid_from": "tomorrow"}, "valid_from"),
    ],
)
def test_impossible_hours_are_refused_at_their_field(client, doctor, fields, wrong):
    response = set_tuesday(client, {**NINE_TO_TEN, **fields})

    assert list(response.context["formset"].errors[0]) == [wrong]
    assert not doctor.availabilities.exists()


def test_hours_that_overlap_are_refused_in_words(client, doctor):
    response = set_tuesday(client, NINE_TO_TEN, {"starts": "09:30", "ends": "11:00"})

    assert "overlap" in errors_of(response)["__all__"][0]
    assert not doctor.availabilities.exists()


def test_ten_thousand_periods_are_refused_in_words(client, doctor):
    response = client.post("/doctor/hours/tuesday/", rows(NINE_TO_TEN) | {"periods-TOTAL_FORMS": "10000"})

    assert "A day has twelve periods at the most" in response.text
    assert not doctor.availabilities.exists()


@pytest.mark.parametrize("total", ["", "many", "-1", "99999999999999999999"])
def test_a_form_that_nobody_was_given_is_refused(client, doctor, total):
    for button in ({}, {"add_row": "1"}, {"preview": "1"}):
        response = client.post("/doctor/hours/tuesday/", {"periods-TOTAL_FORMS": total, **button})
        assert response.status_code == 200

    assert not doctor.availabilities.exists()


def test_a_weekday_that_does_not_exist_is_not_found(client, doctor):
    assert client.get("/doctor/hours/someday/").status_code == 404


def test_a_refused_form_keeps_what_was_typed(client, doctor):
    response = set_tuesday(client, {"starts": "10:15", "ends": "09:00"})

    assert 'value="10:15"' in response.text
    assert "<title>Error: Hours" in response.text


def test_a_row_is_added_without_javascript_and_what_was_typed_stays(client, doctor):
    response = set_tuesday(client, {"starts": "10:15", "ends": ""}, add_row="1")

    assert 'value="10:15"' in response.text
    assert 'name="periods-1-starts"' in response.text
    assert not doctor.availabilities.exists()


def test_the_preview_shows_what_patients_would_see_and_changes_nothing(client, doctor):
    response = set_tuesday(client, NINE_TO_TEN, preview="1")

    day, times = response.context["preview"][0]
    assert (f"{day}", times[0][0]) == ("2026-06-09", datetime(2026, 6, 9, 8, tzinfo=UTC))
    assert "09:40</time>" in response.text
    assert not doctor.slots.exists()


def test_a_row_that_was_removed_stays_away_while_the_doctor_decides(client, doctor):
    set_tuesday(client, NINE_TO_TEN)
    booked(doctor.slots.earliest("starts_at"))

    response = set_tuesday(client, {**NINE_TO_TEN, "DELETE": "on"})

    assert "data-row hidden" in response.text


def test_the_editor_shows_the_hours_that_there_are(client, doctor):
    set_tuesday(client, NINE_TO_TEN)

    page = client.get("/doctor/hours/tuesday/")

    assert 'value="09:00"' in page.text
    assert 'value="10:00"' in page.text


def test_a_change_that_would_orphan_a_visit_names_it_and_waits_for_the_doctor(client, doctor):
    set_tuesday(client, NINE_TO_TEN)
    visit = booked(doctor.slots.earliest("starts_at"))

    response = set_tuesday(client)

    assert visit.get_absolute_url() in response.text
    assert "Keep the visits and save" in response.text
    assert doctor.availabilities.exists()


def test_the_doctor_may_keep_the_visits_that_are_in_the_way(client, doctor):
    set_tuesday(client, NINE_TO_TEN)
    visit = booked(doctor.slots.earliest("starts_at"))

    response = client.post("/doctor/hours/tuesday/", rows() | {"keep_visits": "1"}, follow=True)

    assert "Booked outside your hours" in response.text
    assert visit.get_absolute_url() in response.text
    assert list(doctor.slots.values_list("status", flat=True)) == ["booked"]


@pytest.mark.parametrize(
    ("zone", "now", "words"),
    [
        ("America/New_York", "2026-03-01", "forward from 02:00 to 03:00"),
        ("America/New_York", "2026-10-20", "back from 02:00 to 01:00"),
        ("Europe/Berlin", "2026-03-01", "forward from 02:00 to 03:00"),
        ("Australia/Lord_Howe", "2026-09-20", "forward from 02:00 to 02:30"),
        ("Australia/Lord_Howe", "2026-03-20", "back from 02:00 to 01:30"),
        ("Africa/Casablanca", "2026-02-10", "back from 03:00 to 02:00"),
    ],
)
def test_the_page_says_what_the_next_clock_change_does(client, zone, now, words):
    doctor = DoctorFactory(zone=zone, clinic__horizon_days=30)

    with time_machine.travel(datetime.fromisoformat(now).replace(tzinfo=UTC), tick=False):
        client.force_login(doctor.user)
        page = client.get(PAGE)

    assert words in page.text


def test_where_clocks_never_change_the_page_says_nothing_of_it(client):
    doctor = DoctorFactory(zone="Asia/Kolkata", clinic__horizon_days=365)
    client.force_login(doctor.user)

    page = client.get(PAGE)

    assert "the clocks go" not in page.text


def test_closures_of_the_clinic_stand_on_the_page(client, doctor):
    ClosureFactory(clinic=doctor.clinic, name="Harbour festival")

    page = client.get(PAGE)

    assert "Harbour festival" in page.text


def test_without_a_zone_nothing_opens_and_the_page_says_so(client, doctor):
    doctor.zone = ""
    doctor.save()

    response = set_tuesday(client, NINE_TO_TEN)

    assert "Choose your time zone" in response.text
    assert not doctor.slots.exists()
