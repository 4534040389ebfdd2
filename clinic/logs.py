"""What log lines must not hold: the addresses of pages, since some of them are keys to something."""

import logging
from typing import Any


class RoutesForPaths(logging.Filter):
    """Puts the route's pattern in the place of the path in what Django logs about a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            record.args = tuple(route_of(request) if argument == path else argument for argument in record.args)
        return True


def route_of(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "an address that is no page"
