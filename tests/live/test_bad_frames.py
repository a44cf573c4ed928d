"""Frames that end a connection, each with its code; none of them harms the engine."""

from collections.abc import Iterator

import orjson
import pytest
import redis

from tests.live.behind import counters_of
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.raw_socket import BINARY, CLOSE, CONTINUATION, GONE, PING, PONG, TEXT, RawSocket, frame

LIMIT = 16 * 1024


@pytest.fixture
def stranger(engine: ShopEngine) -> Iterator[RawSocket]:
    """A connection that has not said hello."""
    with RawSocket(engine.host, engine.path, ORIGIN) as raw:
        assert raw.upgrade() == (101, b"")
        yield raw


@pytest.fixture
def raw(stranger: RawSocket) -> RawSocket:
    """A connection that has been welcomed."""
    assert stranger.hello()["type"] == "welcome"
    return stranger


@pytest.fixture(autouse=True)
def engine_lives_on(engine: ShopEngine) -> Iterator[None]:
    """After each of these frames the engine is the same process, and ready."""
    pid = engine.pid
    yield
    assert (engine.ready, engine.pid) == (200, pid)
    assert "Traceback" not in engine.output
    assert '"error":' not in engine.output


def padded(size: int) -> bytes:
    """Return an event of exactly so many bytes, in texts that are not too long."""
    event = {"type": "event", "seq": 1, "name": "login", "data": {}}
    texts = ["x" * 1_000] * 15
    left = size - len(orjson.dumps({**event, "pad": [*texts, ""]}))
    return orjson.dumps({**event, "pad": [*texts, "x" * left]})


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"", "frame is not JSON"),
        (b"hello", "frame is not JSON"),
        (b'{"type":"event","seq":1', "frame is not JSON"),
        (b'{"type":"event"} {}', "frame is not JSON"),
        (b'{"type":"event","seq":NaN}', "frame is not JSON"),
        (b'{"type":"event","seq":1,"name":"login","data":{"a":1e999}}', "frame is not JSON"),
        (b'{"type":"event","seq":1,"name":"login","data":{"a":"\\ud800"}}', "frame is not JSON"),
        (b"[" * 8_000 + b"]" * 8_000, "frame is not JSON"),
        (b"[]", "frame is not a JSON object with a type"),
        (b"1", "frame is not a JSON object with a type"),
        (b'{"seq":1,"name":"login"}', "frame is not a JSON object with a type"),
        (b'{"type":1}', "frame is not a JSON object with a type"),
    ],
)
def test_frame_that_is_no_message_closes_with_1002(raw: RawSocket, message: bytes, reason: str) -> None:
    raw.send(message)
    assert raw.closed() == (1002, reason)


def test_message_of_16_kib_is_taken(raw: RawSocket) -> None:
    raw.send(padded(LIMIT))
    assert raw.receive() == {"type": "ack", "seq": 1}


def test_frame_of_16_kib_and_a_byte_closes_with_1009(raw: RawSocket) -> None:
    raw.send(padded(LIMIT + 1))
    assert raw.closed()[0] == 1009


def test_fragments_of_16_kib_and_a_byte_close_with_1009(raw: RawSocket) -> None:
    message = padded(LIMIT + 1)
    raw.send(message[:10_000], fin=False)
    raw.send(message[10_000:], CONTINUATION)
    assert raw.closed() == (1009, "message of 16385 bytes exceeds limit of 16384 bytes")


def test_endless_fragments_close_with_1009(raw: RawSocket) -> None:
    raw.send(b"{", fin=False)
    raw.send_bytes(frame(b" " * 100, CONTINUATION, fin=False) * 200)
    assert raw.closed()[0] == 1009


def test_empty_fragments_without_number_cost_nothing(raw: RawSocket) -> None:
    message = orjson.dumps({"type": "event", "seq": 1, "name": "login", "data": {}})
    raw.send(message, fin=False)
    raw.send_bytes(frame(b"", CONTINUATION, fin=False) * 20_000)
    raw.send(b"", CONTINUATION)
    assert raw.receive() == {"type": "ack", "seq": 1}


def test_frame_that_declares_a_gigabyte_is_not_waited_for(raw: RawSocket) -> None:
    raw.send_bytes(b"\x81\xff" + (1 << 30).to_bytes(8, "big") + b"\x11\x22\x33\x44")
    assert raw.closed()[0] == 1009


def test_fragments_make_one_message_with_pings_in_between(raw: RawSocket) -> None:
    message = orjson.dumps({"type": "event", "seq": 1, "name": "login", "data": {}})
    raw.send(b"", fin=False)
    raw.send(message[:7], CONTINUATION, fin=False)
    raw.send(b"are you there?", PING)
    raw.send(message[7:], CONTINUATION)
    assert raw.receive_frame() == (PONG, b"are you there?")
    assert raw.receive() == {"type": "ack", "seq": 1}


@pytest.mark.parametrize("message", [b'{"type":"\xff"}', b"\xc3\x28", b'{"type":"\xed\xa0\x80"}', b"\xe4\xbd"])
def test_bytes_that_are_not_utf8_close_with_1007(raw: RawSocket, message: bytes) -> None:
    raw.send(message)
    assert raw.closed() == (1007, "frame is not UTF-8")


