"""The pipeline with a store and a log that answer when a test says so."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson

from engine.claims import HELD, Claim
from engine.core import store_model
from engine.core.counters import Op
from engine.core.events import Page
from engine.core.plan import Plan
from engine.core.refused import BadEvent
from engine.core.rules import Site
from engine.core.ruleset import RuleSet
from engine.core.store_model import VisitorModel
from engine.firing import Arbiter
from engine.pipeline import Pipeline
from engine.ports import StepReply
from engine.tab import Step, Tab
from tests.live.client import Frame

RULES = """
- rule: sweetener
  when: [page is cart, views(cart) > 2, page.dwell > 10s]
  show: {chat: {text: Still thinking?}}
- rule: leaving
  when: [page is home, exit_intent]
  show: {chat: {text: Wait!}}
  limit: 9 per session
- rule: waiting
  when: [page is product, idle > 30s]
  show: {chat: {text: Questions?}}
"""
SITE = "holdout: 0%\npolicy: {quiet: 0s, popups_per_session: 9}\n"
"""Nothing holds a popup back but its own limit."""

NOON = 20_000 * 86_400_000 + 12 * 3_600_000
GONE = ConnectionError("the store is gone")


class Store:
    """One visitor's state, kept by the model. ``failure`` is answered instead, if there is one."""

    def __init__(self) -> None:
        self.model = VisitorModel()
        self.pending: list[Callable[[], None]] = []
        self.failure: Exception | None = None
        self.session = ""
        self.origins: list[str] = []
        self.settled: list[tuple[str, str]] = []
        self.claims: list[Claim] = []
        self.kept: list[str] = []
        self.left: list[str] = []
        self.looks = 0

    def observe(self, step: Step, ops: list[Op], now_ms: int, reply_to: StepReply) -> None:
        """Count at once, and answer when asked to."""
        tab, reply = step.tab, None
        doc = step.event.doc or tab.doc
        if self.failure is None:
            applied, begun = self.model.observe(doc, step.event.seq, ops, now_ms)
            entered = f"{self.session_id} {self.model.session_started_ms}" if tab.session != self.session_id else ""
            values = self.model.look(tab.doc, step.plan.words(tab.page), now_ms)
            reply = [applied + begun, entered.encode(), values]
        self.pending.append(partial(reply_to, step, self.failure or reply))

    @property
    def session_id(self) -> str:
        """The session that goes on."""
        return self.model.session

    async def look(self, tab: Tab, plan: Plan, page: Page, now_ms: int) -> dict[int, Any]:
        """Read counters."""
        self.looks += 1
        if self.failure is not None:
            raise self.failure
        return plan.counts(self.model.look(tab.doc, plan.words(page), now_ms))

    async def claim(self, tab: Tab, site: Site, claim: Claim) -> tuple[str, int]:
        """Claim a firing."""
        if self.failure is not None:
            raise self.failure
        self.claims.append(claim)
        wish = store_model.Claim(
            claim.fire, claim.rule, site, tab.session, tab.doc, tab.view, claim.mode == HELD,
            claim.variant, claim.coupon, claim.started_by,
        )  # fmt: skip
        return self.model.claim(wish, claim.now_ms)

    def settle(self, tab: Tab, fire: str, outcome: str, reply_to: Callable[[Any], None] | None = None) -> None:
        """Write down what became of a firing."""
        self.settled.append((fire, outcome))
        if outcome != "unseen":
            self.model.settle(fire, outcome)
        elif reply_to is not None:
            firings = [each for of_rule in self.model.firings.values() for each in of_rule]
            unseen = any(each["f"] == fire and not each["w"] for each in firings)
            reply_to(b"a-rule" if unseen else b"")

    def leave(self, tab: Tab, now_ms: int, reply_to: Callable[[Any], None]) -> None:
        """Take back what nobody viewed."""
        self.left.append(tab.doc)
        reply_to(self.failure or [word.encode() for word in self.model.leave(tab.doc, now_ms)])

    def keep(self, tab: Tab, fire: str, frame: bytes, now_ms: int) -> None:
        """Note a frame that is kept until it is viewed."""
        self.kept.append(fire)

    async def firing_of(self, tab: Tab, fire: str) -> tuple[str, str] | None:
        """Return the rule and the variant of a firing."""
        for rule, firings in self.model.firings.items():
            for each in firings:
                if each["f"] == fire:
                    return rule, each.get("a", "")
        return None

    def write_origin(self, tab: Tab) -> None:
        """Note where the session comes from."""
        self.origins.append(tab.who.landing)


