"""
Fills what rules look back at from the archive, for the time before it was counted.

A visitor's past is read, and what rules would have kept of it is put in place by one function in Redis, which does so
only if nothing of this visitor has been counted since it was read. So nothing is counted twice and nothing is lost,
whatever the visitor does meanwhile, and however often this is done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import cast

import orjson
import redis

from engine.core.archived import EVENT
from engine.core.counted_since import Since
from engine.core.filling import found_in, highest, kept_under, names_to_fill
from engine.core.reach import DAY_MS
from engine.core.recorded import Record, each_once
from engine.core.ruleset import RuleSet
from engine.core.tracking import Tracking
from engine.edge.archive_reading import BUCKETS, Recordings, Span
from engine.edge.clock import now_ms
from engine.edge.counting import read_since, store_filled
from engine.edge.keys import COUNTED, VisitorKeys, log_key
from engine.edge.redis_store import log_shard_of, log_shards

_TRIES = 5

Watch = Callable[[str], None]
"""Told of each visitor that has been read; the tests let something happen there."""


class Came(Enum):
    """What came of filling one visitor."""

    FILLED = "filled"
    NOTHING = "nothing of it in the archive, or not known any more"
    GONE_ON = "went on faster than it could be read"
    LACKING = "events lost from the log"


@dataclass
class Filled:
    """What came of it all: how many visitors of each kind, and what counts since ``back_to_ms`` now."""

    back_to_ms: int = 0
    names: list[str] = field(default_factory=list)
    visitors: dict[Came, int] = field(default_factory=dict)

    def add(self, came: Came) -> None:
        """Count one visitor."""
        self.visitors[came] = self.visitors.get(came, 0) + 1


class Filling:
    """
    Fills the visitors of one server, site by site. Every method takes its time; none may run on an event loop.

    ``counted`` is where it is kept since when the sites count, which must be one and the same for all of them.
    """

    def __init__(
        self,
        store: redis.Redis,
        recordings: Recordings,
        rules: RuleSet,
        watch: Watch = lambda _visitor: None,
        counted: bytes = COUNTED,
    ) -> None:
        self._store = store
        self._recordings = recordings
        self._rules = rules
        self._watch = watch
        self._counted = counted

    def run(self, sites: Sequence[str], progress: Callable[[float], None] = lambda _share: None) -> Filled:
        """
        Fill all visitors of the sites, then write down since when it counts.

        Where a visitor was too busy to be filled, nothing is written down: call it again.
        """
        began_ms = now_ms()
        filled = Filled(max((self._complete_since_ms(each) for each in sites), default=began_ms))
        known = read_since(cast(Mapping[bytes, bytes], self._store.hgetall(self._counted)))
        wanted = names_to_fill(self._rules, known, filled.back_to_ms, began_ms)
        if not wanted:
            return filled
        for n, site in enumerate(sites):
            for bucket, visitor, records in self._visitors(site, self._span(wanted)):
                filled.add(self._fill_visitor(site, visitor, records, wanted, filled.back_to_ms))
                progress((n + bucket / BUCKETS) / len(sites))
        progress(1.0)
        if Came.GONE_ON not in filled.visitors:
            filled.names = store_filled(self._store, wanted, filled.back_to_ms, now_ms(), self._counted)
        return filled

    def _visitors(self, site: str, span: Span) -> Iterator[tuple[int, str, list[Record]]]:
        """Yield the lot, the id and the records of each visitor; those of whom nothing is archived yet come last."""
        # what is archived meanwhile is found in both; the other way round it would be in neither
        logged = self._recordings.logged(site)
        for bucket in range(BUCKETS):
            for visitor, archived in self._recordings.visitors(site, span, bucket, BUCKETS):
                yield bucket, visitor, each_once([*archived, *logged.pop(visitor, [])])
        for visitor, records in logged.items():
            yield BUCKETS, visitor, each_once(records)

    def _complete_since_ms(self, site: str) -> int:
        """Return since when all that happened in a site is known; nothing was archived of a new one."""
        archived_ms = self._recordings.complete_since_ms(site)
        if archived_ms is not None:
            return archived_ms
        for shard in log_shards(self._store):
            if self._store.exists(log_key(site, shard)):
                info = cast(Mapping[str, int], self._store.xinfo_stream(log_key(site, shard)))
                if info["entries-added"] != info["length"]:
                    return now_ms()
        return 0

    def _span(self, names: Mapping[str, Since]) -> Span:
        if any(not each.longest_ms for each in names.values()):
            return Span()
        # a page that is looked at since yesterday says where today's events belong
        return Span(max(0, now_ms() - self._rules.tracking.longest_ms - DAY_MS))

    def _fill_visitor(
        self, site: str, visitor: str, records: list[Record], names: Mapping[str, Since], back_to_ms: int
    ) -> Came:
        came = Came.GONE_ON
        for tries_left in reversed(range(_TRIES)):
            keys = VisitorKeys(site, visitor)
            applied = self._applied(keys)
            recorded = highest(records)
            self._watch(visitor)
            if all(recorded.get(doc, 0) >= seq for doc, seq in applied.items()):
                came = self._put(keys, applied, records, names)
                if came is Came.FILLED:
                    self._note(site, visitor, names, back_to_ms)
                if came is not Came.GONE_ON:
                    return came
            else:
                came = Came.LACKING
            if tries_left:
                records = self._recordings.of_visitor(site, visitor)
        return came

    def _applied(self, keys: VisitorKeys) -> dict[str, int]:
        """Return of the visitor's documents of these days how far they were counted."""
        found: dict[str, int] = {}
        for key in _days(keys):
            for name, seq in cast(Mapping[bytes, bytes], self._store.hgetall(key)).items():
                if b":" not in name:
                    found[name.decode()] = max(found.get(name.decode(), 0), int(seq))
        return found

    def _put(
        self, keys: VisitorKeys, applied: Mapping[str, int], records: Sequence[Record], names: Mapping[str, Since]
    ) -> Came:
        tracking, at_ms = self._rules.tracking, now_ms()
        numbers, trails = kept_under(names, found_in(tracking, records, _counted(records, applied, at_ms)))
        newest_ms = max((trail[-2 if _is_dwell(tracking, name) else -1] for name, trail in trails.items()), default=0)
        rest_ms = newest_ms + tracking.longest_ms - at_ms
        alive = trails if rest_ms > 0 else {}
        if not (numbers or alive):
            return Came.NOTHING
        words: list[str | int] = [2 * len(applied), *(word for each in applied.items() for word in each)]
        words += [2 * len(numbers), *(word for each in numbers.items() for word in each), rest_ms]
        words += [word for name, trail in alive.items() for word in (name, ",".join(map(str, trail)))]
        keys_of = (keys.visitor, *_days(keys), keys.trails)
        done = self._store.fcall("shopbell_fill", len(keys_of), *keys_of, *words)
        return {1: Came.FILLED, 0: Came.GONE_ON, -1: Came.NOTHING}[int(done)]

    def _note(self, site: str, visitor: str, names: Iterable[str], back_to_ms: int) -> None:
        """
        Write down among the visitor's events that it was filled now, so that it can be told what was known when.

        In the stream that has these events: the order of two streams is nobody's.
        """
        said = {"names": sorted(names), "back_to_ms": back_to_ms}
        entry = orjson.dumps({"v": visitor, "s": "", "d": "", "t": now_ms(), "fill": said})
        shard = log_shard_of(self._store, VisitorKeys(site, visitor).slot)
        self._store.xadd(log_key(site, shard), {b"e": entry})


def _days(keys: VisitorKeys) -> tuple[bytes, bytes, bytes]:
    """Return the keys of documents that may be counted now, or could be on a server whose clock is another."""
    tomorrow, today = keys.documents(now_ms() + DAY_MS)
    return tomorrow, today, keys.documents(now_ms())[1]


def _counted(records: Iterable[Record], applied: Mapping[str, int], at_ms: int) -> dict[str, int]:
    """
    Return how far documents were counted, also of those of which nothing was.

    A document that was counted is known for a day at least: one that is younger and not known is still under way.
    """
    young = (each.doc for each in records if each.kind == EVENT and each.at_ms > at_ms - DAY_MS)
    return {**dict.fromkeys(young, 0), **applied}


def _is_dwell(tracking: Tracking, name: str) -> bool:
    return (tracking.kept.get(name) or tracking.kept[name[:2]]).is_dwell
