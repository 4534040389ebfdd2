"""Resource: one type as it is read and searched, in one table from which the CapabilityStatement is made too."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Model, Q, QuerySet

from .datatypes import Json
from .parameters import Date, Parameter
from .reader import Reader


@dataclass(frozen=True)
class Source:
    """Rows of one table, shown as resources.

    `rows` gives those that a reader may know of, with all that `build` reads; `find` the condition for an id, None
    for what can be none. `order` is that of pages and names columns that no two rows share together. `changed` is the
    column of the last change, and `patient` where the row has its patient (empty: it is one), for what goes on record;
    None for what is about no patient.
    """

    model: type[Model]
    rows: Callable[[Reader], QuerySet[Any]]
    build: Callable[[Any, Reader], Json]
    name: Callable[[Any], str]
    find: Callable[[str], Q | None]
    parameters: tuple[Parameter, ...]
    changed: str = ""
    patient: str | None = None
    order: tuple[str, ...] = ("-pk",)

    def parameter(self, name: str) -> Parameter | None:
        return next((each for each in self.parameters if each.name == name), None)

    def patient_of(self, row: Any) -> Any:
        """The patient whom the row is about, if any."""
        return attrgetter(self.patient)(row) if self.patient else row


@dataclass(frozen=True)
class Resource:
    """A type, its sources (which have the same parameters), and what can be fetched along with it.

    `includes` name parameters of its own, `revincludes` those of others as ``Encounter:appointment``. `is_counted`:
    whether a search says how many there are in all without being asked.
    """

    type: str
    about: str
    sources: tuple[Source, ...]
    includes: tuple[str, ...] = ()
    revincludes: tuple[str, ...] = ()
    is_counted: bool = True

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.sources[0].parameters

    @property
    def has_changes(self) -> bool:
        """Whether it is known when each was changed."""
        return all(source.changed for source in self.sources)

    def offered(self) -> list[str]:
        """What can be included, as _include names it."""
        return [f"{self.type}:{name}" for name in self.includes]

    def offered_reverse(self) -> list[str]:
        """What can be included that points here, as _revinclude names it."""
        return list(self.revincludes)

    def get(self, name: str, reader: Reader) -> tuple[Source, Any] | None:
        """The row with this id among those that the reader may know of."""
        for source in self.sources:
            condition = source.find(name)
            row = source.rows(reader).filter(condition).first() if condition is not None else None
            if row is not None:
                return source, row
        return None


def last_updated(source: Source) -> Date:
    return Date("_lastUpdated", "Resource-lastUpdated", field=source.changed)
