"""The socket of an appointment's chat."""

from typing import Any

from channels.db import database_sync_to_async as in_db

from clinic.live import NewsConsumer

from .models import conversations_of


def find_group(user: Any, reference: str) -> str | None:
    """The group of this chat's open pages, if `user` takes part in it."""
    appointment = conversations_of(user).filter(reference=reference).first()
    return appointment.group_name if appointment else None


class ConversationConsumer(NewsConsumer):
    """Tells a page that its chat has news. Closes with 4404 for who takes no part in it.

    ``{"message": <seq>}``: somebody wrote; ``{"read": <seq>, "by_doctor": bool}``: that side has read so far.
    """

    async def find_group(self) -> str | None:
        return await in_db(find_group)(self.scope["user"], self.scope["url_route"]["kwargs"]["reference"])

    async def message_posted(self, event: dict[str, Any]) -> None:
        await self.send_json({"message": event["message"]})

    async def messages_read(self, event: dict[str, Any]) -> None:
        await self.send_json({"read": event["read"], "by_doctor": event["by_doctor"]})
