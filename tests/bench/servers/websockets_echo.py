"""An echo on a bare server of the package ``websockets``: ``websockets_echo PORT``."""

from __future__ import annotations

import asyncio
import sys

import orjson
import uvloop
from websockets.asyncio.server import ServerConnection, serve


async def _echo(connection: ServerConnection) -> None:
    async for text in connection:
        message = orjson.loads(text)
        await connection.send(f'{{"type":"ack","seq":{message.get("seq", 0)}}}')


async def _main() -> None:
    async with serve(_echo, "127.0.0.1", int(sys.argv[1]), compression=None):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(_main())
