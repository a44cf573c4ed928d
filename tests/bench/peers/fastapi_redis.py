"""
The same service as most would write it in Python: ``fastapi_redis PORT REDIS_SOCKET RULES``.

An endpoint of FastAPI, a pipeline of redis-py for each event, rules as plain ifs compiled from text. There is no check
of what comes in, no event log and no arming.
"""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import BlockingConnectionPool, Redis

from tests.bench.peers.plain_ifs import plain_ifs
from tests.bench.peers.visit import Visit

_MOST_SHOWN = 3
_KEPT_S = 1800

app = FastAPI()


@app.websocket("/v1/stream")
async def stream(connection: WebSocket) -> None:
    """Serve one shopper."""
    await connection.accept()
    visit, key, shown = Visit(), f"session:{uuid.uuid4()}", set[str]()
    try:
        while True:
            message = await connection.receive_json()
            if message["type"] == "hello":
                visit.greet(message)
                await connection.send_json({"type": "welcome", "v": 1, "visitor": key, "seq": 0})
                continue
            counts = await _count(key, message, visit)
            for rule in app.state.judge(visit.facts(counts, message["name"], message["data"])):
                if rule not in shown and len(shown) < _MOST_SHOWN:
                    shown.add(rule)
                    popup = {"kind": "chat", "text": f"Offer of {rule}"}
                    await connection.send_json(
                        {"type": "show", "fire": str(uuid.uuid4()), "rule": rule, "popup": popup}
                    )
                    break
            await connection.send_text(f'{{"type":"ack","seq":{message["seq"]}}}')
    except WebSocketDisconnect:
        return


async def _count(key: str, message: dict[str, Any], visit: Visit) -> dict[str, float]:
    """Count an event, unless it was counted before, and return the session's counters."""
    redis: Redis = app.state.redis
    if int(await redis.hget(key, "seq") or 0) < message["seq"]:
        pipeline = redis.pipeline()
        pipeline.hset(key, "seq", message["seq"])
        for verb, name, value in visit.changes(message["name"], message["data"]):
            if verb == "+":
                pipeline.hincrby(key, name, value)
            elif verb == "=":
                pipeline.hset(key, name, value)
            elif await redis.hsetnx(key, name, 1):
                pipeline.hincrby(key, value, 1)
        pipeline.expire(key, _KEPT_S)
        await pipeline.execute()
    names = visit.counters()
    values = await redis.hmget(key, names)
    return {name: float(value or 0) for name, value in zip(names, values, strict=True)}


if __name__ == "__main__":
    app.state.redis = Redis.from_pool(BlockingConnectionPool.from_url(f"unix://{sys.argv[2]}", max_connections=50))
    rules = Path(sys.argv[3])
    app.state.judge = plain_ifs(json.loads(rules.read_text()), rules.parent)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", log_level="warning")
