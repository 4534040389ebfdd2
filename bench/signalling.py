"""Visits on one live process: its memory, and how long a message takes from one page of a visit to the other.

``python -m clinic.testing python -m bench.signalling``: 500 visits, 1,000 sockets (``VISITS=50`` for fewer). The same
messages at the same pace go through a bare Channels echo with as many sockets, and the ratio is printed.
"""

import asyncio
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.portal import free_port, prepare, session_of

from asgiref.sync import sync_to_async  # isort: skip  (bench.portal sets Django up)
from websockets.asyncio.client import ClientConnection, connect

from televisit.models import Visit
from televisit.tests.factories import a_seat_of_the_patient, a_visit

VISITS = int(os.environ.get("VISITS", "500"))
SECONDS = int(os.environ.get("SECONDS", "20"))
EACH_SECOND = 200  # messages over all visits: far more than calls that are set up send
OPENING_AT_ONCE = 5
PATIENCE_SECONDS = 60


class Page:
    """One page: its socket, and the times of the messages that came to it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.peer = secrets.token_hex(8)
        self.other = ""
        self.delays: list[float] = []

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of that kind; what comes before it is passed over."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (message := json.loads(await self.socket.recv()))["type"] != kind:
                pass
        return message

    async def send_the_time(self) -> None:
        """To the other page of the visit, or to oneself through the echo."""
        candidate = {"candidate": str(time.perf_counter())}
        await self.say(type="signal", to=self.other, data={"candidate": candidate})

    async def note_delays(self) -> None:
        async for text in self.socket:
            message = json.loads(text)
            if message["type"] == "signal":
                self.delays.append((time.perf_counter() - float(message["data"]["candidate"]["candidate"])) * 1000)


async def both_in(port: int, visit: Visit, sessions: tuple[str, str]) -> list[Page]:
    """Doctor and patient in the room, each knowing the other."""
    pages = []
    for session in sessions:
        address = f"ws://127.0.0.1:{port}/ws/visits/{visit.code}/"
        page = Page(
            await connect(address, additional_headers={"X-Session-Token": session}, open_timeout=PATIENCE_SECONDS)
        )
        await page.say(type="hello", peer=page.peer)
        await page.hear("admitted")
        pages.append(page)
    first, second = pages
    await second.hear("peer-here")
    await first.hear("peer-joined")
    first.other, second.other = second.peer, first.peer
    return pages


async def echoing(port: int) -> list[Page]:
    return [Page(await connect(f"ws://127.0.0.1:{port}/")) for _side in range(2)]


async def gathered(openings: list[Any]) -> list[Page]:
    """The pages of all visits, opened some at a time."""
    gate = asyncio.Semaphore(OPENING_AT_ONCE)

    async def open_one(opening: Any) -> list[Page]:
        async with gate:
            return await opening

    return [page for pages in await asyncio.gather(*map(open_one, openings)) for page in pages]


async def delays(pages: list[Page]) -> list[float]:
    """Milliseconds that each message took, at an even pace and from pages at random."""
    hearing = [asyncio.create_task(page.note_delays()) for page in pages]
    start = time.perf_counter()
    for number in range(SECONDS * EACH_SECOND):
        await asyncio.sleep(max(0, start + number / EACH_SECOND - time.perf_counter()))
        await random.choice(pages).send_the_time()
    await asyncio.sleep(2)
    for task in hearing:
        task.cancel()
    return [delay for page in pages for delay in page.delays]


@contextmanager
def live(application: str) -> Iterator[tuple[int, Callable[[], float]]]:
    """The port of one live process, and a function that gives its memory in MB."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--lifespan", "off", "--log-level", "error", "--no-access-log"]
    facts = {"DEBUG": "0", "PUBLIC_URL": "https://127.0.0.1", "SSL_REDIRECT": "0"}
    process = subprocess.Popen([*command, "--port", str(port), application], env=os.environ | facts)
    try:
        yield port, lambda: resident_mb(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


async def measure(application: str, opening: Callable[[int], list[Any]]) -> float:
    """The p99 of one process, in milliseconds; says that and its memory."""
    with live(application) as (port, memory):
        await until_open(port)
        empty, began = memory(), time.perf_counter()
        pages = await gathered(opening(port))
        took = time.perf_counter() - began
        values = await delays(pages)
        p50, p99 = statistics.median(values), statistics.quantiles(values, n=100)[98]
        print(
            f"{application}: {len(pages)} sockets in {took:.0f} s, memory {empty:.0f} -> {memory():.0f} MB, "
            f"{len(values)} of {SECONDS * EACH_SECOND} messages came, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
        )
        await asyncio.gather(*(page.socket.close() for page in pages))
    return p99


async def until_open(port: int) -> None:
    for _try in range(300):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            return writer.close()
    raise SystemExit("The process does not answer.")


def visits_and_sessions() -> list[tuple[Visit, tuple[str, str]]]:
    made = []
    for _number in range(VISITS):
        visit = a_visit()
        seat = a_seat_of_the_patient(visit, admitted=True)
        made.append((visit, (session_of(visit.host.user), session_of(seat.user))))
    return made


async def main() -> None:
    await sync_to_async(prepare)()
    made = await sync_to_async(visits_and_sessions)()
    bare = await measure("bench.echo:application", lambda port: [echoing(port) for _visit in made])
    ours = await measure("clinic.asgi:application", lambda port: [both_in(port, *each) for each in made])
    print(f"p99 of a relayed message to p99 of the bare echo: {ours / bare:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
