"""Events on the usual way do to Redis, to the log, to the client and to the tab what the pipeline would have done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from zlib import crc32

import hiredis
import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.compiled_rule import CompiledRule
from engine.core.ruleset import RuleSet
from engine.core.tokens import fleeting_id
from engine.core.wire import BadFrame
from engine.edge.event_log import EventLog
from engine.edge.keys import VisitorKeys
from engine.edge.lane import RedisLane
from engine.edge.telemetry import Telemetry
from engine.edge.usual import usual_way
from engine.edge.visitor_state import RedisVisitorState
from engine.firing import Arbiter
from engine.native import Way
from engine.pipeline import Pipeline
from engine.tab import Tab
from tests.edge.tabs import rules_of
from tests.native.frames import COURSES

RULES = """
- rule: sweetener
  when:
    - page is cart
    - views(cart) > 2
    - page.dwell > 10s
  show: {chat: {text: Hello}}
- rule: leaving
  when:
    - page in [home, cart]
    - cart.value > 100
    - exit_intent
  show: {chat: {text: Hello}}
- rule: looking
  when:
    - page is product
    - product.dwell > 1m
    - product.views >= 2
  show: {chat: {text: Hello}}
- rule: back
  when:
    - page is product
    - count(view_item) in 1h > 3
    - scroll > 50%
  show: {chat: {text: Hello}}
- rule: after
  when:
    - sequence: [view_item, page cart]
    - idle > 20s
  show: {chat: {text: Hello}}
"""
NOON = 20_000 * 86_400_000 + 12 * 3_600_000


SHOP = rules_of(RULES)
QUIET_SHOP = rules_of(
    RULES
    + """
- rule: at-once
  when: [page is cart, cart.value >= 0]
  show: {chat: {text: Hello}}
- rule: for-a-while
  priority: 5
  when: ["page in [home, product]", page.dwell < 9s]
  show: {chat: {text: Hello}}
- rule: beside
  when: [page is category, views(category) > 4]
  show: {bar: {text: Hello}}
"""
)
"""Some of them are true at every view of a page."""


class Wire:
    """A Redis that keeps what is sent to it, and answers when asked to."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.lane = RedisLane("redis://nowhere")
        self.lane._loop = asyncio.get_running_loop()
        self.lane.connection_made(cast(asyncio.BaseTransport, self))
        self.lane.takes = True

    def set_write_buffer_limits(self, high: int) -> None:
        """Have no limit."""

    def write(self, data: bytes) -> None:
        """Keep what is sent."""
        self.sent.append(data)

    def answer(self, odd: Any) -> None:
        """Answer all that was sent; ``odd`` is the answer to every fifth counting, if it is not None."""
        already = len(self.sent)
        self.lane._flush()
        reader = hiredis.Reader()
        reader.feed(b"".join(self.sent[already:]))
        while (words := reader.gets()) is not False:
            self.lane.data_received(_written(_reply(words, odd) if words[1] == b"shopbell_observe" else b""))


def _written(reply: Any) -> bytes:
    """Write a reply as Redis does."""
    match reply:
        case int():
            return b":%d\r\n" % reply
        case bytes():
            return b"$%d\r\n%b\r\n" % (len(reply), reply)
        case list():
            return b"*%d\r\n" % len(reply) + b"".join(map(_written, reply))
        case _:
            return b"-%b\r\n" % str(reply).encode()


def _reply(words: list[bytes], odd: Any) -> Any:
    """Answer ``observe`` with values that are drawn from what was asked."""
    at = 3 + int(words[2]) + 4
    salt = crc32(b" ".join(words[at : at + 1]))
    is_odd = odd is not None and salt % 5 == 0
    if is_odd and not isinstance(odd, bytes):
        return odd
    at += 3 + int(words[at + 2])
    values: list[Any] = []
    for scope in range(3):
        if at < len(words):
            count = int(words[at])
            values += [
                crc32(name, salt + scope) % (20_000 if name in (b"d", b"dwell") else 9)
                for name in words[at + 1 : at + 1 + count]
            ]
            at += 1 + count
    values += [_trail(name, crc32(name, salt)) for name in words[at:]]
    if is_odd:
        return [1, odd, orjson.dumps(values)]
    return [1, b"", orjson.dumps(values)] if values else salt % 3 and 1


