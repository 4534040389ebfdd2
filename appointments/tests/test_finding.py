"""Finding a doctor and a time, as the pages show it to everybody."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from clinic.people.tests.factories import ClinicFactory, DoctorFactory, SpecialtyFactory, UserFactory

from .factories import SlotFactory

pytestmark = pytest.mark.django_db

SUNDAY_NOON = datetime(2026, 6, 7, 12, tzinfo=UTC)
QUERIES = 14


@pytest.fixture(autouse=True)
def on_a_sunday():
    with time_machine.travel(SUNDAY_NOON, tick=False):
        yield


@pytest.fixture(autouse=True)
def clinic():
    """The portal's own clinic, in whose zone strangers read times."""
    return ClinicFactory(zone="Europe/Lisbon")


def slot_at(hour, minute=0, day=8, **facts):
    return SlotFactory(begins=datetime(2026, 6, day, hour, minute, tzinfo=UTC), **facts)


def test_the_front_page_opens_on_the_first_day_with_free_times(client):
    slot = slot_at(9, day=17)

    page = client.get("/")

    assert page.context["strip"].chosen.isoformat() == "2026-06-17"
    assert slot.uid in page.text


def test_the_front_page_without_any_times_says_so(client):
    page = client.get("/")

    assert "No free times on this day." in page.text


def test_the_strip_counts_the_times_of_each_day(client):
    for slot in [(9, 0), (10, 0)]:
        slot_at(*slot)
    slot_at(9, day=10)

    page = client.get("/")

    days = page.context["strip"].days
    assert [each.count for each in days] == [0, 2, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("zone", "day", "clock"),
    [
        ("Europe/Lisbon", "2026-06-09", "00:30"),
        ("America/New_York", "2026-06-08", "19:30"),
        ("Asia/Kolkata", "2026-06-09", "05:00"),
    ],
)
def test_a_time_stands_on_the_day_of_the_reader(client, zone, day, clock):
    slot_at(23, 30)
    client.cookies["zone"] = zone

    page = client.get("/")

    assert page.context["strip"].chosen.isoformat() == day
    assert clock in page.text


def test_times_are_grouped_by_part_of_the_readers_day(client):
    slot_at(8)
    slot_at(18, 30)
    client.force_login(UserFactory(zone="Europe/Lisbon"))

    page = client.get("/?day=2026-06-08")

    assert re.findall(r'<p class="part">(.*?)</p>', page.text) == ["Morning", "Evening"]


def test_who_is_free_first_comes_first(client):
    later, sooner = slot_at(11), slot_at(9)
    slot_at(12, doctor=sooner.doctor)

    page = client.get("/")

    assert [doctor for doctor, _times in page.context["doctors"]] == [sooner.doctor, later.doctor]


def test_filters_stay_in_the_address_of_another_day(client):
    slot_at(9, doctor=DoctorFactory(specialties=[SpecialtyFactory(slug="skin")]))

    page = client.get("/?specialty=skin")

    assert "?specialty=skin&amp;day=2026-06-09" in page.text


@pytest.mark.parametrize("query", ["specialty=skin", "language=pt", "clinic=north", "q=amara+os"])
def test_each_filter_leaves_the_doctors_it_names(client, query):
    wanted = DoctorFactory(
        specialties=[SpecialtyFactory(slug="skin")],
        languages=["pt"],
        clinic__slug="north",
        user__given_name="Amara",
        user__family_name="Osei",
    )
    slot_at(9, doctor=wanted)
    slot_at(9)

    page = client.get(f"/?{query}")

    assert [doctor for doctor, _times in page.context["doctors"]] == [wanted]


@pytest.mark.parametrize(
    "query", ["day=2026-13-45", "day=yesterday", "day=2020-01-01", "day=9999-12-31", "day=0001-01-01", "specialty=no"]
)
def test_an_address_that_means_nothing_shows_the_first_free_day(client, query):
    slot_at(9)

    page = client.get(f"/?{query}")

    assert page.status_code == 200
    assert page.context["strip"].chosen.isoformat() == "2026-06-08"


def test_weeks_lead_to_one_another(client):
    slot_at(9, day=8)
    slot_at(9, day=25)

    strip = client.get("/?day=2026-06-16").context["strip"]

    assert (strip.earlier.isoformat(), strip.later.isoformat()) == ("2026-06-07", "2026-06-21")
    assert strip.days[0].day.isoformat() == "2026-06-14"


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "booked"},
        {"status": "withdrawn"},
        {"held_by": "k", "held_until": SUNDAY_NOON + timedelta(minutes=5)},
        {"doctor__approved_at": None},
        {"doctor__suspended_at": SUNDAY_NOON},
        {"doctor__user__is_active": False},
    ],
)
def test_what_nobody_can_book_is_not_shown(client, hidden):
    slot_at(9, **hidden)

    page = client.get("/?day=2026-06-08")

    assert page.context["doctors"] == []


def test_a_held_time_is_shown_again_when_the_hold_is_over(client):
    slot_at(9, held_by="k", held_until=SUNDAY_NOON)

    page = client.get("/")

    assert len(page.context["doctors"]) == 1


def test_a_crowded_day_shows_the_doctors_who_are_free_first_with_all_their_times_and_says_that_there_are_more(
    client, monkeypatch
):
    monkeypatch.setattr("appointments.strip.SHOWN_DOCTORS", 1)
    monkeypatch.setattr("appointments.strip.MOST_COUNTED", 3)
    first = slot_at(9)
    second = slot_at(18, doctor=first.doctor)
    for hour in (10, 11):
        slot_at(hour)

    page = client.get("/")

    assert [[time.uid for time in times] for _doctor, times in page.context["doctors"]] == [[first.uid, second.uid]]
    assert "3+ times" in page.text
    assert "More doctors have free times on this day." in page.text


