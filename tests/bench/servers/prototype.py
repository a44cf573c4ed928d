"""
The least that counts an event: decode, one call of a small Redis function, acknowledge: ``prototype PORT DIR``.

No check of what comes in, no log, no rules. It shows what is left of an engine's cost when all it does for a shop
is taken away, and it is the measure of what the engine asks of Redis.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI
from picows import WSListener, WSMsgType, WSTransport

from engine.edge.embedded_redis import EmbeddedRedis
from engine.edge.lane import RedisLane
from tests.bench.servers.switched import Streams, close, serve

_COUNTERS = (3, "views", 1, "views:cart", 1, "dwell", 1000)
_LIBRARY = "#!lua name=prototype\n" + Path(__file__).with_suffix(".lua").read_text()
_numbers = count()


class _Counts(WSListener):
    def __init__(self, lane: RedisLane) -> None:
        super().__init__()
        self._lane = lane
        self._session = b"{shop:%d}s" % next(_numbers)

    def on_ws_frame(self, transport: WSTransport, frame: Any) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            close(transport, frame)
            return
        message = orjson.loads(frame.get_payload_as_memoryview())
        seq = message.get("seq", 0)

        def acknowledge(_reply: Any) -> None:
            transport.send(WSMsgType.TEXT, b'{"type":"ack","seq":%d}' % seq)

        self._lane.call(acknowledge, "FCALL", "prototype_observe", 1, self._session, seq, "doc", *_COUNTERS)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    lane = RedisLane(app.state.redis_url)
    await lane.start()
    await lane.ask("FUNCTION", "LOAD", "REPLACE", _LIBRARY)
    yield {"streams": Streams(lambda: _Counts(lane))}
    await lane.stop()


if __name__ == "__main__":
    with EmbeddedRedis(Path(sys.argv[2])) as redis:
        app = FastAPI(lifespan=_lifespan)
        app.state.redis_url = redis.url
        serve(app, int(sys.argv[1]))
