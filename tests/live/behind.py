"""What stands in Redis behind the engine's back, in plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson
import redis

from engine.core.archived import EVENT
from engine.edge.archive_reading import Recordings, Span
from engine.edge.archive_shelf import Place
from engine.edge.archiver import read_entries
from engine.edge.keys import VisitorKeys, log_key
from engine.edge.redis_store import log_shards
from tests.live.client import Frame

_NOT_COUNTERS = ("id", "t0", "from", "n")


def counters_of(store: redis.Redis, site: str, visitor: str) -> dict[str, int]:
    """Return the counters of a visitor's session."""
    found: dict[bytes, bytes] = store.hgetall(VisitorKeys(site, visitor).session)  # type: ignore[assignment]
    fields = {name.decode(): value for name, value in found.items()}
    return {name: int(value) for name, value in fields.items() if name not in _NOT_COUNTERS}


def logged(store: redis.Redis, site: str) -> list[Frame]:
    """Return every event in a site's event log, stream by stream in its order, as its entry holds it."""
    said = [
        orjson.loads(part)
        for shard in log_shards(store)
        for _, parts in read_entries(store, log_key(site, shard), "-", 1_000_000)
        for part in parts
    ]
    return [each for each in said if "f" in each]


def logged_events(store: redis.Redis, site: str) -> set[tuple[str, str, int]]:
    """Return (visitor, document, seq) of every event in a site's log."""
    return {(each["v"], each["f"].get("doc", each["d"]), each["f"]["seq"]) for each in logged(store, site)}


def kept_events(archive: Place, redis_url: str, site: str, since_ms: int = 0) -> set[tuple[str, str, int]]:
    """Return (visitor, document, seq) of every event since then, from the log and from the archive."""
    recordings = Recordings(archive, redis_url)
    # what is archived meanwhile is found in both; the other way round it would be in neither
    logged = recordings.logged(site)
    archived = dict(recordings.visitors(site, Span(since_ms)))
    return {
        (visitor, each.doc, each.seq)
        for found in (logged, archived)
        for visitor, records in found.items()
        for each in records
        if each.kind == EVENT
    }


def expected_counters(events: Iterable[tuple[str, str, dict[str, Any]]]) -> dict[str, int]:
    """
    Count events as a dict would, each once.

    An event is its name, the kind of the page it belongs to, and its data.
    """
    counts: Counter[str] = Counter()
    for name, kind, data in events:
        if name == "page_view":
            counts.update(["views", f"views:{kind}", f"p:/{kind}"])
        elif name == "page_dwell":
            counts.update({"dwell": data["ms"], f"dwell:{kind}": data["ms"]})
        else:
            counts.update([f"e:{name}"])
    return dict(counts)
