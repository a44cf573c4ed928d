"""The visitors' state in Redis: the functions that count and claim, called over the lane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import hiredis
import orjson

from engine.claims import Claim
from engine.core.counters import Op
from engine.core.doing import Change, words_of
from engine.core.events import Event, Page
from engine.core.firings import UNSEEN_AFTER_MS, span_of
from engine.core.plan import Plan
from engine.core.rules import After, Site
from engine.core.words import read_number
from engine.edge.greeting import Greeting, read_greeting
from engine.edge.keys import VisitorKeys
from engine.edge.lane_port import Lane, LaneDown, ReplyTo, hand_on
from engine.native import packed_call, packed_words
from engine.tab import Step, Tab

StepReply = Callable[[Step, Any], None]

SESSION_ENDS_AFTER_MS = 30 * 60 * 1000
_FUNCTIONS = ("observe", "trails", "visitor", "greet", "claim", "fill", "tally")
_NO_FUNCTION = "Function not found"
_NOTHING_TO_TELL: tuple[list[Any], ...] = ([0, b"", b"[]"], [1, b"", b"[]"], [2, b"", b"[]"])
"""What the numbers stand for that ``observe`` answers where there is no more to say."""

_NOTHING = After("")

_Call = tuple[ReplyTo, Any, bytes, int]
"""Who waits for a reply, and what to send again, on which slot, where the functions are missing."""


def library() -> str:
    """Return the source of the function library, in the order in which its parts build on each other."""
    folder = Path(__file__).parent / "functions"
    return "#!lua name=shopbell\n" + "\n".join((folder / f"{name}.lua").read_text() for name in _FUNCTIONS)


class RedisVisitorState:
    """Visitors' counters, sessions and firings. Every method may raise or answer LaneDown."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._pass_on = self.counted  # made once: a method that is handed over is an object
        self._has_just_loaded = False

    async def load_functions(self) -> None:
        """Load the function library, wherever visitors are. Where it is missed later it is loaded again."""
        await self._lane.ask_all("FUNCTION", "LOAD", "REPLACE", library())

    def observe(self, step: Step, ops: list[Op], now_ms: int, reply_to: StepReply) -> None:
        """
        Count an event once and read its plan's counters.

        The reply is [applied, session, values] as the function ``observe`` returns it.
        """
        command, slot = _observe_command(step, ops, now_ms), _slot_of(step.tab)
        self._lane.send(self._pass_on, (reply_to, step, command, slot), command, bool(step.plan.rules), slot)

    def counted(self, call: _Call, reply: Any) -> None:
        """Pass on what ``observe`` answered."""
        if _lacks_function(reply):
            self._ask_again(_tell, call, call[2], call[3])
        else:
            _tell(call, reply)

    def _answered(self, call: _Call, reply: Any) -> None:
        """Pass a reply on."""
        reply_to, about, command, slot = call
        if _lacks_function(reply):
            self._ask_again(reply_to, about, command, slot)
        else:
            reply_to(about, reply)

    def _ask_again(self, reply_to: ReplyTo, about: Any, command: bytes, slot: int) -> None:
        """
        Load the functions, and ask once more: a server that was replaced or emptied has none.

        What is called so is guarded, by (doc, seq) or the firing's id, against being done twice. Calls whose replies
        came together load them once: a millisecond of the server each time.
        """
        if not self._has_just_loaded:
            self._has_just_loaded = True
            asyncio.get_running_loop().call_soon(self._may_load)
            self._lane.call_all("FUNCTION", "LOAD", "REPLACE", library())
        self._lane.send(reply_to, about, command, True, slot)

    def _may_load(self) -> None:
        self._has_just_loaded = False

    async def greet(self, tab: Tab, plan: Plan, page: Page, origin: bytes, now_ms: int) -> Greeting:
        """Say where a visitor stands; begins a session if none goes on, and counts nothing else."""
        keys: VisitorKeys = tab.keys
        reply = await self._call(
            "shopbell_greet", 7, keys.session, keys.visitor, *keys.documents(now_ms), keys.firings, keys.outbox,
            keys.trails, tab.doc, now_ms, SESSION_ENDS_AFTER_MS, origin, *plan.words(page),
        )  # fmt: skip
        return read_greeting(reply)

    async def peek(self, tab: Tab, plan: Plan, page: Page, now_ms: int) -> Greeting | None:
        """Say where a visitor stands without a trace; None where no session goes on."""
        keys: VisitorKeys = tab.keys
        reply = await self._call(
            "shopbell_peek", 7, keys.session, keys.visitor, *keys.documents(now_ms), keys.firings, keys.outbox,
            keys.trails, tab.doc, *plan.words(page),
        )  # fmt: skip
        return read_greeting(reply) if reply[2] else None

    async def look(self, tab: Tab, plan: Plan, page: Page, now_ms: int) -> dict[int, Any]:
        """Read the plan's counters and change nothing."""
        keys: VisitorKeys = tab.keys
        values = await self._call(
            "shopbell_look", 4, keys.session, keys.visitor, keys.documents(now_ms)[0], keys.trails,
            tab.doc, *plan.words(page),
        )  # fmt: skip
        return plan.counts(values)

    async def claim(self, tab: Tab, site: Site, claim: Claim) -> tuple[str, int]:
        """Claim a firing; ('', 0) if it may show, else what holds it back and the ms until that is over."""
        keys: VisitorKeys = tab.keys
        rule, after = claim.rule, claim.rule.after or _NOTHING
        reason, rest_ms = await self._call(
            "shopbell_claim", 3, keys.firings, keys.outbox, keys.visitor, claim.now_ms, rule.id, claim.fire,
            tab.session, tab.doc, tab.view, rule.limit.times, span_of(rule.limit),
            site.popups_per_session, site.quiet_ms, claim.mode, claim.frame, claim.variant, claim.coupon,
            after.rule, after.wait_ms, claim.started_by, *claim.changes,
        )  # fmt: skip
        return reason.decode(), rest_ms

    def keep(self, tab: Tab, fire: str, frame: bytes, now_ms: int) -> None:
        """Keep a frame for the document's next hello, as ``claim`` does: until it is viewed, or a minute is over."""
        keys: VisitorKeys = tab.keys
        self._lane.call(_ignore, "HSET", keys.outbox, fire, f"{tab.doc} {now_ms} ".encode() + frame)
        self._lane.call(_ignore, "PEXPIRE", keys.outbox, UNSEEN_AFTER_MS)

    async def firing_of(self, tab: Tab, fire: str) -> tuple[str, str] | None:
        """Return the rule and the variant of a firing of the visitor's, None if it is none of theirs."""
        keys: VisitorKeys = tab.keys
        answer = await self._lane.ask("HGETALL", keys.firings)
        for rule, text in zip(answer[::2], answer[1::2], strict=True):
            for each in orjson.loads(text):
                if each["f"] == fire:
                    return rule.decode(), each.get("a", "")
        return None

    def settle(self, tab: Tab, fire: str, outcome: str, reply_to: Callable[[Any], None] | None = None) -> None:
        """Write down what became of a firing."""
        keys: VisitorKeys = tab.keys
        words = ("FCALL", "shopbell_settle", 2, keys.firings, keys.outbox, fire, outcome)
        command = packed_call(0, b"", words, b"")
        self._lane.send(self._answered, (hand_on, reply_to or _ignore, command, keys.slot), command, True, keys.slot)

    def leave(self, tab: Tab, now_ms: int, reply_to: Callable[[Any], None]) -> None:
        """Take back what nobody has viewed of a document whose page was left; the reply is rule, fire, ... of it."""
        keys: VisitorKeys = tab.keys
        words = ("FCALL", "shopbell_leave", 2, keys.firings, keys.outbox, tab.doc, now_ms)
        command = packed_call(0, b"", words, b"")
        self._lane.send(self._answered, (hand_on, reply_to, command, keys.slot), command, True, keys.slot)

    def write_origin(self, tab: Tab) -> None:
        """Keep what the session comes from, for the visitor's next documents."""
        self._lane.call(_ignore, "HSET", tab.keys.session, "from", origin_of(tab))

    async def change(self, tab: Tab, changes: Iterable[Change]) -> None:
        """Give and take tags, and set fields."""
        keys: VisitorKeys = tab.keys
        await self._call("shopbell_change", 1, keys.visitor, *words_of(changes))

    async def set_field(self, tab: Tab, name: str, value: str) -> None:
        """Set a field of the visitor's, as a number where it is one."""
        number = read_number(value)
        said = orjson.dumps([value if number is None else number])
        await self._lane.ask("HSET", tab.keys.visitor, "f:" + name, said)

    async def _call(self, function: str, *words: Any) -> Any:
        try:
            try:
                return await self._lane.ask("FCALL", function, *words)
            except hiredis.ReplyError as error:
                if _NO_FUNCTION not in str(error):
                    raise
            await self.load_functions()
            return await self._lane.ask("FCALL", function, *words)
        except hiredis.ReplyError as error:
            raise LaneDown(f"redis refused {function}: {error}") from error


