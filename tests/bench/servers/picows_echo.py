"""A bare echo on picows, taken over from uvicorn by the engine's own switch: ``picows_echo PORT``."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI
from picows import WSListener, WSMsgType, WSTransport, WSUpgradeResponse, WSUpgradeResponseWithListener

from engine.edge.switch import StreamSwitch


class _Echo(WSListener):  # type: ignore[misc]
    def on_ws_frame(self, transport: WSTransport, frame: Any) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            message = orjson.loads(frame.get_payload_as_memoryview())
            transport.send(WSMsgType.TEXT, b'{"type":"ack","seq":%d}' % message.get("seq", 0))
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()


class _Echoes:
    """What the switch knows as the streams."""

    def listener_for(self, _request: Any) -> WSUpgradeResponseWithListener:
        return WSUpgradeResponseWithListener(WSUpgradeResponse.create_101_response(), _Echo())


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    yield {"streams": _Echoes()}


if __name__ == "__main__":
    uvicorn.run(
        FastAPI(lifespan=_lifespan), host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", ws=StreamSwitch,
        log_level="warning",
    )  # fmt: skip
