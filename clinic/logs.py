"""Log lines: what they must not hold (addresses of pages, since some of them are keys; people's words in exceptions),
and in production each as one JSON object, with the request or task that it belongs to."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from django_guid import get_guid

EXCEPTION_NAME = re.compile(r"[\w.]*")


class RoutesForPaths(logging.Filter):
    """Puts the route's pattern in the place of the path in what Django logs about a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            record.args = tuple(route_of(request) if argument == path else argument for argument in record.args)
        return True


class NamesForExceptions(logging.Filter):
    """Leaves of an exception that Celery puts into a line its name: the rest may quote what somebody has entered."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, dict) and "exc" in record.args:
            name = EXCEPTION_NAME.match(str(record.args["exc"]))
            record.args = {**record.args, "exc": name[0] if name else ""}
        return True


class JsonLines(logging.Formatter):
    """One object a line. Of an exception its name and where it was raised, not its words."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": get_guid(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line |= {"exception": record.exc_info[0].__name__, "where": places_of(record.exc_info[2])}
        return json.dumps({name: value for name, value in line.items() if value is not None}, default=str)


def places_of(trace: Any) -> list[str]:
    """File, line and function of each frame, the innermost last."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def route_of(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "an address that is no page"
