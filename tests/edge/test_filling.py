"""What a window first needed today finds after it was filled is what it would be, had it been counted all along."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
import redis

from engine.core.counted_since import Since, names_of
from engine.core.event_data import read_data
from engine.core.ruleset import RuleSet
from engine.core.store_model import VisitorModel
from engine.edge.archive import Archive
from engine.edge.archive_reading import Recordings
from engine.edge.archiver import Archiver
from engine.edge.clock import now_ms
from engine.edge.counting import read_since
from engine.edge.filling import Came, Filled, Filling
from engine.edge.keys import COUNTED, log_key
from engine.edge.lane import RedisLane
from engine.edge.telemetry import Telemetry
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Step, Tab
from tests.edge.archives import write_entry
from tests.edge.tabs import SITE, a_step, a_tab, rules_of
from tests.waiting import PATIENCE_S

HOUR = 3_600_000
BEFORE = RuleSet()
NOW = rules_of("""
- rule: everything
  when:
    - views(cart) in 2h > 2
    - views(cart) ever > 2
    - page.views in 6h > 1
    - product.views in 6h > 3
    - product.dwell in 2h > 9s
    - dwell(cart) in 6h > 30s
    - dwell(cart) ever > 9s
    - count(login) in 6h = 0
    - count(purchase where value > 50) in 6h > 1
    - count(chat_message where text contains refund) in 6h > 0
  show: {chat: {text: Hello}}
