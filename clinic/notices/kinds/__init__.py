"""The table of kinds: for each, who is told in which words, on which channels, and what can be switched off."""

from clinic.notices.choices import Kind

from . import accounts, bookings, records, visits
from .rules import EMAIL, SMS, Rule, Words

__all__ = ["EMAIL", "KINDS", "SMS", "Rule", "Words"]

KINDS: dict[str, Rule] = {
    kind.value: rule
    for table in (bookings.RULES, visits.RULES, records.RULES, accounts.RULES)
    for kind, rule in table.items()
}
assert set(KINDS) == set(Kind.values), "each kind has its rule"
