"""
Where a Redis or Valkey Cluster keeps what: slots, and names that lie on a slot of one's choice.

https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
"""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

SLOTS = 16_384

Ranges = list[tuple[int, int]]
"""Slots, each range from its first to its last."""


def slot_of(key: bytes) -> int:
    """Return the slot of a key: of what is between its first braces, if anything is."""
    opens = key.find(b"{")
    if opens >= 0:
        closes = key.find(b"}", opens + 1)
        if closes > opens + 1:
            key = key[opens + 1 : closes]
    return crc_hqx(key, 0) % SLOTS


_KEYLESS = frozenset({"PING", "FUNCTION", "INFO", "CLUSTER", "SCRIPT", "TIME", "ASKING"})
_KEY_IS_THIRD = frozenset({"FCALL", "FCALL_RO", "EVAL", "EVALSHA"})


def slot_of_command(words: Sequence[bytes | str | int | float]) -> int | None:
    """Return the slot of a command's first key; None where it has none."""
    name = words[0].decode() if isinstance(words[0], bytes) else str(words[0])
    at = 3 if name in _KEY_IS_THIRD else 1
    if len(words) <= at or name in _KEYLESS:
        return None
    key = words[at]
    return slot_of(key if isinstance(key, bytes) else str(key).encode())


@lru_cache(maxsize=1)
def _tags() -> list[str]:
    """Return for each slot the smallest number that, as a hash tag, lies on it."""
    tags, left = [""] * SLOTS, SLOTS
    for n in count():
        slot = crc_hqx(b"%d" % n, 0) % SLOTS
        if not tags[slot]:
            tags[slot] = str(n)
            left -= 1
            if not left:
                break
    return tags


def tag_on(slot: int) -> str:
    """Return a hash tag that lies on this slot: always the same one."""
    return _tags()[slot]


def read_slots(answer: list[Any], asked: str) -> dict[str, Ranges]:
    """
    Read the answer to CLUSTER SLOTS: each primary's address, ``host:port``, and what it keeps.

    A node that does not know its own name is where it was ``asked``.
    """
    primaries: dict[str, Ranges] = {}
    for first, last, primary, *_replicas in answer:
        host = primary[0].decode() if primary[0] else asked.rpartition(":")[0]
        primaries.setdefault(address_of(host, primary[1]), []).append((first, last))
    return primaries


def address_of(host: str, port: int | str) -> str:
    """Return ``host:port``, with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}"
