"""Spoilt handshakes and spoilt frames against an engine that runs: it lives on, and says only what is documented."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.fuzzing import FRAMES, fuzzed, mutated
from tests.docs.pages import DOCS
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.raw_socket import CLOSE, RawSocket, frame

STATUSES = {101, 200, 400, 403, 404, 405, 426, 429, 431, 500, 501, 503} - {500}
"""What the head of a request may be answered with; 0 stands for a connection that was closed without a word."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopEngine]:
    with ShopEngine(tmp_path_factory.mktemp("fuzz") / "one", "--head-within", "1") as engine:
        yield engine
        assert engine.ready == 200
        assert "Traceback" not in engine.output
        assert '"error":' not in engine.output, engine.output


def codes_of_the_protocol() -> set[int]:
    page = (DOCS / "reference" / "protocol.md").read_text("utf-8")
    return {int(code) for row in re.findall(r"^\| ([0-9, /]+) \|", page, re.M) for code in re.findall(r"\d{4}", row)}


def head(shop: ShopEngine) -> bytes:
    lines = [
        f"GET {shop.path} HTTP/1.1", f"Host: {shop.host}", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", f"Origin: {ORIGIN}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@fuzzed(60)
@given(st.data())
def test_spoilt_handshake_is_answered_or_closed(shop: ShopEngine, data: st.DataObject) -> None:
    spoilt = data.draw(mutated([head(shop)]))
    with RawSocket(shop.host, shop.path) as raw:
        raw.send_bytes(spoilt)
        raw.end()
        answer = raw.receive_bytes()
    assert not answer or int(answer.split(b" ", 2)[1]) in STATUSES, answer[:200]


@fuzzed(80)
@given(st.data())
def test_spoilt_frames_are_answered_or_end_the_connection_with_a_code_of_the_protocol(
    shop: ShopEngine, data: st.DataObject
) -> None:
    sound = b"".join(frame(each) for each in FRAMES[1:4])
    spoilt = data.draw(mutated([sound, *map(frame, FRAMES)]))
    with RawSocket(shop.host, shop.path, ORIGIN) as raw:
        raw.upgrade()
        if data.draw(st.booleans()):
            raw.hello()
        raw.send_bytes(spoilt + frame(b"\x03\xe8", CLOSE))
        raw.end()
        code, _ = raw.closed()
    assert code in {0, 1000, *codes_of_the_protocol()}


@fuzzed(60)
@given(mutated(FRAMES[1:]))
def test_spoilt_event_in_a_sound_frame_is_acknowledged_refused_or_ends_the_connection(
    shop: ShopEngine, message: bytes
) -> None:
    with RawSocket(shop.host, shop.path, ORIGIN) as raw:
        raw.upgrade()
        raw.hello()
        raw.send(message)
        raw.send(orjson.dumps({"type": "event", "seq": 2**40, "name": "login"}))
        met: list[str] = []
        while not met or met[-1] not in ("close", "last"):
            opcode, said = raw.receive_frame()
            if opcode == CLOSE or opcode == -1:
                met.append("close")
                assert opcode == -1 or int.from_bytes(said[:2], "big") in codes_of_the_protocol()
            else:
                answer = orjson.loads(said)
                met.append("last" if answer.get("seq") == 2**40 else answer["type"])
    assert set(met) <= {"ack", "error", "show", "close", "last"}
