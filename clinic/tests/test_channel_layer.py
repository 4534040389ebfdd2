"""What we need of the channel layer, whatever the one that the settings name promises."""

import asyncio
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import channel_layers, get_channel_layer

STEPS = 25  # of the loop, within which a message is on its way
ROUNDS = 4


async def is_heard_while_another_ends(layer: Any, channel: str, *, steps: int) -> bool:
    """Whether a message to `channel` comes although another socket of the process ends `steps` after it was sent."""
    ends = asyncio.create_task(layer.receive(await layer.new_channel()))
    await asyncio.sleep(0.005)
    hears = asyncio.create_task(layer.receive(channel))
    sends = asyncio.create_task(layer.send(channel, {"type": "goodbye"}))
    for _step in range(steps):
        await asyncio.sleep(0)
    ends.cancel()
    await sends
    done, _pending = await asyncio.wait([hears], timeout=2)
    return bool(done)


async def all_heard() -> bool:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    tries = [
        await is_heard_while_another_ends(layer, channel, steps=steps) for steps in range(STEPS) for _ in range(ROUNDS)
    ]
    return all(tries)


def test_no_message_is_lost_with_a_socket_that_ends():
    """channels_redis.core lost one in six: a doctor never heard that the patient had left."""
    channel_layers.backends.clear()

    assert async_to_sync(all_heard)()