""")
MASKED = [name for name in names_of(NOW.tracking) if "w:" in name][-1]
SAYS: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("page_view", {"kind": kind, "url": f"/{kind}"}) for kind in ("cart", "cart", "home")),
    ("page_view", {"kind": "product", "url": "/p1", "product": {"id": "p1"}}),
    *(("page_dwell", {"ms": ms}) for ms in (900, 4_000, 12_000)),
    ("login", {}), ("purchase", {"value": 80, "currency": "TWD", "transaction_id": "t1"}),
    ("purchase", {"value": 20, "currency": "TWD"}),
)  # fmt: skip


class Shop:
    """A server, its archive, and visitors who are counted in both it and the model."""

    def __init__(self, redis_url: str, folder: Path, state: RedisVisitorState) -> None:
        self.url = redis_url
        self.store = redis.Redis.from_url(redis_url)
        self.state = state
        self.folder = folder
        self.recordings = Recordings(folder, redis_url)
        self.archiver = Archiver(redis_url, Archive(folder), lambda: [SITE], Telemetry(), 36_500)
        self.models: dict[str, VisitorModel] = {}
        self.seqs: dict[str, int] = {}

    def counts_since(self, rules: RuleSet, at_ms: int) -> None:
        for name, need in names_of(rules.tracking).items():
            since = Since(at_ms, need.most, need.longest_ms)
            self.store.hset(COUNTED, name, orjson.dumps(since.written()))

    def archive(self) -> None:
        self.archiver.run_once()

    async def happens(self, tab: Tab, rules: RuleSet, name: str, data: Any, at_ms: int) -> None:
        """Log an event, and count it twice: what came again is counted once."""
        seq = self.seqs[tab.doc] = self.seqs.get(tab.doc, 0) + 1
        self.log(tab, seq, name, data, at_ms)
        event = read_data(seq, name, data, None, None)
        tab.page = event.shown or tab.page
        tab.watch.rules = rules
        for _ in range(2):
            answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            ops = rules.tracking.changes(event, tab.page)
            self.state.observe(a_step(tab, event), ops, at_ms, partial(_tell, answer))
            await asyncio.wait_for(answer, PATIENCE_S)
        model = self.models.setdefault(tab.visitor, VisitorModel())
        model.observe(tab.doc, seq, NOW.tracking.changes(event, tab.page), at_ms)

    def log(self, tab: Tab, seq: int, name: str, data: Any, at_ms: int) -> None:
        frame = {"type": "event", "seq": seq, "name": name, "data": data}
        entry = orjson.dumps({"v": tab.visitor, "s": "s1", "d": tab.doc, "t": at_ms, "f": frame})
        write_entry(self.store, log_key(SITE, 0), "*", b"e", entry)

    def fill(self, watch: Callable[[str], None] = lambda _visitor: None) -> Filled:
        return Filling(self.store, self.recordings, NOW, watch).run([SITE])

    def found(self, tab: Tab) -> tuple[dict[str, list[int]], dict[str, int]]:
        trails = cast(dict[bytes, bytes], self.store.hgetall(tab.keys.trails))
        numbers = cast(dict[bytes, bytes], self.store.hgetall(tab.keys.visitor))
        ever = (b"views:cart", b"dwell:cart")
        return (
            {name.decode(): [int(each) for each in text.split(b",")] for name, text in trails.items()},
            {name.decode(): int(n) for name, n in numbers.items() if name in ever},
        )

    def expected(self, tab: Tab) -> tuple[dict[str, list[int]], dict[str, int]]:
        hashes = self.models[tab.visitor].hashes
        return hashes.trails, {
            name: hashes.visitor[name] for name in ("views:cart", "dwell:cart") if name in hashes.visitor
        }


def _tell(answer: asyncio.Future[Any], _step: Step, reply: Any) -> None:
    answer.set_result(reply)


@pytest.fixture
async def shop(redis_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    lane = RedisLane(redis_url)
    await lane.start()
    state = RedisVisitorState(lane)
    await state.load_functions()
    shop = Shop(redis_url, tmp_path, state)
    yield shop
    shop.store.close()
    await lane.stop()


async def wander(shop: Shop, seed: int, tabs: list[Tab], events: int, begin_ms: int, cut_ms: int) -> None:
    chance = random.Random(seed)
    step_ms = (now_ms() - begin_ms) // events
    for n in range(events):
        at_ms = begin_ms + n * step_ms
        for tab in tabs:
            name, data = chance.choice(SAYS)
            await shop.happens(tab, BEFORE if at_ms < cut_ms else NOW, name, data, at_ms)


@pytest.mark.parametrize("seed", range(4))
async def test_filled_windows_are_what_they_would_be_had_they_been_counted_all_along(shop: Shop, seed: int) -> None:
    tabs = [a_tab(f"doc{visitor}{n}", f"v{visitor}") for visitor in range(4) for n in range(2)]
    cut_ms = now_ms() - HOUR
    await wander(shop, seed, tabs, 40, now_ms() - 5 * HOUR, cut_ms)
    shop.counts_since(NOW, cut_ms)
    shop.archive()
    # some of it is archived, some is not yet
    await wander(shop, seed + 100, tabs, 3, now_ms() - 60_000, cut_ms)
    assert any(shop.found(tab) != shop.expected(tab) for tab in tabs)
    filled = shop.fill()
    assert filled.visitors == {Came.FILLED: 4}
    assert set(filled.names) == {*names_of(NOW.tracking)} - {MASKED}
    assert filled.back_to_ms == 0
    for _ in range(2):
        assert [shop.found(tab) for tab in tabs] == [shop.expected(tab) for tab in tabs]
        await wander(shop, seed + 200, tabs, 6, now_ms() - 6_000, cut_ms)
    assert shop.fill().names == []


async def test_visitor_who_goes_on_meanwhile_is_read_again(shop: Shop) -> None:
    tab = a_tab("docaaa", "v1")
    await wander(shop, 1, [tab], 20, now_ms() - HOUR, now_ms())
    shop.counts_since(NOW, now_ms())
    shop.archive()
    goes_on = [3]

    def watch(_visitor: str) -> None:
        if goes_on[0]:
            goes_on[0] -= 1
            asyncio.run_coroutine_threadsafe(
                shop.happens(tab, NOW, "page_view", {"kind": "cart", "url": "/cart"}, now_ms()), loop
            ).result(10)

    loop = asyncio.get_running_loop()
    filled = await asyncio.to_thread(shop.fill, watch)
    assert filled.visitors == {Came.FILLED: 1}
    assert shop.found(tab) == shop.expected(tab)


async def test_visitor_who_never_rests_leaves_everything_as_it_was(shop: Shop) -> None:
    tab = a_tab("docaaa", "v1")
    await wander(shop, 1, [tab], 20, now_ms() - HOUR, now_ms())
    began_ms = now_ms()
    shop.counts_since(NOW, began_ms)
    shop.archive()
    loop = asyncio.get_running_loop()

    def watch(_visitor: str) -> None:
        going = shop.happens(tab, NOW, "login", {}, now_ms())
        asyncio.run_coroutine_threadsafe(going, loop).result(10)

    filled = await asyncio.to_thread(shop.fill, watch)
    assert (filled.visitors, filled.names) == ({Came.GONE_ON: 1}, [])
    trails, _ = shop.found(tab)
    assert len(trails["e:login"]) == 1
    stored = cast(dict[bytes, bytes], shop.store.hgetall(COUNTED))
    assert {each.ms for each in read_since(stored).values()} == {began_ms}


async def test_event_that_was_logged_and_never_counted_is_not_filled_in(shop: Shop) -> None:
    tab = a_tab("docaaa", "v1")
    await wander(shop, 1, [tab], 20, now_ms() - HOUR, now_ms())
    shop.counts_since(NOW, now_ms())
    shop.log(tab, 21, "page_view", {"kind": "cart", "url": "/cart"}, now_ms())
    shop.log(a_tab("docbbb", "v1"), 1, "login", {}, now_ms())
    shop.archive()
    assert shop.fill().visitors == {Came.FILLED: 1}
    assert shop.found(tab) == shop.expected(tab)


async def test_visitor_of_whom_events_were_lost_keeps_what_was_counted(shop: Shop) -> None:
    tab = a_tab("docaaa", "v1")
    await wander(shop, 1, [tab], 20, now_ms() - HOUR, now_ms() - HOUR // 2)
    shop.counts_since(NOW, now_ms())
    shop.archive()
    await shop.happens(tab, NOW, "login", {}, now_ms())
    shop.store.delete(log_key(SITE, 0))
    before = shop.found(tab)
    filled = shop.fill()
    assert filled.visitors == {Came.LACKING: 1}
    assert shop.found(tab) == before


async def test_visitor_of_whom_nothing_is_archived_yet_is_filled_from_the_log(shop: Shop) -> None:
    tabs = [a_tab("docaaa", "v1"), a_tab("docbbb", "v2")]
    await wander(shop, 1, tabs[:1], 20, now_ms() - HOUR, now_ms())
    shop.archive()
    await wander(shop, 2, tabs[1:], 20, now_ms() - HOUR, now_ms())
    shop.counts_since(NOW, now_ms())
    assert shop.fill().visitors == {Came.FILLED: 2}
    assert [shop.found(tab) for tab in tabs] == [shop.expected(tab) for tab in tabs]


async def test_visitor_whom_the_engine_has_forgotten_is_not_brought_back(shop: Shop) -> None:
    tab = a_tab("docaaa", "v1")
    await wander(shop, 1, [tab], 20, now_ms() - HOUR, now_ms())
    shop.counts_since(NOW, now_ms())
    shop.archive()
    shop.store.delete(tab.keys.visitor, tab.keys.session, *tab.keys.documents(now_ms()), tab.keys.trails)
    assert shop.fill().visitors == {Came.NOTHING: 1}
    assert shop.found(tab) == ({}, {})


async def test_archive_that_began_later_is_as_far_as_it_goes(shop: Shop) -> None:
    tab = a_tab("docaaa", "v1")
    await wander(shop, 1, [tab], 20, now_ms() - HOUR, now_ms())
    first = cast(list[tuple[bytes, Any]], shop.store.xrange(log_key(SITE, 0), count=1))[0][0]
    shop.store.xdel(log_key(SITE, 0), first)
    shop.counts_since(NOW, now_ms())
    assert shop.fill().names == []
    shop.archive()
    assert shop.fill().names == []
    assert cast(int, shop.recordings.complete_since_ms(SITE)) >= int(first.split(b"-")[0])


async def test_nothing_is_done_where_nothing_looks_back_further_than_it_counts(shop: Shop) -> None:
    await wander(shop, 1, [a_tab("docaaa", "v1")], 5, now_ms() - HOUR, now_ms())
    assert shop.fill() == Filled()
