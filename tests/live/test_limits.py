"""What one connection may do to the engine, and what happens to one that does more."""

import time
from collections.abc import Iterator

import orjson
import pytest

from engine.edge.embedded_redis import EmbeddedRedis
from tests.live.behind import counters_of
from tests.live.client import Frame
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.raw_socket import RawSocket, frame

KEPT = 200
BURST = 5
NOISE = frame(orjson.dumps({"type": "event", "seq": 1, "name": "page_view", "data": {"url": "/", "kind": "x" * 40}}))


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, redis_server: EmbeddedRedis) -> Iterator[ShopEngine]:
    """An engine that lets a connection send five events at once and one a second."""
    flags = ("--events-per-second", "1", "--events-burst", str(BURST))
    with ShopEngine(tmp_path_factory.mktemp("strict") / "one", *flags, redis_url=redis_server.url) as process:
        yield process


def login(seq: int) -> Frame:
    return {"type": "event", "seq": seq, "name": "login", "data": {}}


def test_connection_that_sends_too_much_is_closed_with_4008(strict: ShopEngine) -> None:
    with RawSocket(strict.host, strict.path, ORIGIN) as raw, strict.redis() as store:
        raw.upgrade()
        visitor = raw.hello()["visitor"]
        raw.send_bytes(b"".join(frame(orjson.dumps(login(seq))) for seq in range(1, KEPT + BURST + 100)))
        assert raw.closed() == (4008, "too many events")
        assert KEPT + BURST <= counters_of(store, strict.site, visitor)["e:login"] <= KEPT + BURST + 3


def test_what_came_before_it_was_too_much_is_acknowledged_and_need_not_come_again(strict: ShopEngine) -> None:
    """What an earlier document left is told by no welcome: without an ack a client would send the same for ever."""
    page = {"url": "/cart", "kind": "cart"}
    left = [{**login(seq), "doc": "earlier", "page": page} for seq in range(1, KEPT * 2)]
    with RawSocket(strict.host, strict.path, ORIGIN) as raw:
        raw.upgrade()
        raw.hello()
        raw.send_bytes(b"".join(frame(orjson.dumps(each)) for each in left))
        acknowledged = 0
        while acknowledged < KEPT + BURST:
            acknowledged = raw.receive()["seq"]
        assert raw.closed() == (4008, "too many events")


def test_what_a_client_has_kept_may_come_at_once(strict: ShopEngine) -> None:
    with RawSocket(strict.host, strict.path, ORIGIN) as raw:
        raw.upgrade()
        raw.hello()
        raw.send_bytes(b"".join(frame(orjson.dumps(login(seq))) for seq in range(1, KEPT + 1)))
        while raw.receive()["seq"] < KEPT:
            pass


def test_client_that_does_not_read_is_cut_off(engine: ShopEngine) -> None:
    before = engine.memory
    with RawSocket(engine.host, engine.path, ORIGIN, receive_buffer=4_096) as raw:
        raw.upgrade()
        raw.hello()
        cut_off = False
        deadline = time.monotonic() + 30
        while not cut_off and time.monotonic() < deadline:
            try:
                raw.send_bytes(NOISE * 100)
            except OSError:
                cut_off = True
    assert cut_off
    assert 'shopbell_refusals_total{reason="slow_consumer"} 1.0' in engine.metrics
    assert engine.memory - before < 8 * 1024 * 1024


def test_others_are_served_while_one_floods(engine: ShopEngine) -> None:
    with (
        RawSocket(engine.host, engine.path, ORIGIN) as flood,
        RawSocket(engine.host, engine.path, ORIGIN) as neighbour,
    ):
        for raw in (flood, neighbour):
            raw.upgrade()
            raw.hello()
        flood.send_bytes(NOISE * 1_000)
        for seq in range(1, 21):
            neighbour.say(login(seq))
            assert neighbour.receive() == {"type": "ack", "seq": seq}
