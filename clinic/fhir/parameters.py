"""The kinds of search parameters, each of which turns one value into a condition on rows."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _

from .datatypes import own_system
from .dates import at_instant, in_period, read_date, widened
from .errors import NotOffered
from .names import has_id
from .reader import Reader

NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING  # an empty Q would vanish beside others


@dataclass(frozen=True)
class Parameter(ABC):
    """One search parameter. `shared` is the name of HL7's definition where several types have the same."""

    kind: ClassVar[str]
    modifiers: ClassVar[tuple[str, ...]] = ()

    name: str
    shared: str = ""

    @abstractmethod
    def condition(self, value: str, modifier: str, reader: Reader) -> Q:
        """What rows must fulfil; raises BadSearch for a value that cannot be meant."""

    def check_modifier(self, modifier: str) -> None:
        """Raise NotOffered for what this kind does not know."""
        if modifier and modifier not in self.modifiers:
            facts = {"name": self.name, "modifier": modifier[:20]}
            raise NotOffered(_("The search parameter “%(name)s” has no “:%(modifier)s” here.") % facts)


@dataclass(frozen=True)
class Date(Parameter):
    """An instant in one column, or a period in two."""

    kind = "date"

    field: str = ""
    until: str = ""

    def condition(self, value: str, modifier: str, reader: Reader) -> Q:
        asked = read_date(value)
        return in_period(self.field, self.until, asked) if self.until else at_instant(self.field, asked)


@dataclass(frozen=True)
class Birthday(Date):
    """A day without a clock."""

    def condition(self, value: str, modifier: str, reader: Reader) -> Q:
        asked = read_date(value)
        return at_instant(self.field, (widened(asked) if asked.prefix == "ap" else asked).in_days())


@dataclass(frozen=True)
class Words(Parameter):
    """Text in any of some columns, which begins with what was written, in whichever case."""

    kind = "string"
    modifiers = ("exact", "contains")

    fields: tuple[str, ...] = ()

    LOOKUPS: ClassVar[Mapping[str, str]] = {"": "istartswith", "exact": "exact", "contains": "icontains"}

    def condition(self, value: str, modifier: str, reader: Reader) -> Q:
        found = Q()
        for field in self.fields:
            found |= Q(**{f"{field}__{self.LOOKUPS[modifier]}": value})
        return found


@dataclass(frozen=True)
class Token(Parameter):
    """A code in a column, or in what `code_of` makes of it; with or without its `system`."""

    kind = "token"

    field: str = ""
    system: str = ""
    code_of: Callable[[str], Any] = str

    def condition(self, value: str, modifier: str, reader: Reader) -> Q:
        system, bar, code = value.rpartition("|")
        if bar and system != self.system:
            return NOTHING
        return self.coded(code) if code or not bar else self.any_code()

    def coded(self, code: str) -> Q:
        return Q(**{self.field: self.code_of(code)})

    def any_code(self) -> Q:
        return Q(**{f"{self.field}__isnull": False})


@dataclass(frozen=True)
class Always(Token):
    """The one code that all resources of the type have."""

    code: str = ""

    def coded(self, code: str) -> Q:
        return self.any_code() if code == self.code else NOTHING

    def any_code(self) -> Q:
        return EVERYTHING


@dataclass(frozen=True)
class Flag(Token):
    """true or false; `holds` says for which rows it is true."""

    holds: Q = NOTHING

    def coded(self, code: str) -> Q:
        return {"true": self.holds, "false": ~self.holds}.get(code, NOTHING)


@dataclass(frozen=True)
class Among(Token):
    """A code that stands for a condition."""

    conditions: Any = None

    def coded(self, code: str) -> Q:
        return self.conditions.get(code, NOTHING)

    def any_code(self) -> Q:
        return EVERYTHING


@dataclass(frozen=True)
class Target:
    """What a reference may point to: a type, and where its row is, seen from ours; nowhere means our own row."""

    type: str
    path: str = ""

    def lookup(self, name: str) -> Q:
        return has_id(self.type, name, path=self.path)

    def key_in(self, row: Any) -> int | None:
        """The key of the row that `row` points to, if it points to one."""
        for step in filter(None, self.path.split("__")):
            row = getattr(row, step, None)
        return row.pk if row is not None else None

    def among(self, keys: set[int]) -> Q:
        return Q(**{f"{self.path or 'pk'}__in": keys})


@dataclass(frozen=True)
class Reference(Parameter):
    """A reference: ``Patient/K7F3``, ``K7F3``, or the same under our own address. The one to no row finds nothing."""

    kind = "reference"

    targets: tuple[Target, ...] = ()

    def condition(self, value: str, modifier: str, reader: Reader) -> Q:
        head, _slash, name = value.removeprefix(f"{reader.base}/").rpartition("/")
        wanted = [target for target in self.targets if not modifier or target.type == modifier]
        found = NOTHING
        for target in wanted:
            if head in ("", target.type):
                found |= target.lookup(name)
        return found

    def check_modifier(self, modifier: str) -> None:
        if modifier not in {target.type for target in self.targets}:
            super().check_modifier(modifier)


def own_identifier(system: str, field: str, *, shared: str = "") -> Token:
    """The parameter for the name that this portal itself gives."""
    return Token("identifier", shared, field=field, system=own_system(system))


def patient_parameters(path: str, *, shared: str = "") -> tuple[Reference, Reference]:
    """Of whom it is, under both names that FHIR has for that."""
    return (
        Reference("patient", shared or "clinical-patient", targets=(Target("Patient", path),)),
        Reference("subject", targets=(Target("Patient", path),)),
    )
