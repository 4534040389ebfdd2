"""A signal that comes during a fork is not lost: Python swallows what is raised there."""

import pytest

from clinic.processes import Interruption


def test_a_signal_ends_us_at_once():
    with pytest.raises(KeyboardInterrupt):
        Interruption().come()


def test_a_signal_during_a_fork_ends_us_after_it_and_once():
    interruption, done = Interruption(), []

    def fork():
        with interruption.held_back():
            interruption.come()
            done.append("fork")

    with pytest.raises(KeyboardInterrupt):
        fork()

    assert done == ["fork"]
    with interruption.held_back():
        done.append("clearing up")
    assert done == ["fork", "clearing up"]
