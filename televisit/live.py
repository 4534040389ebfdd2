"""What the open pages of a visit are told, over the channel layer: that there is news, never what a record says."""

from datetime import datetime

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from .models import Visit


def tell(group: str, message: dict[str, str]) -> None:
    """Send `message` to every socket of `group`, in whatever process it is."""
    async_to_sync(get_channel_layer().group_send)(group, message)


def page_clock(visit: Visit, at: datetime) -> dict[str, int]:
    """The visit's hours, and the server's own time `at`, in milliseconds since 1970: a page's clock may be wrong."""
    hours = {"now": at, "opens_at": visit.opens_at, "ends_at": visit.ends_at, "expires_at": visit.expires_at}
    return {name: int(instant.timestamp() * 1000) for name, instant in hours.items()}
