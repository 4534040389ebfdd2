"""Fields that several forms share: time zones, languages, phone numbers."""

from itertools import groupby
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.people.languages import language_choices
from clinic.time import zone_names


def zones_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """All zones as ``[("Europe", [("Europe/Lisbon", "Lisbon"), ...]), ...]``."""
    regions = groupby(zone_names(), key=lambda name: name.partition("/")[0])
    return [(region, [(name, place_of(name)) for name in names]) for region, names in regions]


def place_of(zone: str) -> str:
    """The place in a zone's name, as "Lisbon"."""
    region, _slash, place = zone.partition("/")
    return (place or region).replace("_", " ").replace("/", " – ")


class ZoneField(forms.ChoiceField):
    """A time zone. Where it may be empty, `empty_words` say what holds then."""

    def __init__(self, *, empty_words: Any = "", **options: Any) -> None:
        options.setdefault("label", _("Time zone"))
        options.setdefault("error_messages", {"required": _("Choose a time zone")})
        super().__init__(choices=lambda: [("", empty_words), *zones_by_region()], **options)


class LanguageField(forms.ChoiceField):
    """The one language that somebody prefers to speak."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=lambda: [("", _("Not said")), *language_choices()], **options)


class LanguagesField(forms.MultipleChoiceField):
    """The languages that somebody speaks."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Languages that you speak with patients"))
        options.setdefault("error_messages", {"required": _("Choose at least one language")})
        super().__init__(choices=language_choices, **options)


class PhoneField(forms.CharField):
    """A phone number with its country's prefix, as ``+351 912 345 678``."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"type": "tel", "autocomplete": "tel"})
        options.setdefault("help_text", _("With the country code, like +351 912 345 678"))
        super().__init__(max_length=32, widget=widget, **options)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(_("Enter a phone number with its country code, like +351 912 345 678"))
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
