"""Where log lines go and what they look like; clinic.logs makes them."""

from typing import Any


def logging_for(*, level: str, debug: bool) -> dict[str, Any]:
    """Django's LOGGING: lines for people while debugging, else one JSON object each."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(levelname)s %(name)s %(message)s"},
            "json": {"()": "clinic.logs.JsonLines"},
        },
        "filters": {
            "routes": {"()": "clinic.logs.RoutesForPaths"},
            "exceptions": {"()": "clinic.logs.NamesForExceptions"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line" if debug else "json",
                "filters": ["routes", "exceptions"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django_guid": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "celery": {"level": "WARNING" if debug else "INFO"},
            "clinic.requests": {"level": "WARNING" if debug else "INFO"},
        },
    }
