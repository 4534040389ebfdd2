"""How every form of the portal is drawn, and the date of birth."""

from datetime import date, timedelta

import pytest
from django import forms
from django.forms import formset_factory
from django.template.loader import render_to_string
from django.utils import timezone

from clinic.forms import BirthDateField, DateInput, TimeInput


class VisitForm(forms.Form):
    reason = forms.CharField(help_text="In your own words", widget=forms.TextInput({"placeholder": "Reason"}))
    phone = forms.CharField(required=False)
    agreed = forms.BooleanField(label="I agree", help_text="You may change your mind")
    who = forms.ChoiceField(choices=[("me", "Me"), ("child", "My child")], widget=forms.RadioSelect)


class PersonForm(forms.Form):
    birth_date = BirthDateField()


def born(day: object, month: object, year: object) -> PersonForm:
    return PersonForm({"birth_date_day": day, "birth_date_month": month, "birth_date_year": year})


def test_a_field_has_label_then_hint_then_error_then_control():
    drawn = VisitForm({}).as_div()

    places = [drawn.index(part) for part in ('for="id_reason"', "id_reason_helptext", "id_reason_error", "<input")]
    assert places == sorted(places)


def test_a_refused_control_points_to_its_hint_and_error():
    drawn = str(VisitForm({})["reason"])

    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_reason_helptext id_reason_error"' in drawn


def test_no_placeholder_stands_in_for_a_label():
    assert "placeholder" not in str(VisitForm()["reason"])


def test_a_control_keeps_the_class_it_was_given():
    class CodeForm(forms.Form):
        code = forms.CharField(widget=forms.TextInput({"class": "input-code"}))

    assert 'class="input input-code"' in str(CodeForm()["code"])


def test_what_may_stay_empty_says_so():
    drawn = VisitForm().as_div()

    assert drawn.count("(optional)") == 1
    assert "phone" in drawn[: drawn.index("(optional)")].splitlines()[-1]


def test_a_choice_is_a_fieldset_with_a_legend():
    drawn = VisitForm()["who"].as_field_group()

    assert drawn.startswith("<fieldset")
    assert drawn.count('class="choice"') == 2


def test_the_summary_links_every_error_to_the_first_control_of_its_field():
    drawn = render_to_string("_error_summary.html", {"form": VisitForm({})})

    assert 'href="#id_reason"' in drawn
    assert 'href="#id_agreed"' in drawn
    assert 'href="#id_who_0"' in drawn


def test_the_summary_lists_the_errors_of_rows():
    rows = formset_factory(PersonForm, extra=0)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-birth_date_day": "31"}
    )

    assert 'href="#id_form-0-birth_date_0"' in render_to_string("_error_summary.html", {"formset": rows})


def test_there_is_no_summary_without_errors():
    assert render_to_string("_error_summary.html", {"form": VisitForm()}).strip() == ""


def test_a_birth_date_is_read_from_three_inputs():
    form = born("27", "3", "1954")

    assert form.is_valid()
    assert form.cleaned_data["birth_date"] == date(1954, 3, 27)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (("", "", ""), "Enter the date of birth, like 27 3 1954"),
        (("27", "", "1954"), "Enter the date of birth, like 27 3 1954"),
        (("31", "2", "1954"), "Enter a real date of birth, like 27 3 1954"),
        (("27", "3", "9" * 30), "Enter a real date of birth, like 27 3 1954"),
        (("27", "March", "1954"), "Enter a real date of birth, like 27 3 1954"),
        (("27", "3", "54"), "Enter the year of birth with four digits, like 1954"),
    ],
)
def test_a_birth_date_that_is_none_is_refused_in_words(parts, message):
    assert born(*parts).errors["birth_date"] == [message]


def test_half_a_birth_date_is_refused_where_none_is_needed():
    class ChildForm(forms.Form):
        birth_date = BirthDateField(required=False)

    assert ChildForm({}).is_valid()
    assert not ChildForm({"birth_date_day": "27"}).is_valid()


def test_a_birth_date_to_come_is_refused():
    tomorrow = timezone.localdate() + timedelta(days=1)

    assert born(tomorrow.day, tomorrow.month, tomorrow.year).errors["birth_date"] == [
        "The date of birth must be in the past"
    ]


def test_what_was_typed_of_a_birth_date_stays():
    drawn = str(born("31", "2", "1954")["birth_date"])

    assert 'value="31"' in drawn
    assert 'value="1954"' in drawn


def test_dates_and_times_reach_the_browsers_controls_in_its_notation():
    assert 'value="2026-11-20"' in DateInput().render("on", date(2026, 11, 20))
    assert 'value="16:20"' in TimeInput().render("at", "16:20")
