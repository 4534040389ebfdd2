"""Timeline: what happened to a patient, latest first, a page at a time. Its cost does not grow with the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from .kinds import KINDS

if TYPE_CHECKING:
    from .contents import Record

PAGE = 25


@dataclass(frozen=True)
class Filter:
    """What a reader may narrow the timeline to; `kinds` are names of sources."""

    slug: str
    title: Any
    kinds: Sequence[str]


FILTERS = (
    Filter("visits", _("Visits"), ("visit",)),
    Filter("notes", _("Notes"), ("note",)),
    Filter("prescriptions", _("Prescriptions"), ("prescription",)),
    Filter("files", _("Files"), ("chart",)),
    Filter("history", _("Allergies, conditions, medicines"), tuple(KINDS)),
)


@dataclass(frozen=True)
class Happening:
    """One entry: `thing` is the visit, note, prescription, file or history entry; `kind` says which of these."""

    kind: str
    at: datetime
    thing: Any


@dataclass(frozen=True)
class Timeline:
    """One page of what `record` holds, narrowed to the filter named `shown`; an unknown name shows everything."""

    record: "Record"
    shown: str = ""
    page: int = 1

    @property
    def filters(self) -> Sequence[Filter]:
        return FILTERS

    @cached_property
    def filter(self) -> Filter | None:
        return next((each for each in FILTERS if each.slug == self.shown), None)

    @cached_property
    def sources(self) -> dict[str, tuple[QuerySet[Any], str]]:
        """For each kind, its rows with all that the page shows of them, and the field that dates them."""
        record = self.record
        history = {slug: (record.entries(slug), "entered_at") for slug in KINDS}
        return {
            "visit": (record.visits_held(), "starts_at"),
            "note": (record.notes_signed(), "signed_at"),
            "prescription": (record.prescriptions_given(), "issued_at"),
            "chart": (record.charts_kept(), "uploaded_at"),
            **history,
        }

    @cached_property
    def found(self) -> list[tuple[str, int, datetime]]:
        """Kind, row and date of this page's happenings, and of one more if there are older ones. One query."""
        kinds = self.filter.kinds if self.filter else self.sources
        first, *others = (self.index(kind) for kind in kinds)
        start = (self.page - 1) * PAGE
        return list(first.union(*others, all=True).order_by("-on", "kind", "-pk")[start : start + PAGE + 1])

    def index(self, kind: str) -> QuerySet[Any]:
        rows, dated = self.sources[kind]
        plain = rows.order_by().select_related(None).prefetch_related(None)
        return plain.annotate(kind=Value(kind), on=F(dated)).values_list("kind", "pk", "on")

    @cached_property
    def happenings(self) -> list[Happening]:
        """This page's, latest first. One query for each kind among them."""
        shown = self.found[:PAGE]
        rows: dict[str, list[int]] = {}
        for kind, pk, _on in shown:
            rows.setdefault(kind, []).append(pk)
        things = {kind: self.read(kind, pks) for kind, pks in rows.items()}
        return [Happening(kind, on, things[kind][pk]) for kind, pk, on in shown]

    def read(self, kind: str, pks: list[int]) -> dict[int, Any]:
        rows, _dated = self.sources[kind]
        return rows.in_bulk(pks)

    @property
    def older(self) -> int | None:
        """The number of the page with what is older, if there is any."""
        return self.page + 1 if len(self.found) > PAGE else None

    @property
    def newer(self) -> int | None:
        return self.page - 1 if self.page > 1 else None
