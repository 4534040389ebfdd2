"""How fast chat news travels: from posting to the other's socket, beside a bare broadcast over the same Redis.

``python -m clinic.run python -m bench.chat`` on the demo's data. With 200 and 1,000 open sockets of one chat, both
in this process: p50, p99 and messages a second, and their ratios. The messages are taken away again.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from asgiref.sync import sync_to_async  # noqa: E402  (needs the apps)
from channels.layers import get_channel_layer  # noqa: E402
from django.utils import timezone  # noqa: E402

from appointments.models import Appointment  # noqa: E402
from chat.models import Message, reason_closed  # noqa: E402
from clinic.codes import uid  # noqa: E402

SOCKETS = (200, 1000)
POSTS = 60
Post = Callable[[], Awaitable[object]]


def open_chat() -> Appointment:
    """A chat of the demo in which one can write."""
    now = timezone.now()
    for appointment in Appointment.objects.with_parties().exclude(doctor=None).exclude(patient=None):
        if reason_closed(appointment, now) is None:
            return appointment
    raise SystemExit("No chat is open: load the demo first.")


async def listen(group: str, number: int) -> list[str]:
    layer = get_channel_layer()
    channels = [await layer.new_channel() for _socket in range(number)]
    await asyncio.gather(*(layer.group_add(group, channel) for channel in channels))
    return channels


async def times(group: str, number: int, post: Post) -> tuple[list[float], float]:
    """Milliseconds from each post until every one of `number` sockets has heard, and posts a second."""
    layer = get_channel_layer()
    channels = await listen(group, number)
    spans = []
    begun = time.perf_counter()
    for _post in range(POSTS):
        start = time.perf_counter()
        hearing = asyncio.gather(*(layer.receive(channel) for channel in channels))
        await post()
        await hearing
        spans.append((time.perf_counter() - start) * 1000)
    rate = POSTS / (time.perf_counter() - begun)
    await asyncio.gather(*(layer.group_discard(group, channel) for channel in channels))
    return spans, rate


def say(name: str, spans: list[float], rate: float) -> tuple[float, float, float]:
    half, most = statistics.median(spans), statistics.quantiles(spans, n=100)[98]
    print(f"  {name}: p50 {half:.1f} ms, p99 {most:.1f} ms, {rate:.0f} messages a second")
    return half, most, rate


async def main() -> None:
    chat = await sync_to_async(open_chat)()
    last = await sync_to_async(chat.messages.last_seq)()

    def post() -> Message:
        return Message.objects.post(chat, by=chat.doctor.user, body="bench", client_id=uid(), at=timezone.now())

    async def bare() -> None:
        await get_channel_layer().group_send("bench", {"type": "message.posted", "message": 1})

    try:
        for number in SOCKETS:
            print(f"{number} sockets")
            plain = say("bare broadcast", *await times("bench", number, bare))
            ours = say("chat", *await times(chat.group_name, number, sync_to_async(post)))
            p50, p99, rate = (one / other for one, other in zip(ours, plain, strict=True))
            print(f"  chat to bare: p50 {p50:.2f}, p99 {p99:.2f}, messages a second {rate:.2f}")
    finally:
        await sync_to_async(chat.messages.filter(seq__gt=last).delete)()


if __name__ == "__main__":
    asyncio.run(main())
