"""The names of all keys in Redis. No key is built anywhere else."""

from __future__ import annotations

import re
from binascii import crc_hqx
from hashlib import sha256

from engine.edge.slots import SLOTS, tag_on

PREFIX = "sb:"
COUNTED = b"sb:{counted}"
"""Since when what rules look back at is counted."""
OWN_COUNTED = b"*"
"""The field of a site's own hash of the kind that says that there is one, though it may hold nothing else."""
DAY_MS = 24 * 60 * 60 * 1000
ARCHIVER_KEY = PREFIX + "archiver"
"""Held by the one process that archives the event logs."""
SHARDS = b"sb:{shards}"
"""On a cluster: which shards streams have ever had."""

_BRACES = re.compile(r"[{}]")


def visitor_tag(site: str, visitor: str) -> str:
    """
    Return the hash tag that all keys of a visitor share.

    Redis Cluster hashes only what is between the first braces: one visitor's
    keys land on one node, so one function call may touch them all. Ids
    may therefore not hold braces.
    """
    if _BRACES.search(site) or _BRACES.search(visitor):
        raise ValueError(f"site '{site}' and visitor '{visitor}' may not hold braces")
    return f"{{{site}:{visitor}}}"


def counted_key(site: str) -> bytes:
    """Return the key of since when a site counts, if it has ever gone by rules of its own."""
    return f"{PREFIX}{{{site}:counted}}".encode()


def refused_key(site: str) -> bytes:
    """Return the key of the last events of a site that were refused."""
    return f"{PREFIX}{{{site}:refused}}last".encode()


def refusals_key(site: str) -> bytes:
    """Return the key of how many of a site's events were refused, by their reasons."""
    return f"{PREFIX}{{{site}:refused}}counts".encode()


class VisitorKeys:
    """
    The keys of one visitor; those of its documents change with the day (UTC).

    ``packed`` is free for what a caller makes of the keys: it is emptied when they change. ``slot`` is
    where a cluster keeps them, ``log_slot`` where it keeps the stream of the event log that tells of the visitor.
    """

    __slots__ = (
        "_day",
        "_documents",
        "firings",
        "log_slot",
        "outbox",
        "packed",
        "session",
        "slot",
        "trails",
        "visitor",
    )

    def __init__(self, site: str, visitor: str) -> None:
        tag = visitor_tag(site, visitor)
        self.slot = crc_hqx(tag[1:-1].encode(), 0) % SLOTS
        stem = (PREFIX + tag).encode()
        self.session = stem + b"s"
        self.visitor = stem + b"v"
        self.firings = stem + b"f"
        self.outbox = stem + b"o"
        self.trails = stem + b"h"
        self._day = -1
        self._documents = (b"", b"")
        self.packed: tuple[str, bool, tuple[int, bytes]] | None = None
        self.log_slot = 0

    def documents(self, now_ms: int) -> tuple[bytes, bytes]:
        """Return the keys of today's and of yesterday's documents."""
        day = now_ms // DAY_MS
        if day != self._day:
            stem = self.session[:-1]
            self._documents = (b"%sd%d" % (stem, day), b"%sd%d" % (stem, day - 1))
            self._day = day
            self.packed = None
        return self._documents


def log_key(site: str, shard: int) -> bytes:
    """
    Return the key of one stream of a site's event log.

    There is one, shard 0, but on a cluster: there each primary has one of its own, on a slot that it keeps. Shard n
    lies on slot n - 1: the log's entries can so leave in one write with what they are about.
    """
    return _stream_key(site, shard, "log", "log:0")


def outcomes_key(site: str, shard: int = 0) -> bytes:
    """
    Return the key of one stream of what became of a site's popups and coupons, until it is written down in SQL.

    Its shards are those of the event log.
    """
    return _stream_key(site, shard, "outcomes", "outcomes")


def _stream_key(site: str, shard: int, name: str, only: str) -> bytes:
    stem = f"{{{tag_on(shard - 1)}}}{name}:{site}" if shard else f"{{{site}:{only}}}"
    return (PREFIX + stem).encode()


def gone_key(site: str, visitor: str) -> bytes:
    """Return the key that tells of a visitor who was erased, without naming them."""
    return f"{PREFIX}gone:{sha256(f'{site} {visitor}'.encode()).hexdigest()[:32]}".encode()
