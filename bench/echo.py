"""What signalling is measured against: a Channels consumer that sends back what it hears, and does nothing else."""

import os

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")


class Echo(AsyncWebsocketConsumer):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send(text_data)


application = ProtocolTypeRouter({"websocket": Echo.as_asgi()})
