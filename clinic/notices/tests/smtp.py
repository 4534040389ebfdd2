"""A real mail server on this machine, that does at each step what a test wants."""

import asyncio
import os
import signal
import socket
import time
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Handler:
    """Keeps what it accepts. `trouble` is called with the name of each step and the server."""

    def __init__(self, trouble=None):
        self.trouble = trouble or no_trouble
        self.messages = []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        return self.trouble("EHLO", server) or responses

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        answer = self.trouble("RCPT", server)
        envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        answer = self.trouble("accepted", server)
        if asyncio.iscoroutine(answer):
            answer = await answer
        return answer or "250 OK"


@contextmanager
def smtp_server(settings, trouble=None):
    """Mail goes there meanwhile. Gives the handler."""
    handler = Handler(trouble)
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 2
    try:
        yield handler
    finally:
        controller.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def no_trouble(step, server):
    """All goes well."""


def answers_at(step, answer):
    """The server says something else there."""

    def trouble(here, server):
        return answer if here == step else None

    return trouble


def drops_at(step):
    """The line breaks there, without a word."""

    def trouble(here, server):
        if here == step:
            server.transport.abort()

    return trouble


def is_slow_at(step, seconds=4):
    def trouble(here, server):
        return asyncio.sleep(seconds) if here == step == "accepted" else None

    return trouble


def kills_at(step, pid_of):
    """The sender is killed there, as by kill -9."""

    def trouble(here, server):
        if here == step:
            os.kill(pid_of(), signal.SIGKILL)
            time.sleep(0.1)

    return trouble
