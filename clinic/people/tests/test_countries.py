"""Countries in the reader's words."""

import pytest
from django.utils import translation

from clinic.people.countries import country_choices, country_name


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [("en", "PT", "Portugal"), ("de", "DE", "Deutschland"), ("pt-br", "DE", "Alemanha"), ("tlh", "DE", "Germany")],
)
def test_a_country_has_its_name_in_the_readers_language(language, code, name):
    with translation.override(language):
        assert country_name(code) == name


def test_every_country_has_a_name():
    assert all(len(code) == 2 and name and not name.startswith("*") for code, name in country_choices())
