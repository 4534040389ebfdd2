"""The answer to a search: a Bundle of one page, with what was asked for along with it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from .auditing import Found
from .datatypes import Json, lean
from .errors import PageGone
from .parameters import NOTHING, Reference
from .query import Include, Search, page_names
from .reader import Reader
from .resource import Resource, Source
from .resources import RESOURCES

Sought = list[tuple[Source, QuerySet[Any]]]
Along = list[tuple[Resource, Found]]


def sought_by(search: Search, reader: Reader) -> Sought:
    """All that is sought, of each source, on whichever page it comes."""
    sources = search.resource.sources
    return [(source, source.rows(reader).filter(search.narrow(source, reader))) for source in sources]


def matches(search: Search, sought: Sought) -> list[Found]:
    """A page of what was sought, and one more where there is a next page. A source follows the other."""
    if search.count == 0:
        return []
    found: list[Found] = []
    for source, rows in rest_of(sought, after=search.after):
        most = search.count + 1 - len(found)
        found += [(source, row) for row in rows.order_by(*source.order)[:most]]
        if len(found) > search.count:
            break
    return found


def rest_of(sought: Sought, *, after: str) -> Sought:
    """What comes after the page that ended with `after`. Raises PageGone if that has been deleted since."""
    if not after:
        return sought
    for place, (source, rows) in enumerate(sought):
        columns = [column.removeprefix("-") for column in source.order]
        anything = source.model._meta.default_manager.filter(source.find(after) or NOTHING)
        last = anything.order_by("pk").values_list(*columns).first()
        if last is not None:
            return [(source, rows.filter(beyond(source.order, last))), *sought[place + 1 :]]
    raise PageGone


def beyond(order: tuple[str, ...], last: tuple[Any, ...]) -> Q:
    """What comes after the row with the values `last` in this order."""
    condition, same = Q(), Q()
    for column, value in zip(order, last, strict=True):
        name = column.removeprefix("-")
        condition |= same & Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": value})
        same &= Q(**{name: value})
    return condition


def total(search: Search, sought: Sought, found: list[Found]) -> int:
    """How many there are on all pages."""
    if not search.after and 0 < len(found) <= search.count:
        return len(found)
    return sum(rows.count() for _source, rows in sought)


def included(search: Search, found: list[Found], reader: Reader) -> Iterator[tuple[Resource, Found]]:
    """What was asked for along with the matches, as far as the reader may know of it; each once."""
    seen = {(search.resource.type, source.name(row)) for source, row in found}
    for include in search.includes:
        fetch = pointing_here if include.is_reverse else pointed_to
        for resource, (source, row) in fetch(include, search, found, reader):
            if (resource.type, source.name(row)) not in seen:
                seen.add((resource.type, source.name(row)))
                yield resource, (source, row)


def pointed_to(
    include: Include, search: Search, found: list[Found], reader: Reader
) -> Iterator[tuple[Resource, Found]]:
    """What the matches refer to."""
    keys: dict[str, set[int]] = {}
    for source, row in found:
        for target in targets_of(source, include):
            key = target.key_in(row)
            keys.setdefault(target.type, set()).update({key} if key is not None else ())
    for resource_type, wanted in keys.items():
        resource = RESOURCES[resource_type]
        source = resource.sources[0]
        for row in source.rows(reader).filter(pk__in=wanted) if wanted else ():
            yield resource, (source, row)


def pointing_here(
    include: Include, search: Search, found: list[Found], reader: Reader
) -> Iterator[tuple[Resource, Found]]:
    """What refers to the matches."""
    resource, keys = RESOURCES[include.type], {row.pk for _source, row in found}
    for source in resource.sources if keys else ():
        for target in targets_of(source, include):
            if target.type == search.resource.type:
                rows = source.rows(reader).filter(target.among(keys)).order_by(*source.order)
                yield from ((resource, (source, row)) for row in rows)


def targets_of(source: Source, include: Include) -> list[Any]:
    parameter = source.parameter(include.parameter)
    assert isinstance(parameter, Reference)  # of which alone the table offers to include what they point to
    return [target for target in parameter.targets if include.target in ("", target.type) or include.is_reverse]


def bundle(search: Search, found: list[Found], reader: Reader, *, along: Along, total: int | None) -> Json:
    """One page. `found` may hold one more than fits, which says that there is a next page."""
    page, has_more = found[: search.count], len(found) > search.count
    links = [{"relation": "self", "url": address(search, reader)}]
    if has_more:
        source, row = page[-1]
        links.append({"relation": "next", "url": address(search, reader, after=source.name(row))})
    entries = [entry(search.resource, match, reader, mode="match") for match in page]
    entries += [entry(resource, other, reader, mode="include") for resource, other in along]
    return lean({"resourceType": "Bundle", "type": "searchset", "total": total, "link": links, "entry": entries})


def entry(resource: Resource, found: Found, reader: Reader, *, mode: str) -> Json:
    source, row = found
    return {
        "fullUrl": f"{reader.base}/{resource.type}/{source.name(row)}",
        "resource": source.build(row, reader),
        "search": {"mode": mode},
    }


def address(search: Search, reader: Reader, *, after: str = "") -> str:
    """Where this page, or the one after, is found."""
    page = [("_page", page_names.sign(after))] if after else []
    return f"{reader.base}/{search.resource.type}?{urlencode(search.applied + page)}"
