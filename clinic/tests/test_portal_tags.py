"""The template tags of {% load portal %}."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

LISBON = ZoneInfo("Europe/Lisbon")
AFTERNOON = datetime(2026, 7, 20, 15, 20, tzinfo=UTC)  # 16:20 in Lisbon


class NameForm(forms.Form):
    name = forms.CharField()


def rendered(source: str, **context: object) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


def test_an_icon_is_hidden_from_screen_readers():
    drawn = rendered('{% icon "video" %}')

    assert 'aria-hidden="true"' in drawn
    assert "icons.svg#video" in drawn


def test_an_arrow_turns_with_the_direction_of_text():
    assert 'class="icon icon-flip"' in rendered('{% icon "chevron-left" flip=True %}')


def test_a_badge_escapes_its_word():
    assert "&lt;b&gt;" in rendered('{% badge "warn" "clock" word %}', word="<b>")


def test_a_status_has_its_word_and_kind():
    appointment = SimpleNamespace(status="confirmed", get_status_display=lambda: "Confirmed")

    drawn = rendered("{% status_badge appointment %}", appointment=appointment)

    assert 'class="badge badge-ok"' in drawn
    assert drawn.endswith("Confirmed</span>")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Dr Amara Osei", "AO"), ("Dr. Luís de Ferreira", "LF"), ("Cher", "C"), ("", ""), ("åsa öberg", "ÅÖ")],
)
def test_initials_leave_titles_out(name, letters):
    assert rendered("{{ name|initials }}", name=name) == letters


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("short", "Mon 20 Jul, 16:20"),
        ("long", "Monday 20 July, 16:20"),
        ("list", "20 Jul 2026, 16:20"),
        ("day", "Monday 20 July"),
        ("short-day", "Mon 20 Jul"),
        ("list-day", "20 Jul 2026"),
        ("time", "16:20"),
    ],
)
def test_an_instant_is_shown_on_the_readers_clock(style, words):
    with timezone.override(LISBON):
        drawn = rendered("{% when at style %}", at=AFTERNOON, style=style)

    assert drawn == f'<bdi><time datetime="2026-07-20T16:20:00+01:00">{words}</time></bdi>'


def test_a_day_stays_the_same_in_every_zone():
    with timezone.override(ZoneInfo("Pacific/Kiritimati")):
        drawn = rendered('{% when born "list-day" %}', born=date(1954, 3, 27))

    assert drawn == '<bdi><time datetime="1954-03-27">27 Mar 1954</time></bdi>'


@pytest.mark.parametrize(
    ("zone", "words"),
    [("Europe/Lisbon", "Lisbon time"), ("America/Argentina/Buenos_Aires", "Buenos Aires time"), ("UTC", "UTC")],
)
def test_a_zone_is_named_by_its_city(zone, words):
    assert rendered("{{ zone|zone_name }}", zone=zone) == words


def test_times_are_grouped_by_the_readers_part_of_day():
    hours = [8, 11, 12, 15, 18, 20]  # in UTC, an hour later in Lisbon
    slots = [SimpleNamespace(starts_at=AFTERNOON.replace(hour=hour, minute=0)) for hour in hours]

    with timezone.override(LISBON):
        drawn = rendered(
            "{% for part, slots in slots|by_part_of_day %}{{ part }}:"
            "{% for slot in slots %} {{ slot.starts_at|clock }}{% endfor %};{% endfor %}",
            slots=slots,
        )

    assert drawn == ("Morning: 09:00;Early afternoon: 12:00 13:00;Late afternoon: 16:00;Evening: 19:00 21:00;")


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "A program on an unknown system"),
    ],
)
def test_a_browser_is_named_in_words(user_agent, words):
    assert rendered("{{ agent|browser_name }}", agent=user_agent) == words


@pytest.mark.parametrize(
    ("form", "prefix"),
    [(None, ""), (NameForm(), ""), (NameForm({"name": "Ann"}), ""), (NameForm({"name": ""}), "Error: ")],
)
def test_only_a_refused_form_is_an_error_in_the_title(form, prefix):
    assert rendered("{% error_prefix %}", form=form) == prefix
