"""What Redis answers to a hello, read."""

from __future__ import annotations

from engine.edge.greeting import read_greeting


def test_popups_that_nobody_viewed_stand_in_the_order_in_which_they_were_sent() -> None:
    outbox = [b"f_b", b"k3v9x2 20 second frame", b"f_c", b"k3v9x2 100 third", b"f_a", b"k3v9x2 3 first"]
    greeting = read_greeting([7, b"", b"s", 1, b"1", b"", [], [], outbox, b"[]"])
    assert greeting.outbox == [("k3v9x2", 3, b"first"), ("k3v9x2", 20, b"second frame"), ("k3v9x2", 100, b"third")]
