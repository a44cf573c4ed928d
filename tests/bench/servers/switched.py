"""What the servers on picows share: the engine's own switch, with another listener behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from picows import WSListener, WSMsgType, WSTransport, WSUpgradeResponse, WSUpgradeResponseWithListener

from engine.edge.switch import StreamSwitch


class Streams:
    """What the switch knows as the streams: it makes a listener for every connection."""

    def __init__(self, listener: Callable[[], WSListener]) -> None:
        self._listener = listener

    def listener_for(self, _request: Any, peer: str) -> WSUpgradeResponseWithListener:
        """Accept whoever comes, from wherever."""
        return WSUpgradeResponseWithListener(WSUpgradeResponse.create_101_response(), self._listener())


def close(transport: WSTransport, frame: Any) -> None:
    """Answer a close."""
    if frame.msg_type == WSMsgType.CLOSE:
        transport.send_close(frame.get_close_code())
        transport.disconnect()


def serve(app: FastAPI, port: int) -> None:
    """Serve as the engine does. ``app``'s lifespan yields the streams."""
    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", ws=StreamSwitch, log_level="warning")
