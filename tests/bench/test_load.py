"""The benchmarks' own material must be what the engine takes: nothing else would notice that it is not."""

import asyncio
import socket

import orjson
import pytest

from engine.core.rulefile import read_rules
from engine.core.wire import read_event
from tests.bench.frames import PONG, masked
from tests.bench.plays import AFTER, BEFORE, DECIDES
from tests.bench.report import Budget, Report, budget_table
from tests.bench.rules import SITE, rule_file
from tests.bench.shopper import Shopper
from tests.bench.traffic import script


def unmasked(frame: bytes) -> bytes:
    """Return what a masked frame carries."""
    start = 8 if frame[1] & 127 == 126 else 6
    key, body = frame[start - 4 : start], frame[start:]
    return bytes(byte ^ key[n % 4] for n, byte in enumerate(body))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 16_384])
def test_a_masked_frame_can_be_unmasked(size: int) -> None:
    assert unmasked(masked(b"x" * size)) == b"x" * size


async def test_a_shopper_answers_pings_or_servers_would_give_it_up() -> None:
    here, there = socket.socketpair()
    with here, there:
        there.settimeout(10)
        transport, shopper = await asyncio.get_running_loop().create_connection(lambda: Shopper(b""), sock=here)
        shopper.transport = transport
        shopper.data_received(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x89\x02hi")
        assert there.recv(100) == masked(b"hi", PONG)
        transport.abort()


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_the_rules_can_be_read_and_are_as_many_as_promised(count: int) -> None:
    rules = read_rules({"rules.yaml": rule_file(count), "site.yaml": SITE})
    assert len(rules.rules) == count


def test_every_event_of_the_load_is_accepted() -> None:
    events = [read_event(orjson.loads(unmasked(frame))) for seed in range(5) for frame in script(seed, 200)]
    assert {"page_view", "page_dwell", "cart", "view_item", "scroll", "search"} <= {event.name for event in events}


def test_the_play_has_twenty_events_with_those_of_the_popup() -> None:
    play = [*BEFORE, DECIDES, AFTER]
    for n, (name, data) in enumerate(play, 1):
        read_event({"type": "event", "seq": n, "name": name, "data": data})
    assert len(play) + 2 == 20


def test_a_missed_budget_stands_out() -> None:
    report = Report(
        "Cost", ("what", "µs"), [["event", "30"]], budgets=[Budget("cost", 3, 2, "x"), Budget("size", 1, 2, "KiB")]
    )
    assert "| cost | 3.00 x | 2 x | **no** |\n| size | 1.00 KiB | 2 KiB | yes |" in budget_table([report])
