"""What everybody may see: doctors, and their free times in the reader's zone."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import DetailView, ListView, TemplateView

from appointments.draft import hold_key
from appointments.finding import Search, with_next_free_time
from appointments.forms import SearchForm, search_choices
from appointments.models.slots import SlotQuerySet
from appointments.strip import day_strip
from clinic.people.models import Doctor

from .asked import asked_day


class SearchMixin:
    """A page with the search form, once for wide screens and once folded for phones."""

    request: Any
    extra_context: Any = {"tab": "book"}

    @cached_property
    def forms(self) -> dict[str, SearchForm]:
        choices = search_choices()
        ids = {"wide_form": "wide_%s", "phone_form": "phone_%s"}
        return {name: SearchForm(self.request.GET, choices=choices, auto_id=auto_id) for name, auto_id in ids.items()}

    @property
    def search(self) -> Search:
        return self.forms["wide_form"].search

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.forms, **kwargs)  # type: ignore[misc]


class StripMixin:
    """A page that shows the free times of one day, and the days around it."""

    request: Any

    def strip_context(self, slots: SlotQuerySet) -> dict[str, Any]:
        strip = day_strip(slots, wanted=asked_day(self.request), at=self.now)
        return {"strip": strip, "doctors": strip.doctors}

    @cached_property
    def now(self) -> Any:
        return timezone.now()

    @property
    def hold_key(self) -> str:
        return hold_key(self.request.session)


class FindView(SearchMixin, StripMixin, TemplateView):
    """The front page: who is free when. Day and search are in the address."""

    template_name = "appointments/find.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slots = self.search.slots(self.now, hold_key=self.hold_key)
        return super().get_context_data(**self.strip_context(slots), **kwargs)


class DoctorListView(SearchMixin, ListView):
    """Every doctor whom one can book, with the first free time of each; who is free first comes first."""

    template_name = "doctors/list.html"
    context_object_name = "doctors"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Doctor]:
        doctors = with_next_free_time(self.search.doctors().listed(), self.search.anybodys_slots(timezone.now()))
        return doctors.order_by(F("next_free_at").asc(nulls_last=True), *Doctor._meta.ordering or ())


class DoctorDetailView(StripMixin, DetailView):
    """One doctor, with the free times of a day. Who does not practise is not found."""

    template_name = "doctors/detail.html"
    context_object_name = "doctor"
    queryset = Doctor.objects.practising().listed()
    extra_context: Any = {"tab": "book"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slots = Search().slots(self.now, hold_key=self.hold_key).filter(doctor=self.object)
        return super().get_context_data(**self.strip_context(slots), **kwargs)
