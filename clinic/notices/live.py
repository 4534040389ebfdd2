"""What a person's open pages are told of their notices."""

from collections.abc import Iterable

from clinic.live import tell_once_committed


def group_of(user_id: int) -> str:
    """The Channels group of the pages that follow a user's notices; the user's other sockets hear nothing of them."""
    return f"notices.{user_id}"


def tell_pages(user_ids: Iterable[int]) -> None:
    """These users have new notices, or have read theirs."""
    for user_id in set(user_ids):
        tell_once_committed(group_of(user_id), {"type": "notices.changed"})
