"""Floods against an engine with its usual limits: they are held, and whoever else is there is served all the while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress

import orjson
import pytest

from engine.settings import Settings
from tests.live.behind import counters_of
from tests.live.client import Frame
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.raw_socket import CONTINUATION, GONE, PING, RawSocket, frame
from tests.waiting import wait_for

FLOODER, HOME, NEIGHBOUR = "9.9.9.9", "1.1.1.1", "8.8.8.8"
SERVED = 20
MOST_MEMORY = 16 * 1024 * 1024
"""What all of a flood may leave behind; the engine itself has some 80 MB."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopEngine]:
    """An engine as it comes, but for the time that heads of requests may take, and for strikes, which have tests."""
    with ShopEngine(tmp_path_factory.mktemp("floods") / "one", "--head-within", "0.5", "--strikes", "0") as engine:
        yield engine


@pytest.fixture
def neighbour(shop: ShopEngine) -> Iterator[RawSocket]:
    """Somebody of another address, who is served before and after, and must be served in between."""
    before = shop.memory
    with RawSocket(shop.host, shop.path, ORIGIN, {"X-Forwarded-For": NEIGHBOUR}) as raw:
        raw.upgrade()
        raw.hello()
        is_served(raw, 1)
        yield raw
        is_served(raw, 5_000)
    assert shop.memory - before < MOST_MEMORY
    assert shop.ready == 200
    assert "Traceback" not in shop.output


def login(seq: int) -> Frame:
    return {"type": "event", "seq": seq, "name": "login", "data": {}}


def is_served(raw: RawSocket, first: int) -> None:
    """Send some events, each after the last one was acknowledged."""
    for seq in range(first, first + SERVED):
        raw.say(login(seq))
        assert raw.receive() == {"type": "ack", "seq": seq}


def count_of(shop: ShopEngine, visitor: str) -> int:
    with shop.redis() as store:
        return counters_of(store, shop.site, visitor)["e:login"]


def socket_of(shop: ShopEngine, stack: ExitStack, address: str) -> RawSocket:
    return stack.enter_context(RawSocket(shop.host, shop.path, ORIGIN, {"X-Forwarded-For": address}))


def test_ten_thousand_messages_on_one_socket_are_cut_off_where_the_allowance_ends(
    shop: ShopEngine, neighbour: RawSocket
) -> None:
    flood = b"".join(frame(orjson.dumps(login(seq))) for seq in range(1, 10_001))
    with ExitStack() as stack:
        raw = socket_of(shop, stack, FLOODER)
        raw.upgrade()
        visitor = raw.hello()["visitor"]
        with suppress(OSError):  # it may be cut off before all of it was sent
            raw.send_bytes(flood)
        assert raw.closed() in ((4008, "too many events"), GONE)
    free = 200 + Settings().events_burst
    assert free <= count_of(shop, visitor) <= free + 10 * Settings().events_per_second


@pytest.mark.parametrize(
    ("first", "flood"),
    [(frame(b'{"type":', fin=False), frame(b"", CONTINUATION, fin=False)), (frame(b"not JSON"), frame(b"", PING))],
    ids=["fragments", "pings after its end"],
)
def test_frames_without_end_that_are_no_messages_are_read_no_more(
    shop: ShopEngine, neighbour: RawSocket, first: bytes, flood: bytes
) -> None:
    with ExitStack() as stack:
        raw = socket_of(shop, stack, FLOODER)
        raw.upgrade()
        raw.hello()
        raw.send_bytes(first)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            raw.send_bytes(flood * 1_000_000)


def test_thousand_sockets_of_one_address_are_fifty(shop: ShopEngine, neighbour: RawSocket) -> None:
    with ExitStack() as stack:
        answers = [socket_of(shop, stack, HOME).upgrade()[0] for _ in range(Settings().connections_per_address)]
        for _ in range(950):
            with RawSocket(shop.host, shop.path, ORIGIN, {"X-Forwarded-For": HOME}) as raw:
                answers.append(raw.upgrade()[0])
    assert answers == [101] * 50 + [429] * 950
    assert 'shopbell_refusals_total{reason="address_full"} 950.0' in shop.metrics


def test_heads_that_come_byte_by_byte_are_not_waited_for(shop: ShopEngine, neighbour: RawSocket) -> None:
    with ExitStack() as stack:
        slow = [socket_of(shop, stack, FLOODER) for _ in range(200)]
        for n, raw in enumerate(slow):
            raw.send_bytes(b"GET / HTTP/1.1\r\nX-Slow: "[: n % 20])
        is_served(neighbour, 2_000)
        assert {raw.receive_bytes() for raw in slow} == {b""}


def test_fragments_without_end_are_cut_off_at_the_size_of_a_message(shop: ShopEngine, neighbour: RawSocket) -> None:
    with ExitStack() as stack:
        endless = [socket_of(shop, stack, FLOODER) for _ in range(40)]
        for raw in endless:
            raw.upgrade()
            raw.hello()
            raw.send(b'{"type":"event","pad":"', fin=False)
        is_served(neighbour, 2_000)
        for raw in endless:
            raw.send_bytes(frame(b"x" * 1_000, CONTINUATION, fin=False) * 20)
        assert {raw.closed()[0] for raw in endless} == {1009}


def test_clients_that_do_not_read_are_cut_off_and_hold_no_memory(shop: ShopEngine, neighbour: RawSocket) -> None:
    bad = orjson.dumps({"type": "event", "seq": 1, "name": "page_view", "data": {"url": "/", "kind": "x" * 40}})
    with ExitStack() as stack:
        for _ in range(20):
            raw = stack.enter_context(
                RawSocket(shop.host, shop.path, ORIGIN, {"X-Forwarded-For": FLOODER}, receive_buffer=4_096)
            )
            raw.upgrade()
            raw.hello()
            raw.send_bytes(frame(bad) * 200)
        is_served(neighbour, 2_000)
    wait_for(lambda: "shopbell_connections 1.0" in shop.metrics)


def test_form_sent_off_a_hundred_times_costs_the_neighbour_nothing(shop: ShopEngine, neighbour: RawSocket) -> None:
    with ExitStack() as stack:
        raw = socket_of(shop, stack, FLOODER)
        raw.upgrade()
        raw.hello()
        for seq in range(1, 101):
            raw.say({"type": "event", "seq": seq, "name": "popup_submit",
                     "data": {"fire": "f_1", "fields": {"email": f"a{seq}@x.example"}}})  # fmt: skip
        while raw.receive().get("seq") != 100:
            pass
    refused = [line for line in shop.metrics.splitlines() if 'reason="too_many_forms"' in line]
    assert float(refused[0].split()[-1]) >= 80
