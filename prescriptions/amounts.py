"""Numbers with their units, as people read them."""

from decimal import Decimal

from django.utils.formats import number_format


def amount(number: Decimal, unit: str) -> str:
    """ "0.5 tablet", without zeros at the end."""
    plain = f"{Decimal(number).normalize():f}"
    return f"{number_format(Decimal(plain))} {unit}"
