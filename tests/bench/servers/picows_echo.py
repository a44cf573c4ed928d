"""A bare echo on picows, taken over from uvicorn by the engine's own switch: ``picows_echo PORT``."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import FastAPI
from picows import WSListener, WSMsgType, WSTransport

from tests.bench.servers.switched import Streams, close, serve


class _Echo(WSListener):
    def on_ws_frame(self, transport: WSTransport, frame: Any) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            message = orjson.loads(frame.get_payload_as_memoryview())
            transport.send(WSMsgType.TEXT, b'{"type":"ack","seq":%d}' % message.get("seq", 0))
        else:
            close(transport, frame)


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    yield {"streams": Streams(_Echo)}


if __name__ == "__main__":
    serve(FastAPI(lifespan=_lifespan), int(sys.argv[1]))
