"""Requests whose head is too long, or too slow."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from engine.edge.http_guard import MOST_IN_LINE, GuardedHttp, guarded_http

HEAD = b"GET / HTTP/1.1\r\nHost: engine.test\r\n"


async def says_hello(scope: Any, receive: Any, send: Any) -> None:
    """Answer every request, after its body."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(says_hello, http=GuardedHttp, lifespan="off", log_config=None, port=0)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    yield server.servers[0].sockets[0].getsockname()[1]
    await server.shutdown()


async def talk(port: int, *sent: bytes) -> bytes:
    """Send, and return all that is answered until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in sent:
        writer.write(part)
        await asyncio.sleep(0)
    answer = await reader.read()
    writer.close()
    return answer


async def test_request_in_pieces_is_answered(port: int) -> None:
    answer = await talk(port, HEAD[:10], HEAD[10:], b"Connection: close\r\n\r\n")
    assert answer.endswith(b"\r\n\r\nhello")


async def test_long_body_is_no_long_head(port: int) -> None:
    body = b"x" * (GuardedHttp.longest_head * 3)
    head = b"POST / HTTP/1.1\r\nHost: engine.test\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert (await talk(port, head + body)).endswith(b"hello")


async def test_head_without_end_is_refused(port: int) -> None:
    answer = await talk(port, HEAD, b"X-Long: " + b"x" * GuardedHttp.longest_head)
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert answer.endswith(b"request head is too long")


async def test_head_that_is_whole_at_once_may_not_be_too_long_either(port: int) -> None:
    answer = await talk(port, HEAD + b"X-Long: " + b"x" * GuardedHttp.longest_head + b"\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_head_that_ends_between_two_pieces_is_measured_to_its_end(port: int) -> None:
    body = b"x" * (GuardedHttp.longest_head * 2)
    head = b"POST / HTTP/1.1\r\nHost: engine.test\r\nConnection: close\r\nContent-Length: %d\r\n\r" % len(body)
    assert (await talk(port, head, b"\n" + body)).endswith(b"hello")


async def test_many_short_headers_are_refused_too(port: int) -> None:
    answer = await talk(port, HEAD, b"X: y\r\n" * 4_000)
    assert answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("sent", [b"", HEAD])
async def test_head_that_does_not_come_is_not_waited_for(
    port: int, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GuardedHttp, "head_within_s", 0.05)
    assert await talk(port, sent) == b""


async def test_second_request_on_the_connection_is_due_in_time_too(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GuardedHttp, "head_within_s", 0.05)
    answer = await talk(port, HEAD + b"\r\n" + HEAD)
    assert answer.count(b"HTTP/1.1 200 OK") == 1


@pytest.mark.parametrize("first", [HEAD + b"\r\n", HEAD + b"Content-Length: 2\r\n\r\nhi"])
@pytest.mark.parametrize("end", [b"\r\n\r\n", b""])
async def test_head_of_a_later_request_on_the_connection_may_not_be_too_long_either(
    port: int, first: bytes, end: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 OK")
    writer.write(HEAD + b"Connection: close\r\nX-Long: " + b"x" * GuardedHttp.longest_head + end)
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "second",
    [HEAD + b"X-Long: " + b"x" * 9_000 + b"\r\n\r\n", HEAD + b"X: y\r\n" * 2_000, b"GET /" + b"x" * 9_000 + b" "],
)
@pytest.mark.parametrize("first", [HEAD + b"\r\n", HEAD + b"Content-Length: 2\r\n\r\nhi"])
async def test_head_that_comes_with_the_request_before_may_not_be_too_long_either(
    port: int, first: bytes, second: bytes
) -> None:
    answer = await talk(port, first + second)
    assert answer.endswith(b"request head is too long")
    assert answer.count(b"HTTP/1.1 200 OK") <= 1


async def test_upgrade_that_comes_with_the_request_before_may_not_be_too_long_either(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    upgrade = HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\nX-Long: " + b"x" * 9_000 + b"\r\n\r\n"
    assert (await talk(port, HEAD + b"\r\n" + upgrade)).endswith(b"request head is too long")
    assert caplog.records == []


async def test_requests_beyond_a_few_that_do_not_wait_for_answers_are_refused_before_they_take_memory(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bytes] = []

    class Counted(httptools_impl.RequestResponseCycle):
        def __init__(self, *, scope: Any, **named: Any) -> None:
            begun.append(scope["method"])
            super().__init__(scope=scope, **named)

    monkeypatch.setattr(httptools_impl, "RequestResponseCycle", Counted)
    answer = await talk(port, (HEAD + b"\r\n") * 1_000)
    assert answer.endswith(b"too many requests, try again in a minute")
    assert len(begun) == 1 + MOST_IN_LINE


async def test_requests_that_come_together_are_all_answered(port: int) -> None:
    body = b"x" * (GuardedHttp.longest_head + 1)
    post = b"POST / HTTP/1.1\r\nHost: engine.test\r\nContent-Length: %d\r\n\r\n" % len(body)
    answer = await talk(port, HEAD + b"\r\n" + post + body + HEAD + b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 3


async def test_empty_line_instead_of_a_later_request_holds_no_connection(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GuardedHttp, "head_within_s", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"\r\n")
    await reader.readuntil(b"hello")
    writer.write(b"\r\n")
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()


POST = b"POST / HTTP/1.1\r\nHost: engine.test\r\nContent-Length: %d\r\n\r\n"


async def test_body_that_is_too_long_is_refused_when_it_becomes_so(port: int) -> None:
    parts = [b"x" * 65_536] * (GuardedHttp.longest_body // 65_536)
    answer = await talk(port, POST % 10**9, *parts, b"x")
    assert answer.startswith(b"HTTP/1.1 413 Content Too Large\r\n")
    assert answer.endswith(b"request body is too long")


async def test_body_of_very_many_parts_is_passed_on_in_few(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    passed_on: list[bytes] = []
    pass_on = HttpToolsProtocol.on_body

    def note(self: HttpToolsProtocol, body: bytes) -> None:
        passed_on.append(body)
        pass_on(self, body)

    monkeypatch.setattr(HttpToolsProtocol, "on_body", note)
    head = b"POST / HTTP/1.1\r\nHost: engine.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    answer = await talk(port, head + b"".join(b"1\r\n%d\r\n" % (n % 10) for n in range(5_000)), b"0\r\n\r\n")
    assert answer.endswith(b"hello")
    assert b"".join(passed_on) == b"0123456789" * 500
    assert len(passed_on) < 50


@pytest.mark.parametrize("sent", [POST % 10, POST % 10 + b"x", HEAD + b"Content-Length: 10\r\n\r\n"])
async def test_body_that_does_not_come_is_not_waited_for(
    port: int, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GuardedHttp, "body_within_s", 0.05)
    assert await talk(port, sent) == b""


async def test_limits_can_be_switched_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert guarded_http(0, 0.0).longest_head == 0
    monkeypatch.setattr(GuardedHttp, "longest_head", 0)
    monkeypatch.setattr(GuardedHttp, "head_within_s", 0.0)
    answer = await talk(port, HEAD, b"X-Long: " + b"x" * 20_000, b"\r\nConnection: close\r\n\r\n")
    assert answer.endswith(b"hello")


class Upgraded(asyncio.Transport):
    """A transport that nothing is written to: it keeps the protocol that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.protocol: asyncio.BaseProtocol | None = None

    def is_closing(self) -> bool:
        return False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol


class TakesOver(asyncio.Protocol):
    """Whoever gets a connection after its upgrade."""

    def __init__(self, **_named: Any) -> None:
        self.got = b""

    def data_received(self, data: bytes) -> None:
        self.got += data


async def test_nothing_is_left_of_a_request_once_its_connection_is_a_stream() -> None:
    config = uvicorn.Config(says_hello, ws=TakesOver, lifespan="off", log_config=None)
    near = Upgraded()
    guard = GuardedHttp(config=config, server_state=ServerState(), app_state={})
    left = weakref.ref(guard)
    gc.disable()
    try:
        guard.connection_made(near)
        guard.data_received(HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        assert isinstance(near.protocol, TakesOver)
        assert near.protocol.got.startswith(b"GET / HTTP/1.1\r\n")
        del guard
        assert left() is None
    finally:
        gc.enable()
