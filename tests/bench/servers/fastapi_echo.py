"""An echo as an endpoint of FastAPI, on uvicorn's own WebSocket protocol: ``fastapi_echo PORT``."""

from __future__ import annotations

import sys

import orjson
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/v1/stream")
async def stream(connection: WebSocket) -> None:
    """Acknowledge every message."""
    await connection.accept()
    try:
        while True:
            message = orjson.loads(await connection.receive_text())
            await connection.send_text(f'{{"type":"ack","seq":{message.get("seq", 0)}}}')
    except WebSocketDisconnect:
        return


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", ws="websockets-sansio", log_level="warning"
    )
