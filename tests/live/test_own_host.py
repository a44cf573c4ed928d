"""The proxies of the docs, as they stand there, in front of a real engine: everything gets through, the cookie too."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Origin

from engine.core.tokens import sign
from engine.edge.first_party_cookie import NAME, RENEW_AFTER_MS
from engine.edge.secret import load_secrets
from tests.live.client import Shopper
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.waiting import wait_for

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "respect-the-shopper.md"
PATHS = f"{os.environ['PATH']}:/usr/local/sbin:/usr/sbin"
Write = Callable[[Path, str, int], list[str]]


def block_of(first_word: str) -> str:
    """Return the configuration in the docs that begins so."""
    blocks = re.findall(r"```\w+\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    [found] = [each for each in blocks if each.startswith(first_word)]
    return str(found)


def nginx(folder: Path, engine: str, port: int) -> list[str]:
    location = block_of("location").replace("127.0.0.1:8000", engine)
    temp = " ".join(f"{each}_temp_path {folder};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temp} server {{ listen 127.0.0.1:{port}; {location} }} }}\n"
    )
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, engine: str, port: int) -> list[str]:
    site = (
        block_of("shop.example").replace("shop.example", f"http://127.0.0.1:{port}").replace("127.0.0.1:8000", engine)
    )
    (folder / "Caddyfile").write_text(f"{{\n    admin off\n    auto_https off\n    grace_period 1s\n}}\n{site}")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def a_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def answers(port: int) -> bool:
    with socket.socket() as asks:
        return asks.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopEngine]:
    with ShopEngine(tmp_path_factory.mktemp("own") / "shop", *NO_LIMIT, "--cookie-path", "/bell") as shop:
        yield shop


@pytest.fixture(scope="module", params=[nginx, caddy], ids=lambda each: each.__name__)
def host(request: pytest.FixtureRequest, shop: ShopEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shop's own host, under whose path /bell the engine is."""
    folder, port = tmp_path_factory.mktemp("proxy"), a_port()
    write: Write = request.param
    command = write(folder, shop.host, port)
    program = shutil.which(command[0], path=PATHS)
    assert program is not None, f"there is no {command[0]}, tools/need-proxies installs it"
    environ = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen([program, *command[1:]], stdout=said, stderr=said, env=environ)
        try:
            wait_for(lambda: answers(port), 20)
            yield f"127.0.0.1:{port}/bell"
        finally:
            process.terminate()
            process.wait(10)


def old_token(shop: ShopEngine, visitor: str, session: str) -> str:
    """Return a token of a visitor that was given out some days ago."""
    at_ms = time.time_ns() // 1_000_000 - 3 * RENEW_AFTER_MS
    return sign(load_secrets(shop.data)[0], shop.site, visitor, session, at_ms)


async def test_stream_and_scripts_get_through(shop: ShopEngine, host: str) -> None:
    async with Shopper(f"ws://{host}/v1/stream?site={shop.site}", ORIGIN) as shopper:
        await shopper.view("home")
        await shopper.settled()
    async with httpx.AsyncClient() as client:
        script = await client.get(f"http://{host}/s.js")
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")


def test_events_come_unbuffered_where_no_websocket_gets_through(shop: ShopEngine, host: str) -> None:
    address = f"http://{host}/v1/sse?site={shop.site}"
    with httpx.stream("GET", address, headers={"Origin": ORIGIN}, timeout=10) as answer:
        assert next(answer.iter_text())


async def test_cookie_is_kept_read_renewed_and_dropped(shop: ShopEngine, host: str) -> None:
    stream, cookie = f"ws://{host}/v1/stream?site={shop.site}", f"http://{host}/v1/cookie?site={shop.site}"
    async with Shopper(stream, ORIGIN) as shopper:
        await shopper.view("home")
        await shopper.settled()
        welcome = shopper.of("welcome")[0]
    async with httpx.AsyncClient(headers={"Origin": ORIGIN}) as client:
        kept = await client.put(cookie, content=welcome["token"])
        dropped = await client.delete(cookie)
    assert kept.headers["set-cookie"].startswith(f"{NAME}={welcome['token']}; Path=/bell; ")
    sent = {"Cookie": f"{NAME}={old_token(shop, shopper.visitor, welcome['session'])}"}
    async with connect(stream, origin=Origin(ORIGIN), additional_headers=sent, proxy=None) as socket_:
        assert socket_.response is not None
        assert socket_.response.headers["Set-Cookie"].startswith(f"{NAME}=")
        await socket_.send('{"type": "hello", "v": 1, "token": null, "doc": "cookie1", "page": null}')
        assert orjson.loads(await socket_.recv())["visitor"] == shopper.visitor
    assert "Max-Age=0" in dropped.headers["set-cookie"]