def _observe_command(step: Step, ops: list[Op], now_ms: int) -> bytes:
    """
    Write the call of ``observe``.

    Most of its words are the same for every event of a document or of a plan: those are packed once.
    """
    tab, event = step.tab, step.event
    count, head = head_of(tab, now_ms) if event.doc is None else _packed_head(tab, event.doc, now_ms)
    more, tail, _ = tail_of(step.plan, tab.page)
    words: list[Op] = [_place_of(tab, event), now_ms, len(ops)]
    words += ops
    return packed_call(count + more, head, words, tail)


def tail_of(plan: Plan, page: Page) -> tuple[int, bytes, bool]:
    """Return the words that ask for a plan's counters: how many, packed, and whether they hang on the page."""
    if plan.packed is None:
        plan.packed = (len(plan.fixed_words), packed_words(plan.fixed_words))
    count, tail = plan.packed
    words_here = plan.words_on(page)
    return (count + len(words_here), tail + packed_words(words_here), True) if words_here else (count, tail, False)


def _place_of(tab: Tab, event: Event) -> int | str:
    """
    Return the event's seq and, unless it is the next one, which event before it must be applied already.

    Where that one was turned away, this one is too: counted first, it would hide for ever that the other was not.
    """
    seq = event.seq
    if event.doc is None:
        after = tab.sent
        tab.sent = seq if seq > after else after
    elif event.doc == tab.left_doc:
        after = tab.left_sent
        tab.left_sent = seq if seq > after else after
    else:
        # nobody here knows what became of the events before it
        after, tab.left_doc, tab.left_sent = 0, event.doc, seq
    return seq if after >= seq - 1 else f"{seq} {after}"