@pytest.mark.parametrize(
    ("part", "times"), [("morning", ["08:00"]), ("early-afternoon", []), ("late-afternoon", []), ("evening", ["23:10"])]
)
def test_a_part_of_the_day_is_by_the_clock_of_the_reader(client, part, times):
    slot_at(7, 0)
    slot_at(22, 10)
    client.cookies["zone"] = "Europe/Lisbon"

    page = client.get(f"/?part={part}&day=2026-06-08")

    assert re.findall(r"(\d\d:\d\d)</time></span></label>", page.text) == times


def test_a_day_without_times_leads_to_the_next_free_one(client):
    slot_at(9, day=25)

    page = client.get("/?day=2026-06-09")

    assert page.context["strip"].next_free_at == datetime(2026, 6, 25, 9, tzinfo=UTC)
    assert "?day=2026-06-25" in page.text


@pytest.mark.parametrize("query", ["", "?day=2026-10-24"])
def test_a_day_of_25_hours_counts_all_its_times(client, query):
    for hour in (0, 23):
        SlotFactory(begins=datetime(2026, 10, 25, hour, tzinfo=UTC))
    SlotFactory(begins=datetime(2026, 10, 26, 0, tzinfo=UTC))
    client.cookies["zone"] = "Europe/Lisbon"

    with time_machine.travel(datetime(2026, 10, 24, tzinfo=UTC), tick=False):
        strip = client.get(f"/{query}").context["strip"]

    assert [each.count for each in strip.days] == [0, 2, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("query", ["", "?day=2026-03-27"])
def test_a_day_of_23_hours_counts_no_more_than_its_times(client, query):
    SlotFactory(begins=datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
    for hour in (22, 23):
        SlotFactory(begins=datetime(2026, 3, 29, hour, tzinfo=UTC))
    client.cookies["zone"] = "Europe/Lisbon"

    with time_machine.travel(datetime(2026, 3, 27, tzinfo=UTC), tick=False):
        strip = client.get(f"/{query}").context["strip"]

    assert [each.count for each in strip.days] == [0, 1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize(("days", "shown"), [(7, True), (9, False)])
def test_nobody_books_beyond_the_horizon_of_the_clinic(client, clinic, days, shown):
    clinic.horizon_days = 7
    clinic.save()
    SlotFactory(doctor=DoctorFactory(clinic=clinic), begins=SUNDAY_NOON + timedelta(days=days))

    page = client.get("/")

    assert bool(page.context["doctors"]) is shown


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize("address", ["/", "/?specialty=skin&language=en&part=morning", "/?day=2026-06-08", "/doctors/"])
def test_a_search_reads_the_slots_in_one_query_for_many_as_for_one(
    client, django_assert_max_num_queries, number, address, clinic
):
    skin = SpecialtyFactory(slug="skin")
    for _n in range(number):
        slot_at(9, doctor=DoctorFactory(clinic=clinic, specialties=[skin]))
    client.force_login(UserFactory())
    client.get(address)  # the session's first request writes it down

    with django_assert_max_num_queries(QUERIES) as queries:
        client.get(address)

    assert len([each for each in queries if '"appointments_slot"' in each["sql"]]) == 1


def test_a_doctors_page_reads_the_slots_in_one_query(client, django_assert_max_num_queries):
    doctor = slot_at(9).doctor
    client.get("/")

    with django_assert_max_num_queries(QUERIES) as queries:
        client.get(f"/doctors/{doctor.slug}/")

    assert len([each for each in queries if '"appointments_slot"' in each["sql"]]) == 1


def test_who_is_free_first_comes_first_in_the_list_of_doctors(client):
    DoctorFactory()
    later, sooner = slot_at(11).doctor, slot_at(9).doctor

    page = client.get("/doctors/")

    assert list(page.context["doctors"])[:2] == [sooner, later]


def test_the_list_of_doctors_says_when_each_is_free_first(client):
    slot = slot_at(9)
    DoctorFactory()

    page = client.get("/doctors/")

    assert f"/doctors/{slot.doctor.slug}/?day=2026-06-08" in page.text
    assert "No free times at the moment" in page.text


def test_a_doctors_page_shows_that_doctors_times_only(client):
    mine, other = slot_at(9), slot_at(10)

    page = client.get(f"/doctors/{mine.doctor.slug}/")

    assert mine.uid in page.text
    assert other.uid not in page.text


@pytest.mark.parametrize("state", [{"approved_at": None}, {"suspended_at": SUNDAY_NOON}, {"user__is_active": False}])
def test_who_does_not_practise_is_not_found(client, state):
    doctor = DoctorFactory(**state)

    page = client.get(f"/doctors/{doctor.slug}/")

    assert page.status_code == 404


def test_the_emergency_number_of_the_clinic_stands_on_the_front_page(client, clinic):
    clinic.emergency_phone = "999"
    clinic.save()

    page = client.get("/")

    assert 'href="tel:999"' in page.text


def test_the_horizon_of_the_strip_is_a_year(client):
    at = timezone.localdate() + timedelta(days=366)

    page = client.get(f"/?day={at.isoformat()}")

    assert page.context["strip"].chosen == at
