"""A client whose network lets no WebSocket through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from tests.live.client import Frame, Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.plain_http import NO_TLS
from tests.waiting import PATIENCE_S, eventually


def lines(frames: list[Frame]) -> bytes:
    """Write frames as the body of a request."""
    return b"\n".join(map(orjson.dumps, frames))


class Writer(Shopper):
    """A document that sends what it has by POSTs, and takes what their answers say."""

    def __init__(self, engine: ShopEngine, token: str | None = None) -> None:
        super().__init__(engine.stream, ORIGIN, token)
        self.site = engine.site
        self.http = httpx.AsyncClient(base_url=engine.url, headers={"Origin": ORIGIN}, timeout=15, verify=NO_TLS)

    async def post(self, stream: str = "", also: tuple[Frame, ...] = ()) -> httpx.Response:
        """Send all that is queued, as the snippet does."""
        answer = await self.send(lines([self.hello(), *self.queue, *also]), stream)
        for line in answer.content.splitlines() if answer.status_code == 200 else ():
            self._take(orjson.loads(line))
        return answer

    async def send(self, body: bytes, stream: str = "", **headers: str) -> httpx.Response:
        """Send any body."""
        query = {"site": self.site, "stream": stream}
        return await self.http.post("/v1/events", params=query, content=body, headers=headers)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Open the way down; what comes by it is taken. Yields the stream's id."""
        async with self.http.stream("GET", "/v1/sse", params={"site": self.site}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["x-accel-buffering"] == "no"
            named: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            reader = asyncio.create_task(self._listen(answer, named))
            yield await asyncio.wait_for(named, PATIENCE_S)
            reader.cancel()

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[Writer]:
        """Be welcomed over an event stream, for as long as the engine or the block lasts."""
        async with self.http, self.listening() as stream:
            await self.post(stream)
            await eventually(lambda: self.of("welcome"))
            yield self

    async def _listen(self, answer: httpx.Response, named: asyncio.Future[str]) -> None:
        async for line in answer.aiter_lines():
            if not line.startswith("data: "):
                continue
            frame: dict[str, Any] = orjson.loads(line.removeprefix("data: "))
            if frame["type"] == "stream":
                named.set_result(frame["id"])
            else:
                self._take(frame)

    async def told(self) -> None:
        """Wait until all is acknowledged by the way down."""
        await eventually(lambda: not self.queue and bool(self.of("welcome")))