@pytest.mark.parametrize("reserved", [1, 2, 4, 7])
@pytest.mark.parametrize("opcode", [TEXT, PING])
def test_reserved_bits_close_with_1002(raw: RawSocket, reserved: int, opcode: int) -> None:
    raw.send(b"{}", opcode, reserved=reserved)
    assert raw.closed()[0] == 1002


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        ([frame(b"{}", BINARY)], "binary frame, expected text"),
        ([frame(b"{}", CONTINUATION)], "fragments out of order"),
        ([frame(b"{", TEXT, fin=False), frame(b"}", TEXT)], "fragments out of order"),
        ([frame(b"{", TEXT, fin=False), frame(b"}", BINARY)], "binary frame, expected text"),
    ],
)
def test_frames_out_of_place_close_with_1002(raw: RawSocket, frames: list[bytes], reason: str) -> None:
    raw.send_bytes(b"".join(frames))
    assert raw.closed() == (1002, reason)


@pytest.mark.parametrize("opcode", [3, 7, 11, 15])
def test_opcode_without_meaning_ends_the_connection(raw: RawSocket, opcode: int) -> None:
    raw.send(b"", opcode)
    assert raw.closed()[0] == 1002


@pytest.mark.parametrize(
    "bad",
    [frame(b"x" * 126, PING), frame(b"x", PING, fin=False), frame(b'{"type":"event"}', masked=False)],
    ids=["long control frame", "control frame in fragments", "frame without mask"],
)
def test_frame_that_no_client_may_send_ends_the_connection(raw: RawSocket, bad: bytes) -> None:
    raw.send_bytes(bad)
    assert raw.closed()[0] == 1002


def test_nothing_is_taken_after_the_frame_that_closed(
    engine: ShopEngine, store: redis.Redis, stranger: RawSocket
) -> None:
    visitor = stranger.hello()["visitor"]
    login = orjson.dumps({"type": "event", "seq": 1, "name": "login", "data": {}})
    stranger.send_bytes(frame(b"{}", BINARY) + frame(login) + frame(b"are you there?", PING))
    assert stranger.receive_frame() == (CLOSE, b"\x03\xeabinary frame, expected text")
    assert stranger.closed() == GONE
    assert counters_of(store, engine.site, visitor) == {}


@pytest.mark.parametrize(
    ("code", "answered"),
    [
        (1000, 1000),
        (1001, 1001),
        (3000, 3000),
        (4999, 4999),
        (0, 1002),
        (1004, 1002),
        (1005, 1002),
        (1006, 1002),
        (1015, 1002),
        (5000, 1002),
        (65535, 1002),
    ],
)
def test_close_is_answered_with_its_code_or_1002(raw: RawSocket, code: int, answered: int) -> None:
    raw.send(code.to_bytes(2, "big"), CLOSE)
    assert raw.closed()[0] == answered


@pytest.mark.parametrize(("payload", "answered"), [(b"", 1000), (b"\x03", 1002), (b"\x03\xe8\xff", 1007)])
def test_close_with_an_odd_payload_is_answered_too(raw: RawSocket, payload: bytes, answered: int) -> None:
    raw.send(payload, CLOSE)
    assert raw.closed()[0] == answered


@pytest.mark.parametrize(
    ("first", "code", "reason"),
    [
        ({"type": "event", "seq": 1, "name": "login"}, 4009, "first frame is 'event', expected hello"),
        ({"type": "hello", "v": 2, "doc": "abcdef"}, 4009, "version is 2, expected 1"),
        ({"type": "hello", "doc": "abcdef"}, 4009, "version is none, expected 1"),
        ({"type": "hello", "v": True, "doc": "abcdef"}, 4009, "version is true, expected 1"),
        ({"type": "hello", "v": 1, "doc": "short"}, 4009, "hello.doc is not of the form [a-z0-9]{6,32}"),
        ({"type": "hello", "v": 1, "doc": "a{b}c:def"}, 4009, "hello.doc is not of the form [a-z0-9]{6,32}"),
        ({"type": "購" * 60}, 4009, "first frame is '" + "購" * 34),
        ({"v": 1}, 1002, "frame is not a JSON object with a type"),
    ],
)
def test_first_frame_that_is_no_hello_is_refused(
    stranger: RawSocket, first: dict[str, object], code: int, reason: str
) -> None:
    stranger.say(first)
    assert stranger.closed() == (code, reason)


def test_events_said_before_the_welcome_wait_for_it(stranger: RawSocket) -> None:
    hello = orjson.dumps({"type": "hello", "v": 1, "token": None, "doc": "abcdef", "page": None, "context": {}})
    event = orjson.dumps({"type": "event", "seq": 1, "name": "login", "data": {}})
    stranger.send_bytes(frame(hello) + frame(event))
    assert stranger.receive()["type"] == "welcome"
    assert stranger.receive() == {"type": "ack", "seq": 1}