def _trail(name: bytes, salt: int) -> list[int]:
    """Return moments of the last two hours, or parts of dwell."""
    moments = sorted(NOON - (salt >> n) % 7_200_000 for n in range(salt % 6))
    return (
        [each for at in moments for each in (at, salt % 90_000)]
        if name.startswith((b"dwell", b"I:", b"C:"))
        else moments
    )


class Nobody(Arbiter):
    """Notes which rules were true, and fires none; and which the usual way itself held back."""

    asked: list[list[str]]
    quiet: list[int]

    def count_quiet(self, tab: Tab, order: int) -> None:
        """Note it."""
        self.quiet.append(order)
        super().count_quiet(tab, order)

    def worth_asking(self, tab: Tab, true: list[CompiledRule], now_ms: int) -> list[CompiledRule]:
        """Note them."""
        self.asked.append([each.rule.id for each in true])
        return []


class Once(Nobody):
    """Has every popup end in a quiet time, and holds back what the engine's own would within it."""

    def worth_asking(self, tab: Tab, true: list[CompiledRule], now_ms: int) -> list[CompiledRule]:
        """Note which rules were true, where no quiet time was on, and begin one."""
        if now_ms < tab.quiet_until_ms:
            return Arbiter.worth_asking(self, tab, true, now_ms)
        tab.quiet_until_ms = now_ms + 3_000
        return super().worth_asking(tab, true, now_ms)


class Shop:
    """An engine's hot path for one tab, with or without the usual way."""

    def __init__(
        self,
        rules: RuleSet,
        usual: bool,
        by_site: Mapping[str, RuleSet] | None = None,
        visitor: str = "visitor",
        by: type[Nobody] = Nobody,
    ) -> None:
        self.wire, self.frames, self.hung_up = Wire(), list[bytes](), list[tuple[int, str]]()
        self.now = NOON
        self.telemetry = Telemetry()
        state, log = RedisVisitorState(self.wire.lane), EventLog(self.wire.lane)
        self.arbiter = arbiter = by(state, self.telemetry, lambda: self.now)
        arbiter.asked, arbiter.quiet = [], []
        self.pipeline = Pipeline(
            state, log, arbiter, (by_site or {"pk": rules}).__getitem__, self.telemetry, lambda: self.now
        )
        self.take = usual_way(self.pipeline, state, log, self.wire.lane) if usual else self.pipeline.take
        self.tab = Tab("pk", visitor, "docaaa", VisitorKeys("pk", visitor), rules)
        self.tab.session = "session"
        self.tab.send = self.frames.append
        self.tab.hang_up = lambda code, reason: self.hung_up.append((code, reason))

    def play(self, frames: list[bytes], odd: Any) -> None:
        """Take frames as they come in one turn, then their answers."""
        for frame in frames:
            try:
                self.take(self.tab, frame, 1.0)
            except BadFrame as error:
                self.hung_up.append((error.code, str(error)))
        self.now += 700
        self.wire.answer(odd)

    def seen(self) -> Any:
        """Return all that can be seen of it from outside."""
        tab, counted = self.tab, self.telemetry
        return (
            self.wire.sent, self.frames, self.arbiter.asked, self.hung_up, tab.page, tab.view, tab.done, tab.owed,
            tab.sent, tab.watch.armed, tab.sent_arm, [each.rule.id for each in tab.watch.alive or ()],
            tab.arm_is_stale, counted.events, sum(counted.ack_latency.counts), counted.refusals.counts,
            counted.holds.counts,
            [each.seq for each in tab.under_way],
        )  # fmt: skip


async def play_alike(one: Shop, other: Shop, course: list[list[bytes]], odd: Any) -> None:
    """Take two shops through the same course; after each turn the same can be seen of both."""
    for frames in course:
        for shop in (one, other):
            shop.play(frames, odd)
        assert one.seen() == other.seen()
    await asyncio.sleep(0)  # a task that is cancelled before it began would leave what it was to await
    for task in (*one.pipeline._tasks, *other.pipeline._tasks):
        task.cancel()


