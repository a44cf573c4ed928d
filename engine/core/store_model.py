"""
What Redis keeps of one visitor, and what its functions do to it, as plain Python.

The reference for ``observe``, ``claim`` and ``settle``: golden sessions run on
it, and the functions in Redis are tested against it. It forgets a session that
ended, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import orjson

from engine.core.counters import DOCUMENT, SESSION, TRAIL, VISITOR, Op
from engine.core.doing import Change, words_of
from engine.core.events import Page
from engine.core.firings import counts, is_within, span_of
from engine.core.plan import Plan
from engine.core.rules import After, Rule, Site
from engine.core.store_verbs import Document, Hashes, carry_out

SESSION_ENDS_AFTER_MS = 30 * 60 * 1000

_NOTHING: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Claim:
    """
    One attempt to show a rule's popup, on one page view (``view``) of one document.

    ``started_by`` is the fire of the popup whose button asks for it.
    """

    fire: str
    rule: Rule
    site: Site
    session: str
    doc: str
    view: int
    held_out: bool = False
    variant: str = ""
    coupon: str = ""
    started_by: str = ""


class VisitorModel:
    """One visitor. Times are passed in, in ms, and must not go back."""

    def __init__(self, sessions: int = 0) -> None:
        self.sessions = sessions
        self.hashes = Hashes()
        self.firings: dict[str, list[dict[str, Any]]] = {}
        self._documents: dict[str, Document] = {}
        self._session_ends_ms = 0
        self.session = ""
        self.session_started_ms = 0

    def greet(self, now_ms: int) -> bool:
        """Begin a session if none is going on; True if one was begun."""
        self._expire(now_ms)
        if self.session:
            return False
        self.sessions += 1
        self.session, self.session_started_ms = f"s_{self.sessions}", now_ms
        self._session_ends_ms = now_ms + SESSION_ENDS_AFTER_MS
        return True

    def observe(self, doc: str, seq: int, ops: Iterable[Op], now_ms: int) -> tuple[bool, bool]:
        """
        Count one event, once. ``ops`` are those of :func:`engine.core.counters.deltas`.

        Returns whether it was applied (and not seen before), and whether it began a session.
        """
        self._expire(now_ms)
        document = self._documents.setdefault(doc, Document())
        if seq <= document.seq:
            return False, False
        document.seq = seq
        begun = self.greet(now_ms)
        carry_out(ops, self.hashes, document, now_ms)
        self._session_ends_ms = now_ms + SESSION_ENDS_AFTER_MS
        return True, begun

    def count_late(self, doc: str, ops: Iterable[Op], now_ms: int) -> None:
        """Count what belongs to the session that went on last; what the session itself has kept ends with it."""
        carry_out(ops, self.hashes, self._documents.setdefault(doc, Document()), now_ms)

    @property
    def orders(self) -> int:
        """Orders so far."""
        return int(self.hashes.visitor.get("orders", 0))

    @property
    def spent(self) -> float:
        """Their sum."""
        return float(self.hashes.visitor.get("spent", 0.0))

    def look(self, doc: str, words: Iterable[str], now_ms: int) -> bytes:
        """Read what ``words`` name, as :meth:`engine.core.plan.Plan.words` lists them, as a JSON list."""
        self._expire(now_ms)
        documents, session, visitor, trails = _by_scope(list(words))
        measures, hashes = self._documents.get(doc, Document()).measures, self.hashes
        found = [measures.get(each, 0) for each in documents]
        found += [hashes.session.get(each, 0) for each in session]
        found += [hashes.visitor.get(each, 0) for each in visitor]
        # a text is JSON already, as in Redis
        found = [orjson.Fragment(each) if isinstance(each, str) else each for each in found]
        return orjson.dumps([*found, *(hashes.trails.get(each, []) for each in trails)])

    def counts(self, doc: str, plan: Plan, page: Page, now_ms: int) -> dict[int, Any]:
        """Read what a plan asks for; as ``look`` and reading its answer, without writing it in between."""
        self._expire(now_ms)
        hashes, document = self.hashes, self._documents.get(doc)
        kept = {SESSION: hashes.session, VISITOR: hashes.visitor, TRAIL: hashes.trails, DOCUMENT: _NOTHING}
        if document is not None:
            kept[DOCUMENT] = document.measures
        return plan.counts_in(kept, page)

    def claim(self, claim: Claim, now_ms: int) -> tuple[str, int]:
        """
        Write a firing down if it may show.

        Returns ('', 0), or what holds it back and the ms until that is over (0: not by time).
        """
        reason, rest_ms = self._refusal(claim, now_ms)
        if not reason:
            self.write(claim, now_ms)
        return reason, rest_ms

    def change(self, changes: Iterable[Change], now_ms: int) -> None:
        """Do to the visitor what a rule does."""
        carry_out(words_of(changes), self.hashes, Document(), now_ms)

    def write(self, claim: Claim, now_ms: int) -> None:
        """Write a firing down, and do what its rule does."""
        kind = _kind_of(claim)
        seen = int(kind in (1, 2))
        self.firings.setdefault(claim.rule.id, []).append(
            {"f": claim.fire, "t": now_ms, "s": claim.session, "d": claim.doc, "v": claim.view}
            | {"w": seen, "c": seen, "h": kind}
            | {name: word for name, word in _more(claim) if word}
        )
        if not claim.held_out:
            self.change(claim.rule.do, now_ms)

    def _refusal(self, claim: Claim, now_ms: int) -> tuple[str, int]:
        own = [each for each in self.firings.get(claim.rule.id, ()) if counts(each, now_ms)]
        if any(_here(each, claim) for each in own):
            return "page_view", 0
        span = span_of(claim.rule.limit)
        if sum(is_within(each, span, claim.session, now_ms) for each in own) >= claim.rule.limit.times:
            return "limit", 0
        if claim.started_by:
            return "", 0
        if claim.rule.after is not None and (rest_ms := self._rest_after(claim.rule.after, claim, now_ms)) is not None:
            return "after", rest_ms
        return ("", 0) if claim.held_out or not claim.rule.interrupts else self._policy(claim, now_ms)

    def _rest_after(self, after: After, claim: Claim, now_ms: int) -> int | None:
        """Return None if the other rule was seen on an earlier page view, else the ms to wait, 0 if that is open."""
        rests = [
            each["t"] + after.wait_ms - now_ms
            for each in self.firings.get(after.rule, ())
            if each["w"] and each["h"] != 1 and not _here(each, claim)
        ]
        rest_ms = min(rests, default=0)
        return None if rests and rest_ms <= 0 else rest_ms

    def _policy(self, claim: Claim, now_ms: int) -> tuple[str, int]:
        shown = [
            each
            for firings in self.firings.values()
            for each in firings
            if each["s"] == claim.session and not each["h"] and counts(each, now_ms)
        ]
        if len(shown) >= claim.site.popups_per_session:
            return "popups_per_session", 0
        if any(_here(each, claim) and not each["c"] for each in shown):
            return "open", 0
        rest_ms = max((each["t"] for each in shown), default=-claim.site.quiet_ms) + claim.site.quiet_ms - now_ms
        return ("quiet", rest_ms) if shown and rest_ms > 0 else ("", 0)

    def settle(self, fire: str, outcome: str) -> str:
        """Write down that a firing was viewed (``view``) or closed (``close``); returns its rule's id, or ''."""
        for rule, firings in self.firings.items():
            for each in firings:
                if each["f"] == fire:
                    each["w"] = 1
                    each["c"] = 1 if outcome == "close" else each["c"]
                    return rule
        return ""

    def leave(self, doc: str, now_ms: int) -> list[str]:
        """Take back what nobody has viewed of a document whose page was left; returns rule, fire, ... of it."""
        return [
            word
            for rule, firings in self.firings.items()
            for each in firings
            if each["d"] == doc and not each["w"] and counts(each, now_ms)
            for word in (rule, self.release(each["f"]))
        ]

    def release(self, fire: str) -> str:
        """Let a firing count no more unless it is viewed yet; returns it."""
        for each in chain.from_iterable(self.firings.values()):
            if each["f"] == fire:
                each["u"] = 1
        return fire

    def firing_of(self, fire: str) -> tuple[str, str] | None:
        """Return the rule and the variant of a firing; None if it is not known."""
        for rule, firings in self.firings.items():
            for each in firings:
                if each["f"] == fire:
                    return rule, each.get("a", "")
        return None

    def _expire(self, now_ms: int) -> None:
        if self.session and now_ms > self._session_ends_ms:
            self.session = ""
            self.hashes.session.clear()


def _by_scope(words: list[str]) -> list[list[str]]:
    names: list[list[str]] = []
    while len(names) < 3:
        many = int(words.pop(0)) if words else 0
        names.append(words[:many])
        del words[:many]
    return [*names, words]


def _more(claim: Claim) -> tuple[tuple[str, str], ...]:
    return ("a", claim.variant), ("k", claim.coupon), ("o", claim.started_by)


def _here(firing: dict[str, Any], claim: Claim) -> bool:
    return bool(firing["d"] == claim.doc and firing["v"] == claim.view)


def _kind_of(claim: Claim) -> int:
    """Return the ``h`` of a firing: 1 held out, 2 nothing to show, 3 a bar beside other popups, 0 any other popup."""
    if claim.held_out:
        return 1
    if claim.rule.is_silent:
        return 2
    return 0 if claim.rule.interrupts or claim.started_by else 3
