"""The socket of a person's notices."""

from typing import Any

from channels.db import database_sync_to_async as in_db

from clinic.live import NOT_SIGNED_IN, NewsConsumer

from .live import group_of
from .models import Notice


def count_unread(user: Any) -> int:
    return Notice.objects.visible_to(user).unread().count()


class NoticeConsumer(NewsConsumer):
    """Tells a page when its reader's notices change: ``{"notices": <how many are unread>}``. 4401 for nobody."""

    refusal = NOT_SIGNED_IN

    async def find_group(self) -> str | None:
        user = self.scope["user"]
        return group_of(user.pk) if user.is_authenticated else None

    async def notices_changed(self, event: dict[str, Any]) -> None:
        await self.send_json({"notices": await in_db(count_unread)(self.scope["user"])})
