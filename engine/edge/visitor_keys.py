"""
What Redis holds of a visitor: their live state, and their entries in streams.

    state_of      the live state as JSON can write it
    drop_state    the live state is gone at once
    drop_logged   the entries in the event log and in the stream of outcomes, where no archive takes them over
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
import redis

from engine.edge.archiver import read_entries
from engine.edge.gone import note_erased
from engine.edge.keys import DAY_MS, VisitorKeys

_AT_ONCE = 2_000
_WITHOUT = """
redis.call('XDEL', KEYS[1], ARGV[1])
if #ARGV > 1 then redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2)) end
"""
_DAYS_KEPT = 3
"""Documents are kept for 48 hours by days: these and the two before."""


def keys_of(site: str, visitor: str, now_ms: int) -> dict[str, bytes]:
    """Return all keys that a visitor can have now, by what is in them."""
    keys = VisitorKeys(site, visitor)
    found = {
        "session": keys.session,
        "visitor": keys.visitor,
        "firings": keys.firings,
        "unviewed": keys.outbox,
        "trails": keys.trails,
    }
    for n in range(_DAYS_KEPT):
        found[f"documents.{n}"] = keys.documents(now_ms - n * DAY_MS)[0]
    return found


def state_of(store: redis.Redis, site: str, visitor: str, now_ms: int) -> dict[str, Any]:
    """Return a visitor's live state by what it is; empty where there is none."""
    found: dict[str, Any] = {}
    for name, key in keys_of(site, visitor, now_ms).items():
        fields: Any = store.hgetall(key)
        if fields:
            said = {_text(field): _value(value) for field, value in fields.items()}
            found.setdefault(name.partition(".")[0], {}).update(said)
    return found


def drop_state(store: redis.Redis, site: str, visitors: Iterable[str], now_ms: int) -> int:
    """Forget visitors' live state; return how many keys that were."""
    gone = 0
    for visitor in visitors:
        note_erased(store, site, visitor)
        for key in keys_of(site, visitor, now_ms).values():
            gone += int(store.unlink(key))
    return gone


def drop_logged(store: redis.Redis, keys: Sequence[bytes], visitors: Iterable[str]) -> int:
    """
    Take visitors' parts out of streams; return how many.

    An entry holds what came in one turn of the event loop, of several visitors perhaps. It cannot be changed:
    what others did in it goes to the end of its stream.
    """
    names = [f'"v":"{visitor}"'.encode() for visitor in visitors]
    return sum(_drop(store, key, names) for key in keys)


def _drop(store: redis.Redis, key: bytes, names: Sequence[bytes]) -> int:
    gone = 0
    for entry_id, parts in _entries(store, key):
        others = [each for each in parts if not any(name in each for name in names)]
        if len(others) == len(parts):
            continue
        store.eval(_WITHOUT, 1, key, entry_id, *[word for each in others for word in (b"e", each)])
        gone += len(parts) - len(others)
    return gone


def _entries(store: redis.Redis, key: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Yield what a stream held when this began."""
    last: Any = store.xrevrange(key, count=1)
    if not last:
        return
    end, after = last[0][0].decode(), "-"
    while entries := read_entries(store, key, after, _AT_ONCE):
        for (ms, number), parts in entries:
            yield f"{ms}-{number}", parts
            if f"{ms}-{number}" == end:
                return
        after = f"({entries[-1][0][0]}-{entries[-1][0][1]}"


def _text(word: bytes) -> str:
    return word.decode("utf-8", "replace")


def _value(word: bytes) -> Any:
    try:
        return orjson.loads(word)
    except orjson.JSONDecodeError:
        return _text(word)
