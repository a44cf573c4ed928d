"""Everything that is held about one visitor, in one file: for the visitor, if they ask the shop for it."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import datetime
from typing import Any

from engine.core.recorded import Record
from engine.edge.archive_reading import Reader, Recordings
from engine.edge.database import for_reading
from engine.edge.eraser import Stores
from engine.edge.erasures import Erasures
from engine.edge.redis_store import open_store
from engine.edge.visitor_keys import state_of
from engine.edge.visitor_rows import rows_of


async def visitor_file(
    stores: Stores, site: str, visitor: str, now_ms: int, reader: Reader | None = None
) -> dict[str, Any] | None:
    """
    Return all that any store holds of a visitor, ready to be written as JSON; None where none holds anything.

    ``state`` is the live state in Redis, ``events`` what the event log and the archive have recorded. ``erasing``
    tells that the visitor is to be erased and that this is what is left.
    """
    async with for_reading(stores.database).connect() as connection:
        rows = await rows_of(connection, site, visitor)
    reader = reader or Recordings(stores.archive.folder.root, stores.redis_url)
    state = await asyncio.to_thread(_state, stores.redis_url, site, visitor, now_ms)
    records = await asyncio.to_thread(reader.of_visitor, site, visitor)
    if not (state or records or any(rows.values())):
        return None
    erasing = await Erasures(stores.database).is_pending(site, visitor)
    events = [_event(each) for each in records]
    return {"site": site, "visitor": visitor, "erasing": erasing, "state": state, **_plain(rows), "events": events}


def _state(redis_url: str, site: str, visitor: str, now_ms: int) -> dict[str, Any]:
    with closing(open_store(redis_url)) as store:
        return state_of(store, site, visitor, now_ms)


def _event(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record._asdict().items() if value is not None}


def _plain(rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {name: [{key: _written(value) for key, value in row.items()} for row in held] for name, held in rows.items()}


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
