"""What the open pages of a visit are told of its hours."""

from datetime import datetime

from .models import Visit


def page_clock(visit: Visit, at: datetime) -> dict[str, int]:
    """The visit's hours, and the server's own time `at`, in milliseconds since 1970: a page's clock may be wrong."""
    hours = {"now": at, "opens_at": visit.opens_at, "ends_at": visit.ends_at, "expires_at": visit.expires_at}
    return {name: int(instant.timestamp() * 1000) for name, instant in hours.items()}