@settings(max_examples=100)
@given(COURSES, st.sampled_from([None, None, None, b"other 5", hiredis.ReplyError("ERR odd")]))
async def test_usual_way_does_what_the_pipeline_does(course: list[list[bytes]], odd: Any) -> None:
    await play_alike(Shop(SHOP, True), Shop(SHOP, False), course, odd)


@settings(max_examples=100)
@given(COURSES)
async def test_rules_that_are_true_in_the_quiet_time_are_held_back_alike(course: list[list[bytes]]) -> None:
    await play_alike(Shop(QUIET_SHOP, True, by=Once), Shop(QUIET_SHOP, False, by=Once), course, None)


async def test_usual_way_itself_holds_back_a_rule_that_is_true_in_the_quiet_time() -> None:
    shop = Shop(QUIET_SHOP, True, by=Once)
    for seq in range(1, 4):
        shop.play([b'{"type":"event","seq":%d,"name":"page_view","data":{"url":"/cart","kind":"cart"}}' % seq], None)
    if Way is not None:  # else it is the pipeline that does
        assert {QUIET_SHOP.rules[each].rule.id for each in shop.arbiter.quiet} >= {"at-once"}
    assert ("wake", shop.tab.quiet_until_ms) in shop.tab.sent_arm


async def test_shopper_who_does_not_consent_is_counted_and_not_logged_on_either_way() -> None:
    one, other = (Shop(SHOP, usual, visitor=fleeting_id(b"a shopper so shy")) for usual in (True, False))
    for seq in range(1, 4):
        view = b'{"type":"event","seq":%d,"name":"page_view","data":{"url":"/cart","kind":"cart"}}' % seq
        for shop in (one, other):
            shop.play([view], None)
    assert one.seen() == other.seen()
    assert (one.tab.done, one.hung_up) == (3, [])
    assert not [each for each in one.wire.sent if b"XADD" in each]


async def test_sites_with_rules_of_their_own_keep_apart_on_the_usual_way() -> None:
    more, less = rules_of(RULES.replace("views(cart) > 2", "views(cart) > 7")), rules_of("[]")
    rules = {"pk": SHOP, "pk_mugs": more}
    shops = [Shop(SHOP, usual, rules) for usual in (True, False)]
    mugs = [Tab("pk_mugs", "mugger", "docbbb", VisitorKeys("pk_mugs", "mugger"), more) for _ in shops]
    for shop, mug in zip(shops, mugs, strict=True):
        mug.session, mug.send = "other", shop.frames.append
    for seq in range(1, 40):
        if seq == 20:
            rules["pk_mugs"] = less  # one site's rules are read again, the other's stay
        view = b'{"type":"event","seq":%d,"name":"page_view","data":{"url":"/cart","kind":"cart"}}' % seq
        for shop, mug in zip(shops, mugs, strict=True):
            for tab in (shop.tab, mug):
                shop.take(tab, view, 1.0)
            shop.wire.answer(None)
            assert (shop.tab.watch.rules, mug.watch.rules) == (SHOP, rules["pk_mugs"])
        assert shops[0].seen() == shops[1].seen()
        assert mugs[0].watch.armed == mugs[1].watch.armed


PRODUCT = b'{"type":"event","seq":%d,"name":"page_view","data":{"url":"/p","kind":"product","product":{"id":"cup"}}}'
DWELL = b'{"type":"event","seq":%d,"name":"page_dwell","data":{"ms":900}}'
LOOKING = [
    rules_of(f"[{{rule: looking, when: [page is product, '{dwell}'], show: {{chat: {{text: Hello}}}}}}]")
    for dwell in ("product.dwell in 7d > 1h", "product.dwell in 1d > 2h", "product.dwell > 1h")
]


async def test_open_page_goes_by_the_rules_that_replaced_those_it_was_shown_under() -> None:
    in_force = {"pk": LOOKING[0]}
    one, other = (Shop(LOOKING[0], usual, in_force) for usual in (True, False))
    await play_alike(one, other, [[PRODUCT % seq, DWELL % (seq + 1)] for seq in (1, 3, 5)], None)
    for seq, rules in enumerate(LOOKING * 3, 7):
        in_force["pk"] = rules
        for shop in (one, other):
            shop.tab.watch.turn(rules)
        await play_alike(one, other, [[DWELL % seq]], None)
