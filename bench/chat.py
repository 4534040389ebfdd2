"""How fast chat news travels: from a POST to every other tab's WebSocket, beside a bare broadcast over the same Redis.

``python -m clinic.testing python -m bench.chat``. The portal is a process of its own (uvicorn); here are its clients.
With 200 and 1,000 open sockets of one chat: p50, p99 and messages a second, one after the other, and the ratios of all
three to Channels alone, which sends to as many channels without HTTP, database and sockets.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from websockets.asyncio.client import ClientConnection, connect

from bench.portal import Client, free_port, prepare, session_of, wait_for

from appointments.models import Appointment  # isort: skip  (needs the apps, which bench.portal has set up)
from appointments.tests.factories import AppointmentFactory  # isort: skip
from clinic.codes import uid  # isort: skip

SOCKETS = (200, 1000)
POSTS = 60
DIALLED_AT_ONCE = 20
Send = Callable[[], Awaitable[object]]
Hear = Callable[[], Awaitable[object]]
Figures = tuple[float, float, float]


@contextmanager
def running() -> Iterator[int]:
    """The port of the portal, with one process for HTTP and sockets."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "clinic.asgi:application", f"--port={port}", "--log-level=error"]
    facts = {"DEBUG": "0", "PUBLIC_URL": "https://127.0.0.1", "SSL_REDIRECT": "0", "ALLOWED_HOSTS": "127.0.0.1"}
    server = subprocess.Popen([*command, "--lifespan=off", "--timeout-keep-alive=300"], env=os.environ | facts)
    try:
        wait_for(port, seconds=120)
        yield port
    finally:
        server.terminate()
        server.wait(30)


async def figures(send: Send, hear: Hear) -> Figures:
    """p50 and p99 in milliseconds from a message to the last who hears it, and messages a second."""
    await asyncio.gather(hear(), send())
    spans = []
    for _post in range(POSTS):
        start = time.perf_counter()
        await asyncio.gather(hear(), send())
        spans.append(time.perf_counter() - start)
    p50, p99 = statistics.median(spans), statistics.quantiles(spans, n=100)[98]
    return p50 * 1000, p99 * 1000, POSTS / sum(spans)


async def of_channels(number: int) -> Figures:
    """Channels alone, with as many who listen."""
    layer = get_channel_layer()
    channels = [await layer.new_channel() for _number in range(number)]
    await asyncio.gather(*(layer.group_add("bench", channel) for channel in channels))
    found = await figures(
        lambda: layer.group_send("bench", {"type": "message.posted", "message": 1}),
        lambda: asyncio.gather(*(layer.receive(channel) for channel in channels)),
    )
    await asyncio.gather(*(layer.group_discard("bench", channel) for channel in channels))
    return found


async def of_chat(chat: Appointment, number: int, *, doctor: Client, patients_session: str) -> Figures:
    """The doctor posts, `number` tabs of the patient hear."""
    address = f"127.0.0.1:{doctor.port}/ws/appointments/{chat.reference}/"
    sockets = await dial(f"ws://{address}", patients_session, number)
    path = f"/api/v1/appointments/{chat.reference}/messages/"

    async def post() -> None:
        status = await asyncio.to_thread(doctor.post, path, {"body": "How are you?", "client_id": uid()})
        assert status in (200, 201), status

    found = await figures(post, lambda: asyncio.gather(*(news_of_message(socket) for socket in sockets)))
    await asyncio.gather(*(socket.close() for socket in sockets))
    return found


async def dial(address: str, session: str, number: int) -> list[ClientConnection]:
    gate = asyncio.Semaphore(DIALLED_AT_ONCE)

    async def one() -> ClientConnection:
        async with gate:
            headers = {"Cookie": f"__Host-sessionid={session}"}
            return await connect(address, additional_headers=headers, origin="https://127.0.0.1", open_timeout=60)

    return await asyncio.gather(*(one() for _socket in range(number)))


async def news_of_message(socket: ClientConnection) -> None:
    """Until there is a message; what was read is also told."""
    while "message" not in json.loads(await socket.recv()):
        pass


def say(name: str, found: Figures) -> None:
    p50, p99, rate = found
    print(f"  {name}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, {rate:.1f} messages a second", flush=True)


def open_chat(port: int) -> tuple[Appointment, Client, str]:
    """A chat, its doctor with a connection, and its patient's session."""
    prepare()
    chat = AppointmentFactory(status=Appointment.Status.CONFIRMED)
    doctor = Client(chat.patient, session_of(chat.doctor.user), port)
    return chat, doctor, session_of(chat.patient.user)


async def main(port: int) -> None:
    chat, doctor, session = await sync_to_async(open_chat)(port)
    for number in SOCKETS:
        print(f"{number} sockets")
        bare = await of_channels(number)
        say("bare broadcast", bare)
        ours = await of_chat(chat, number, doctor=doctor, patients_session=session)
        say("chat", ours)
        p50, p99, rate = (one / other for one, other in zip(ours, bare, strict=True))
        print(f"  chat to bare: p50 {p50:.2f}, p99 {p99:.2f}, messages a second {rate:.2f}", flush=True)


if __name__ == "__main__":
    with running() as served_on:
        asyncio.run(main(served_on))
