"""Rooms at video services, for the tests."""

from django.utils import timezone

from televisit import rooms


def opened(visit):
    return rooms.open_room(visit, at=timezone.now())


def entry(seat):
    return rooms.way_in(seat, at=timezone.now())
