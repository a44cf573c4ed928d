"""The order in which calls leave: what is collected ahead stands ahead, in its own order, however often that is."""

from __future__ import annotations

from typing import Any

from engine.edge.pipe import Pipe


def _hear(_about: Any, _reply: Any) -> None:
    """Nobody listens."""


def put(pipe: Pipe, *commands: bytes) -> None:
    for each in commands:
        pipe.add(_hear, None, each)


def collect(pipe: Pipe, *commands: bytes) -> None:
    """Collect ahead, as each of several lanes does before it writes: for all of them, itself among them."""
    held = pipe.hold()
    also_held = pipe.hold()
    put(pipe, *commands)
    pipe.put_behind(also_held)
    pipe.put_behind(held)


def test_what_is_collected_twice_before_a_write_leaves_in_the_order_of_collecting() -> None:
    pipe = Pipe()
    put(pipe, b"count 1 ")
    collect(pipe, b"log 1 ")
    put(pipe, b"count 2 ")
    collect(pipe, b"log 2 ", b"log 3 ")
    collect(pipe)
    assert pipe.ready == pipe.waiting == 5
    assert pipe.take() == b"log 1 log 2 log 3 count 1 count 2 "
    assert (pipe.ready, pipe.waiting) == (0, 5)


def test_calls_that_fail_hear_so_in_their_order() -> None:
    pipe, heard = Pipe(), list[tuple[str, str]]()

    def hear(about: str, reply: Exception) -> None:
        heard.append((about, str(reply)))

    pipe.add(hear, "count", b"")
    held = pipe.hold()
    pipe.add(hear, "log", b"")
    pipe.put_behind(held)
    pipe.fail(ValueError("gone"))
    assert heard == [("log", "gone"), ("count", "gone")]
    assert (pipe.ready, pipe.waiting) == (0, 0)
