"""A network that has nothing but loopback, for tests that must not reach any other machine."""

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


def enter_own_network() -> None:
    """Move this process, and what it starts from now on, into a network of its own.

    Raises OSError where the system does not allow it. Call it before any thread is started.
    """
    if sys.platform != "linux":
        raise OSError("only Linux can do this")
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        _unshare(CLONE_NEWNET)
    else:
        _unshare(CLONE_NEWNET | CLONE_NEWUSER)
        _keep_identity(uid, gid)
    switch_loopback(is_on=True)


def switch_loopback(*, is_on: bool) -> None:
    """Let everything through, or nothing; for a process in a network of its own."""
    flags = IFF_UP if is_on else 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags))


def _unshare(what: int) -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(what):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _keep_identity(uid: int, gid: int) -> None:
    """In a new namespace of users everybody is nobody until this is written."""
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{uid} {uid} 1")
    (own / "gid_map").write_text(f"{gid} {gid} 1")
