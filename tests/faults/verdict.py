"""The history of what was acknowledged, held against what is there in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import redis

from tests.live.behind import counters_of, logged_events
from tests.live.client import Frame, Shopper

Deed = tuple[str, Frame]
"""An event's name and data."""

Event = tuple[str, str, int]
"""The visitor, document and number of one that is kept."""


@dataclass(slots=True)
class Verdict:
    """
    What came of one run. All but the first and the last must be 0.

    ``lost`` and ``doubled`` are events by the visitors' counters, ``unlogged`` by the event log; ``fired_twice`` are
    popups beyond a rule's limit, ``codes_twice`` coupon codes that two visitors have, or a second one of one visitor.
    ``outage_s`` is the longest time in which nobody was acknowledged anything.
    """

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    unlogged: int = 0
    fired_twice: int = 0
    codes_twice: int = 0
    outage_s: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost and nothing happened twice."""
        return not (self.lost or self.doubled or self.unlogged or self.fired_twice or self.codes_twice)

    def __add__(self, other: Verdict) -> Verdict:
        sums = {each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        return Verdict(**sums | {"outage_s": max(self.outage_s, other.outage_s)})


def expected(deeds: Iterable[Deed]) -> Counter[str]:
    """Count events as a dictionary would."""
    counts: Counter[str] = Counter()
    for name, data in deeds:
        if name == "page_view":
            counts.update(["views", f"views:{data['kind']}", f"p:{data['url']}"])
        elif name == "page_dwell":
            counts.update({"dwell": data["ms"]})
        else:
            counts.update([f"e:{name}"])
    return counts


@dataclass(slots=True)
class History:
    """What each shopper has done, in order, and been acknowledged."""

    site: str
    done: dict[str, list[Deed]] = field(default_factory=dict)

    def judge(self, shoppers: Iterable[Shopper], store: redis.Redis, kept: set[Event] | None = None) -> Verdict:
        """Compare. Every event must be acknowledged by now: what is not, nobody has promised anything of."""
        logged, total = logged_events(store, self.site) if kept is None else kept, Verdict()
        for shopper in shoppers:
            total += self._judge(shopper, store, logged)
        total.codes_twice = _codes_twice(shoppers)
        return total

    def _judge(self, shopper: Shopper, store: redis.Redis, logged: set[Event]) -> Verdict:
        deeds = self.done[shopper.doc]
        assert len(shopper.applied) == len(deeds), "events are still to be acknowledged"
        found, wanted = counters_of(store, self.site, shopper.visitor), expected(deeds)
        wanted.pop("dwell", None)  # what was lost of it cannot be told in events: the log tells
        missing = {name: count - found.get(name, 0) for name, count in wanted.items() if _is_one_each(name)}
        return Verdict(
            acknowledged=len(shopper.applied),
            lost=sum(count for count in missing.values() if count > 0),
            doubled=-sum(count for count in missing.values() if count < 0),
            unlogged=sum((shopper.visitor, *event) not in logged for event in shopper.applied),
            fired_twice=max(0, len({show["fire"] for show in shopper.of("show")}) - 1),
        )


def _is_one_each(counter: str) -> bool:
    """Of the counters that a page view raises only one is compared: an event counts as one."""
    return counter == "views" or counter.startswith("e:")


def _codes_twice(shoppers: Iterable[Shopper]) -> int:
    codes: dict[str, set[str]] = {}
    for shopper in shoppers:
        for show in shopper.of("show"):
            codes.setdefault(shopper.visitor, set()).add(show["popup"]["coupon"]["code"])
    seconds = sum(len(each) - 1 for each in codes.values())
    shared = sum(times - 1 for times in Counter(code for each in codes.values() for code in each).values())
    return seconds + shared
