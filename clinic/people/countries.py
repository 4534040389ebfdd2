"""The countries of ISO 3166-1 by their two letters, and their names."""

from django.utils.translation import get_language
from phonenumbers.geodata.locale import LOCALE_DATA


def country_name(code: str) -> str:
    """A country in the reader's words, as "Portugal"; in English where we do not know it in the reader's language."""
    names = LOCALE_DATA[code]
    language = (get_language() or "en").split("-")[0]
    name = names.get(language, names["en"])
    return names[name[1:]] if name.startswith("*") else name  # "*en": as in English


def country_choices() -> list[tuple[str, str]]:
    """The countries to choose from, by name."""
    return sorted(((code, country_name(code)) for code in LOCALE_DATA), key=lambda choice: choice[1])
