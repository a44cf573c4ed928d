"""Visitors of whom nothing is kept: for how long their state lives, and that their pages do not outlive it here."""

from __future__ import annotations

import gc
from typing import Any, cast

from engine.edge.fleeting import GONE_AFTER_MS, LONGEST_MS, greet_fleeting
from engine.edge.lane_port import Lane
from engine.tab import Tab
from tests.edge.tabs import a_tab


class Calls:
    """A lane that notes how long each key is to live."""

    def __init__(self) -> None:
        self.lives_ms: dict[bytes, int] = {}

    def call(self, _reply_to: Any, _command: str, key: bytes, ms: int) -> None:
        self.lives_ms[key] = ms


def greeted() -> tuple[Tab, Calls]:
    """Return a page that has come, and what was said of its keys."""
    tab, calls = a_tab(), Calls()
    greet_fleeting(cast(Lane, calls), tab)
    return tab, calls


def pages_in_memory() -> int:
    """Return how many pages are there, also of those that nobody knows any more."""
    return sum(isinstance(each, Tab) for each in gc.get_objects())


def test_state_lives_while_the_page_is_there_and_two_minutes_longer() -> None:
    tab, calls = greeted()
    assert set(calls.lives_ms.values()) == {LONGEST_MS}
    tab.close()
    assert set(calls.lives_ms.values()) == {GONE_AFTER_MS}


def test_page_that_is_closed_twice_is_let_go_of_once() -> None:
    tab, calls = greeted()
    tab.close()
    calls.lives_ms.clear()
    tab.close()
    assert calls.lives_ms == {}


def test_page_that_is_gone_is_gone_from_memory_without_a_search_for_garbage() -> None:
    gc.collect()
    gc.disable()
    try:
        before = pages_in_memory()
        tab, _ = greeted()
        assert pages_in_memory() == before + 1
        tab.close()
        del tab
        assert pages_in_memory() == before
    finally:
        gc.enable()
