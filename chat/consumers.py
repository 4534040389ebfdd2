"""The socket of an appointment's chat."""

from typing import Any

from channels.db import database_sync_to_async as in_db
from django.utils import timezone

from clinic.live import NewsConsumer
from televisit.visitors import Visitor

from .parts import Part, find_part


def part_of(scope: dict[str, Any]) -> Part | None:
    """Which part the socket's owner has in its chat now."""
    visitor = Visitor.of(scope["user"], scope["session"])
    return find_part(visitor, scope["url_route"]["kwargs"]["reference"], timezone.now())


class ConversationConsumer(NewsConsumer):
    """Tells a page that its chat has news. Closes with 4404 for who takes no part in it.

    ``{"message": <seq>}``: somebody wrote; ``{"read": <seq>, "by_doctor": bool}``: that side has read so far.
    """

    part: Part | None = None

    async def find_group(self) -> str | None:
        self.part = await in_db(part_of)(self.scope)
        return self.part.appointment.group_name if self.part else None

    async def message_posted(self, event: dict[str, Any]) -> None:
        """News for who still has a part; a guest's ends when they are removed, and with the visit."""
        if self.part and self.part.is_guest and await self.find_group() is None:
            await self.put_out(self.refusal)
            return
        await self.send_json({"message": event["message"]})

    async def messages_read(self, event: dict[str, Any]) -> None:
        await self.send_json({"read": event["read"], "by_doctor": event["by_doctor"]})
