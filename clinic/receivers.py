"""Keeps the process's data keys in step with a database that was just made or emptied."""

from typing import Any

from clinic.crypto import has_table, key_ring


def start_data_keys(**kwargs: Any) -> None:
    """After migrate and flush: forget the keys of before, and make sure that there is one."""
    key_ring.forget()
    if has_table():
        key_ring.current_id()