def head_of(tab: Tab, now_ms: int) -> tuple[int, bytes]:
    """Return the words that stay the same while the visitor's keys, the session and the rules do: how many, packed."""
    keys: VisitorKeys = tab.keys
    keys.documents(now_ms)
    trails = tab.watch.rules.tracking.has_trails
    if keys.packed is None or keys.packed[0] is not tab.session or keys.packed[1] is not trails:
        keys.packed = (tab.session, trails, _packed_head(tab, tab.doc, now_ms))
    return keys.packed[2]


def _packed_head(tab: Tab, doc: str, now_ms: int) -> tuple[int, bytes]:
    keys: VisitorKeys = tab.keys
    # a site whose rules read no trail is not even told their key
    trails = (keys.trails,) if tab.watch.rules.tracking.has_trails else ()
    words = (
        "FCALL", "shopbell_observe", 4 + len(trails), keys.session, keys.visitor, *keys.documents(now_ms), *trails,
        doc, tab.doc, SESSION_ENDS_AFTER_MS, tab.session,
    )  # fmt: skip
    return len(words), packed_words(words)


def _slot_of(tab: Tab) -> int:
    keys: VisitorKeys = tab.keys
    return keys.slot


def _tell(call: _Call, reply: Any) -> None:
    """Pass on what ``observe`` answered: a number where there is no more to tell."""
    call[0](call[1], _NOTHING_TO_TELL[reply] if reply.__class__ is int else reply)


def _lacks_function(reply: Any) -> bool:
    return isinstance(reply, hiredis.ReplyError) and _NO_FUNCTION in str(reply)


def origin_of(tab: Tab) -> bytes:
    """Write what a session comes from."""
    who = tab.who
    return orjson.dumps([who.referrer, who.source, who.medium, who.campaign, who.landing])


def _ignore(_reply: Any) -> None:
    """A reply that nobody waits for."""
