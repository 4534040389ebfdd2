"""Search: what somebody asks for, read from the address. What we do not know is refused, never passed over."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from django.core import signing
from django.db.models import Q
from django.utils.translation import gettext as _

from .errors import BadSearch, NotOffered
from .parameters import NOTHING
from .reader import Reader
from .resource import Resource, Source, last_updated

COUNT, MOST = 20, 100
HARMLESS = {"_format", "_pretty", "_totalMethod"}  # what some clients add, and which changes no result
COMMA = re.compile(r"(?<!\\),")
ESCAPED = re.compile(r"\\([\\,|$])")
page_names = signing.Signer(salt="clinic.fhir.page")


@dataclass(frozen=True)
class Filter:
    """``name:modifier=value,value``."""

    name: str
    modifier: str
    values: list[str]

    def condition(self, source: Source, reader: Reader) -> Q:
        found = NOTHING
        for value in self.values:
            found |= self._one(value, source, reader)
        return found

    def _one(self, value: str, source: Source, reader: Reader) -> Q:
        if self.name == "_id":
            return source.find(value) or NOTHING
        parameter = last_updated(source) if self.name == "_lastUpdated" else source.parameter(self.name)
        assert parameter is not None  # read_filter has seen to it
        return parameter.condition(value, self.modifier, reader)


@dataclass(frozen=True)
class Include:
    """``Type:parameter`` or ``Type:parameter:Target``; a reverse one fetches what points to the matches."""

    type: str
    parameter: str
    target: str = ""
    is_reverse: bool = False


@dataclass
class Search:
    """What is asked of a type. `applied` are the parameters as we took them, for the answer's own address."""

    resource: Resource
    filters: list[Filter] = field(default_factory=list)
    includes: list[Include] = field(default_factory=list)
    count: int = COUNT
    after: str = ""
    wants_total: bool = False
    applied: list[tuple[str, str]] = field(default_factory=list)

    def narrow(self, source: Source, reader: Reader) -> Q:
        """The condition of all filters on rows of `source`."""
        condition = Q()
        for each in self.filters:
            condition &= each.condition(source, reader)
        return condition


def read_search(resource: Resource, pairs: Iterable[tuple[str, str]]) -> Search:
    """Raises BadSearch or NotOffered for what cannot be meant or is not offered."""
    search = Search(resource, wants_total=resource.is_counted)
    for name, value in pairs:
        if name in HARMLESS:
            continue
        if not value:
            raise BadSearch(_("The search parameter “%(name)s” has no value.") % {"name": name[:60]})
        if name in RESULT:
            RESULT[name](search, value)
        else:
            search.filters.append(read_filter(resource, name, value))
        if name not in ("_count", "_page"):
            search.applied.append((name, value))
    search.applied.append(("_count", str(search.count)))
    return search


def read_filter(resource: Resource, name: str, value: str) -> Filter:
    plain, _colon, modifier = name.partition(":")
    values = [ESCAPED.sub(r"\1", part) for part in COMMA.split(value)]
    if "." in name or plain == "_has":
        raise NotOffered(_("Chained searches as “%(name)s” are not offered.") % {"name": name[:60]})
    parameter = resource.sources[0].parameter(plain)
    if plain == "_lastUpdated" and resource.has_changes:
        parameter = last_updated(resource.sources[0])
    if parameter is not None:
        parameter.check_modifier(modifier)
    elif plain != "_id" or modifier:
        facts = {"name": name[:60], "type": resource.type}
        raise NotOffered(_("%(type)s has no search parameter “%(name)s” here. See [base]/metadata.") % facts)
    return Filter(plain, modifier, values)


def read_count(search: Search, value: str) -> None:
    """How many at the most; we never give more than MOST. None at all: only how many there are."""
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        raise BadSearch(_("_count must be a whole number, from 0 on."))
    search.count = min(int(value), MOST)
    search.wants_total |= search.count == 0


def read_page(search: Search, value: str) -> None:
    try:
        search.after = page_names.unsign(value)
    except signing.BadSignature:
        raise BadSearch(_("This is no page that we gave. Follow the link “next” as it is.")) from None


def read_total(search: Search, value: str) -> None:
    if value not in ("none", "estimate", "accurate"):
        raise BadSearch(_("_total must be none, estimate or accurate."))
    search.wants_total = value != "none"


def read_summary(search: Search, value: str) -> None:
    if value not in ("count", "false"):
        raise NotOffered(_("Of _summary, only count and false are offered."))
    if value == "count":
        search.count, search.wants_total = 0, True


def read_include(search: Search, value: str, *, is_reverse: bool) -> None:
    source_type, _colon, rest = value.partition(":")
    parameter, _colon, target = rest.partition(":")
    offered = search.resource.offered_reverse() if is_reverse else search.resource.offered()
    if f"{source_type}:{parameter}" not in offered:
        facts = {"value": value[:80], "offered": ", ".join(offered) or "–"}
        raise NotOffered(_("“%(value)s” cannot be included here. These can: %(offered)s.") % facts)
    search.includes.append(Include(source_type, parameter, target, is_reverse))


RESULT: dict[str, Callable[[Search, str], None]] = {
    "_count": read_count,
    "_page": read_page,
    "_total": read_total,
    "_summary": read_summary,
    "_include": partial(read_include, is_reverse=False),
    "_revinclude": partial(read_include, is_reverse=True),
}
