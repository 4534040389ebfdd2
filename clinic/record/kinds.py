"""The kinds of history entries, and the words in which people are asked for them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.people.models import Allergy, Condition, Medication
from clinic.people.models.history import HistoryEntry


@dataclass(frozen=True)
class Kind:
    """`slug` stands in addresses; the rest is for readers."""

    model: type[HistoryEntry]
    slug: str
    title: Any
    nothing: Any
    add: Any
    name_label: Any
    name_hint: Any
    name_missing: Any
    detail_label: Any
    detail_hint: Any


KINDS = {
    kind.slug: kind
    for kind in (
        Kind(
            model=Allergy,
            slug="allergies",
            title=_("Allergies"),
            nothing=_("No allergies recorded"),
            add=_("Add an allergy"),
            name_label=_("Allergic to"),
            name_hint=_("For example: penicillin, peanuts, latex"),
            name_missing=_("Enter what the allergy is to"),
            detail_label=_("What happens"),
            detail_hint=_("For example: a rash, in 2011"),
        ),
        Kind(
            model=Condition,
            slug="conditions",
            title=_("Conditions"),
            nothing=_("No conditions recorded"),
            add=_("Add a condition"),
            name_label=_("Illness or condition"),
            name_hint=_("For example: asthma, high blood pressure, a pregnancy"),
            name_missing=_("Enter the illness or condition"),
            detail_label=_("Since when, and how it goes"),
            detail_hint=_("For example: since 2015, well controlled"),
        ),
        Kind(
            model=Medication,
            slug="medicines",
            title=_("Medicines taken now"),
            nothing=_("No medicines recorded"),
            add=_("Add a medicine"),
            name_label=_("Medicine and strength"),
            name_hint=_("As it stands on the box. For example: ibuprofen 400 mg"),
            name_missing=_("Enter the name of the medicine"),
            detail_label=_("How it is taken"),
            detail_hint=_("For example: one tablet each morning"),
        ),
    )
}
