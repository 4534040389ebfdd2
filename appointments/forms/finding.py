from typing import Any

from django import forms
from django.core.cache import caches
from django.db.models import F, Func
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from appointments.finding import Search
from clinic.people.languages import language_name
from clinic.people.models import Clinic, Doctor, Specialty
from clinic.time import PartOfDay

Choices = list[tuple[str, str]]
OFFERED_SECONDS = 60


def search_choices() -> dict[str, Choices]:
    """What practising doctors offer, for the fields of SearchForm. May be a minute old: each process keeps it."""
    offered: Any = caches["process"].get_or_set("search-choices", read_offered, OFFERED_SECONDS)
    languages = sorted(((code, language_name(code)) for code in offered["languages"]), key=lambda choice: choice[1])
    return {"specialty": offered["specialties"], "language": languages, "clinic": offered["clinics"]}


def read_offered() -> dict[str, list[Any]]:
    """The same as names in addresses, read in three queries; languages as codes, to be said in the reader's words."""
    doctors = Doctor.objects.practising().order_by()
    codes = doctors.values_list(Func(F("languages"), function="unnest"), flat=True).distinct()
    return {
        "specialties": list(Specialty.objects.filter(doctors__in=doctors).distinct().values_list("slug", "name")),
        "languages": list(codes),
        "clinics": list(Clinic.objects.filter(doctors__in=doctors).distinct().values_list("slug", "name")),
    }


class SearchForm(forms.Form):
    """Which doctors to look for; everything may be left open. A choice between one clinic is none, and not shown."""

    specialty = forms.ChoiceField(label=_("What do you need?"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    part = forms.ChoiceField(label=_("Time of day"), required=False, choices=[("", _("Any time")), *PartOfDay.choices])
    clinic = forms.ChoiceField(label=_("Clinic"), required=False)
    q = forms.CharField(label=_("Doctor’s name"), max_length=80, required=False)

    ANY = {"specialty": _("Any specialty"), "language": _("Any language"), "clinic": _("Any clinic")}

    def __init__(self, *args: Any, choices: dict[str, Choices], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, words in self.ANY.items():
            field: Any = self.fields[name]
            field.choices = [("", words), *choices[name]]
        if len(choices["clinic"]) < 2:
            del self.fields["clinic"]

    @cached_property
    def search(self) -> Search:
        """What is asked for; words that mean nothing count as left open."""
        self.is_valid()
        return Search(**self.cleaned_data)

    @property
    def words(self) -> list[str]:
        """What is asked for, in the reader's words."""
        self.is_valid()
        choices = {name: dict(getattr(field, "choices", ())) for name, field in self.fields.items()}
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        return [str(choices[name].get(value, value)) for name, value in asked.items()]
