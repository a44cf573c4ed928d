"""Keeps in memory what is in the database, in every process that shares it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.edge.database import for_reading

Read = Callable[[AsyncConnection], Awaitable[None]]

REFRESH_S = 1.0


class DatabaseWatch:
    """
    Calls ``read`` whenever somebody else may have written to the database, about once a second at most.

    ``what`` is what it reads, for the log: where that fails, what is known stays in force.
    """

    def __init__(
        self,
        database: AsyncEngine,
        read: Callable[[AsyncConnection], Awaitable[None]],
        what: str,
        logger: logging.Logger,
    ) -> None:
        self._reader = for_reading(database)
        self._read = read
        self._what = what
        self._logger = logger
        self._watch: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def open(self) -> None:
        """Read, and go on looking until ``close``."""
        await self.refresh()
        self._watch = asyncio.create_task(self._keep_fresh(), name=self._what)

    async def close(self) -> None:
        """Look no further. A read under way is let finish: to cut it off would lose its connection."""
        self._closing.set()
        if self._watch is not None:
            await self._watch

    async def refresh(self) -> None:
        """Read again."""
        async with self._reader.connect() as connection:
            await self._read(connection)

    async def _keep_fresh(self) -> None:
        while not self._closing.is_set():
            try:
                await self._follow_changes()
            except (SQLAlchemyError, OSError):
                self._logger.exception("the %s could not be read; those known stay in force", self._what)
                await self._pause()

    async def _follow_changes(self) -> None:
        """
        Read whenever somebody else has written to the database.

        SQLite tells each connection cheaply whether another one has written, if asked over one connection that
        stays open. Elsewhere all is simply read again.
        """
        async with self._reader.connect() as connection:
            version = None
            while not self._closing.is_set():
                now = await self._version(connection)
                if now is None or now != version:
                    await self._read(connection)
                version = now
                await self._pause()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), REFRESH_S)

    async def _version(self, connection: AsyncConnection) -> int | None:
        if connection.dialect.name != "sqlite":
            return None
        version: int = (await connection.exec_driver_sql("PRAGMA data_version")).scalar_one()
        return version