class Log:
    """Takes every event, and answers when asked to."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.pending: list[Callable[[], None]] = []
        self.failure: Exception | None = None

    def append(self, step: Step, frame: bytes, now_ms: int, reply_to: StepReply) -> None:
        """Take one."""
        self.entries.append(frame)
        self.pending.append(partial(reply_to, step, self.failure or b"1-1"))


class Counts(Counter[str]):
    """Telemetry as one counter."""

    def event(self) -> None:
        self["event"] += 1

    def refused_event(self, _site: str, _error: BadEvent) -> None:
        self["refused bad_event"] += 1

    def acknowledged(self, seconds: float) -> None:
        self["acknowledged"] += seconds >= 0

    def fired(self, rule: str, variant: str = "") -> None:
        self[" ".join(filter(None, ("fired", rule, variant)))] += 1

    def held(self, rule: str, reason: str) -> None:
        self[f"held {rule} {reason}"] += 1

    def held_by_page(self, reason: str) -> None:
        self["page " + reason] += 1

    def unseen(self, rule: str) -> None:
        self["unseen " + rule] += 1

    def shown(self, seconds: float) -> None:
        self["shown"] += seconds >= 0


class Stations:
    """One visitor with one tab, and all the stations its events pass."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.now = NOON
        self.store = Store()
        self.log = Log()
        self.counts = Counts()
        self.arbiter = Arbiter(self.store, self.counts, lambda: self.now)
        self.pipeline = Pipeline(
            self.store, self.log, self.arbiter, lambda _site: self.rules, self.counts, lambda: self.now
        )
        self.sent: list[Frame] = []
        self.hung_up: list[tuple[int, str]] = []
        self.seq = 0
        self.store.model.greet(self.now)
        self.tab = self.another_tab("docaaa")

    def another_tab(self, doc: str) -> Tab:
        """Open another document of the visitor."""
        tab = Tab("pk_shop", "v1", doc, None, self.rules)
        tab.session = self.store.session_id
        tab.send = lambda frame: self.sent.append(orjson.loads(frame))
        tab.hang_up = lambda code, reason: self.hung_up.append((code, reason))
        return tab

    def take(self, name: str, tab: Tab | None = None, seq: int | None = None, **data: Any) -> int:
        """Take one event and answer nothing yet; return its seq."""
        self.seq = self.seq + 1 if seq is None else seq
        self.take_frame({"type": "event", "seq": self.seq, "name": name, "data": data}, tab)
        return self.seq

    def take_frame(self, frame: Frame, tab: Tab | None = None) -> None:
        """Take a frame as it stands."""
        self.pipeline.take(tab or self.tab, orjson.dumps(frame), 0.0)

    def answer(self) -> None:
        """Let store and log answer all that they were asked."""
        for each in (self.log, self.store):
            pending, each.pending = each.pending, []
            for reply in pending:
                reply()

    async def happens(self, name: str, tab: Tab | None = None, seq: int | None = None, **data: Any) -> None:
        """Take one event and let it go all the way."""
        self.take(name, tab, seq, **data)
        self.answer()
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until nothing is under way any more."""
        while self.pipeline._tasks:
            await asyncio.wait(self.pipeline._tasks)

    async def views(self, kind: str, tab: Tab | None = None, **more: Any) -> None:
        """Show a page."""
        await self.happens("page_view", tab, None, url=f"/{kind}", kind=kind, **more)

    def of(self, kind: str) -> list[Frame]:
        """Return the frames of a type that were sent."""
        return [frame for frame in self.sent if frame["type"] == kind]


async def to_the_cart_thrice(stations: Stations) -> None:
    """Visit the cart a third time."""
    for kind in ("cart", "home", "cart", "home", "cart"):
        await stations.views(kind)
