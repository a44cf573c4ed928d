"""From a client's hello to an open tab: who it is, where it stands, what it should report."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import orjson

from engine.core import tokens, wire
from engine.core.counters import read_page_record, same_page
from engine.core.events import NOWHERE, Hello
from engine.core.firings import UNSEEN_AFTER_MS, Firing, is_awaited, is_exhausted, is_spent
from engine.core.judge import arm_field
from engine.core.ruleset import RuleSet
from engine.core.view import View
from engine.edge.gone import DENIED
from engine.edge.greeting import Greeting
from engine.edge.keys import VisitorKeys
from engine.edge.visitor_state import RedisVisitorState, origin_of
from engine.tab import Tab


@dataclass(frozen=True, slots=True)
class Reception:
    """
    Answers hellos. ``rules`` returns those in force for a site; ``token_keys`` are the keys that sign tokens, the
    current one first.
    """

    state: RedisVisitorState
    rules: Callable[[str], RuleSet]
    token_keys: Sequence[tokens.Secret]
    clock: Callable[[], int]
    note: Callable[[Tab, Hello, Greeting, int], None] | None = None
    """Takes note of each hello that was answered, for the event log."""
    fleeting: Callable[[Tab], None] | None = None
    """Hears of each visitor of whom nothing is to be kept."""
    why_gone: Callable[[str, str], Awaitable[bytes | None]] | None = None
    """Tells why a visitor was erased; None for one who was not."""
    awaited: Callable[[Tab, str, Firing, int], None] | None = None
    """Hears of each popup of the visitor's that nobody has viewed yet: it may be taken back while the tab is open."""

    async def open(self, site: str, hello: Hello) -> tuple[Tab, list[bytes]]:
        """Return the tab of a document and the frames to send: its welcome, and popups nobody viewed yet."""
        now = self.clock()
        visitor = await self._who(site, hello, now)
        rules = self.rules(site)
        if hello.page is not None:
            hello = replace(hello, page=rules.site.pages.of(hello.page))
        tab = Tab(site, visitor, hello.doc, VisitorKeys(site, visitor), rules)
        tab.is_left = hello.is_last
        _take_origin(tab, hello)
        page = hello.page or NOWHERE
        plan = rules.page_plan(page.kind)
        greeting = await self.state.greet(tab, plan, page, origin_of(tab), now)
        _settle_in(tab, hello, greeting, rules, now)
        if self.fleeting is not None and tokens.is_fleeting(visitor):
            self.fleeting(tab)
        elif self.note is not None:
            self.note(tab, hello, greeting, now)
        self._tell_awaited(tab, greeting, now)
        if tab.page is page:
            counts = plan.counts(greeting.values)
        else:
            plan = rules.page_plan(tab.page.kind)
            counts = await self.state.look(tab, plan, tab.page, now)
        if not tab.is_done:
            tab.watch.judge(plan, View(counts, tab.page, tab.who, now_ms=now), tab.held)
        tab.sent_arm = tab.waits_for()
        signed = tokens.sign(self.token_keys[0], site, visitor, tab.session, now)
        arm = arm_field(tab.watch.armed, now)
        names = {"visitor": visitor, "session": tab.session, "token": signed}
        welcome = wire.welcome_frame(names, tab.done, greeting.resumed, arm)
        unviewed = [
            wire.sent_again(frame, now - sent_ms)
            for doc, sent_ms, frame in greeting.outbox
            if doc == tab.doc and now - sent_ms < UNSEEN_AFTER_MS
        ]
        tab.may_have_unseen = bool(unviewed)
        return tab, [welcome, *unviewed]

    def _tell_awaited(self, tab: Tab, greeting: Greeting, now_ms: int) -> None:
        if self.awaited is None:
            return
        for rule, firings in greeting.firings.items():
            for each in firings:
                if is_awaited(each, now_ms):
                    self.awaited(tab, rule, each, now_ms)

    async def _who(self, site: str, hello: Hello, now_ms: int) -> str:
        """Return the visitor: by the token, or a new one, of whom nothing is kept if they do not consent to it."""
        token = tokens.read(self.token_keys, site, hello.token, now_ms) if hello.token else None
        # an empty token is how a page says that its shopper does not consent
        denies = hello.token == ""
        if token is not None:
            why = await self.why_gone(site, token.visitor) if self.why_gone is not None else None
            if why is None:
                return token.visitor
            denies = why == DENIED
        return (tokens.fleeting_id if denies else tokens.random_id)(os.urandom(16))


def _take_origin(tab: Tab, hello: Hello) -> None:
    said = hello.context
    tab.who = replace(
        tab.who,
        language=said.language,
        device=said.device,
        country=said.country,
        referrer=said.referrer,
        source=said.source,
        medium=said.medium,
        campaign=said.campaign,
        landing=hello.page.path if hello.page else "",
    )


def _settle_in(tab: Tab, hello: Hello, greeting: Greeting, rules: RuleSet, now_ms: int) -> None:
    """Take over what Redis knows of the visitor, the session and the document."""
    tab.session = greeting.session
    tab.done = tab.sent = greeting.seq
    tab.who = replace(tab.who, sessions=greeting.sessions, session_started_ms=greeting.session_started_ms)
    if greeting.origin:
        referrer, source, medium, campaign, landing = orjson.loads(greeting.origin)
        tab.who = replace(tab.who, referrer=referrer, source=source, medium=medium, campaign=campaign, landing=landing)
    tab.page = hello.page or NOWHERE
    if greeting.record:
        tab.view, page = read_page_record(greeting.record)
        # what the record lacks (title, price) the hello may have; where it names another page, that one's
        # page_view is still to come
        if not (hello.page and same_page(greeting.record, hello.page)):
            tab.page = page
    shown = chain.from_iterable(greeting.firings.values())
    # of whom nothing is kept a limit cannot be kept either: each page would interrupt anew
    tab.undisturbed = tokens.is_fleeting(tab.visitor) and rules.site.without_consent == "bars"
    exhausted = tab.undisturbed or is_exhausted(shown, tab.session, rules.site.popups_per_session, now_ms)
    fired = [(rules.by_id[rule].rule, firings) for rule, firings in greeting.firings.items() if rule in rules.by_id]
    here = (tab.doc, tab.view)
    tab.settle_in(
        frozenset(rule.id for rule, firings in fired if is_spent(rule, firings, tab.session, now_ms)),
        frozenset(rule.id for rule, firings in fired if any((each["d"], each["v"]) == here for each in firings)),
        exhausted,
    )
