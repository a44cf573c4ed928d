"""
Visitors who were erased: their browsers may still have a token, by which they must not come back.

What is kept names nobody: a hash of the name, for as long as a token is good.
"""

from __future__ import annotations

import redis

from engine.core.tokens import LIFETIME_MS
from engine.edge.keys import gone_key
from engine.edge.lane_port import Lane

DENIED, ERASED = b"denied", b"erased"
"""Why: the shopper took their consent back, and is nobody from then on; or they asked to be forgotten."""


async def note_denied(lane: Lane, site: str, visitor: str) -> None:
    """Remember that a visitor has taken their consent back."""
    await lane.ask("SET", gone_key(site, visitor), DENIED, "PX", LIFETIME_MS)


def note_erased(store: redis.Redis, site: str, visitor: str) -> None:
    """Remember that a visitor was erased."""
    store.set(gone_key(site, visitor), ERASED, px=LIFETIME_MS, nx=True)


async def why_gone(lane: Lane, site: str, visitor: str) -> bytes | None:
    """Return why a visitor is no more; None for one who is."""
    found: bytes | None = await lane.ask("GET", gone_key(site, visitor))
    return found
