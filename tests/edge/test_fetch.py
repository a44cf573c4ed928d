"""An address in a file is no way into the operator's own network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from engine.edge.fetch import MOST_BYTES, NotFetched, fetch, is_public, target_of

HOME = frozenset({"127.0.0.1", "localhost"})


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "255.255.255.255",
     "0.0.0.0",  # noqa: S104
     "224.0.0.1", "198.18.0.1", "::1", "::", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
     "fe80::1%eth0", "fc00::1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:0:7f00:1::", "ff02::1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://shop.example/f", "shop.example is not read with https"),
        ("gopher://shop.example/f", "shop.example is not read with https"),
        ("https://shop.example:6379/", "shop.example is not read at port 6379"),
        ("https://me@shop.example/", "the address is no address"),
        ("https:///f", "the address is no address"),
        ("https://shop.example:99999/", "the address is no address"),
        ("https://shop.example/a\r\nHost: b", "the address is no address"),
        ("https://[::1", "the address is no address"),
        ("f.json", "the address is no address"),
    ],
)
def test_addresses_that_nobody_should_open(url: str, said: str) -> None:
    with pytest.raises(NotFetched, match=said):
        target_of(url, frozenset())


def test_host_that_the_operator_named_may_be_read_without_https_and_at_any_port() -> None:
    target = target_of("http://feeds.internal:8080/new.json?a=b", frozenset({"feeds.internal"}))
    assert (target.is_https, target.host, target.port, target.path) == (False, "feeds.internal", 8080, "/new.json?a=b")
    assert target_of("https://Shop.example./f", frozenset()).host == "shop.example"


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]"])
async def test_private_host_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(NotFetched):
        await fetch(f"https://{host}/")


async def test_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lookup(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup, raising=False)
    with pytest.raises(NotFetched, match=r"rebound\.example is not on the public Internet"):
        await fetch("https://rebound.example/")


@asynccontextmanager
async def serving(*parts: bytes, stays_open: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Answer every request with these bytes; yield the address and what was asked."""
    asked: list[bytes] = []
    answering: list[asyncio.Task[Any] | None] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering.append(asyncio.current_task())
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        for part in parts:
            writer.write(part)
        with suppress(ConnectionError):
            if stays_open:
                await reader.read()
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/f.json?new", asked
        await asyncio.gather(*(each for each in answering if each is not None))


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 9\r\n\r\n[1, 2, 3]",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\n[1, \r\n5\r\n2, 3]\r\n0\r\n\r\n",
        HEAD + b"\r\n[1, 2, 3]",
    ],
    ids=["length", "chunks", "end"],
)
async def test_body_is_read_however_it_is_sent(answer: bytes) -> None:
    async with serving(answer) as (url, asked):
        assert await fetch(url, HOME) == b"[1, 2, 3]"
    assert asked[0].startswith(b"GET /f.json?new HTTP/1.1\r\nHost: 127.0.0.1:")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n",
            "answered 302, expected 200",
        ),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "answered 500, expected 200"),
        (b"", "did not answer"),
        (b"+PONG\r\n", "cannot be read: HttpParser"),
        (HEAD + b"\r\n" + b"x" * (MOST_BYTES + 1), "sent more than 1048576 bytes"),
    ],
)
async def test_other_answers_are_not_taken(answer: bytes, said: str) -> None:
    async with serving(answer) as (url, _):
        with pytest.raises(NotFetched, match=said):
            await fetch(url, HOME)


async def test_server_that_takes_its_time_is_left() -> None:
    async with serving(HEAD, stays_open=True) as (url, _):
        with pytest.raises(NotFetched, match="took more than"):
            await fetch(url, HOME, within_s=0.05)


async def test_server_that_is_not_there_is_told_by_its_host_alone() -> None:
    with pytest.raises(NotFetched) as refused:
        await fetch("http://127.0.0.1:1/secret-path", HOME)
    assert str(refused.value) == "127.0.0.1 cannot be read: ConnectionRefusedError"
