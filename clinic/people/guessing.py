"""How often somebody may try a password, or have us write to an address, without being signed in.

A stranger's tries use up the stranger's room, never that of the person: each is counted by the account together with a
browser in which the person has signed in before, or else with the address that asks. No known browser meets the limit
of one address on all accounts, since a stranger may share the address, nor the wide one of strangers together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache

TOO_MANY = "too_many_login_attempts"


@dataclass(frozen=True)
class Room:
    """So many tries in so many seconds, counted under a name."""

    name: str
    amount: int
    seconds: int

    @property
    def key(self) -> str:
        return f"tries-{sha256(self.name.encode()).hexdigest()}"

    def take(self) -> bool:
        """Count one; whether there was room for it."""
        cache.add(self.key, 0, self.seconds)
        try:
            return cache.incr(self.key) <= self.amount
        except ValueError:  # it ran out just now
            return True

    def give_back(self) -> None:
        try:
            cache.decr(self.key)
        except ValueError:
            return


@dataclass(frozen=True)
class Asker:
    """Who is at the door: from which address, in which known browser ("" for none), for which account."""

    address: str
    device: str
    email: str

    def password(self) -> Iterator[Room]:
        """What a try at the account's password uses up. A right one gives it back."""
        yield Room(f"password-of {self.email} {self.device or self.address}", 5, 300)
        if not self.device:
            yield Room(f"password-from {self.address}", 10, 60)
            yield Room(f"password-of {self.email}", 100, 3600)

    def letter(self) -> Iterator[Room]:
        """What a mail to the address uses up: a code, a link, or that there is no such account."""
        yield Room(f"letter-to {self.email} {self.device or self.address}", 5, 600)
        if not self.device:
            yield Room(f"letter-to {self.email}", 30, 3600)


def take_all(rooms: Iterator[Room]) -> bool:
    """Count a try in each, up to the first that has no room; whether all had."""
    return all(room.take() for room in rooms)


def give_back_all(rooms: Iterator[Room]) -> None:
    for room in rooms:
        room.give_back()
