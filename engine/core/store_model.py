"""
What Redis keeps of one visitor, and what its functions do to it, as plain Python.

The reference for ``observe``, ``claim`` and ``settle``: golden sessions run on
it, and the functions in Redis are tested against it. It forgets a session that
ended, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.core.counters import Op
from engine.core.firings import counts, is_within, span_of
from engine.core.rules import Rule, Site

SESSION_ENDS_AFTER_MS = 30 * 60 * 1000

"""Counters as Redis answers them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt to show a rule's popup, on one page view (``view``) of one document."""

    fire: str
    rule: Rule
    site: Site
    session: str
    doc: str
    view: int
    held_out: bool = False


@dataclass
class Document:
    """What is kept of a document: the highest seq applied, its page, and the dwell and scroll of this page view."""

    seq: int = 0
    page: str = ""
    measures: dict[str, Any] = field(default_factory=dict)


class VisitorModel:
    """One visitor. Times are passed in, in ms, and must not go back."""

    def __init__(self, sessions: int = 0) -> None:
        self.sessions = sessions
        self.orders = 0
        self.spent = 0.0
        self.firings: dict[str, list[dict[str, Any]]] = {}
        self._transactions: set[str] = set()
        self._documents: dict[str, Document] = {}
        self._session: dict[str, Any] = {}
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
        words = list(ops)
        for verb, first, second in zip(words[::3], words[1::3], words[2::3], strict=True):
            if _VERBS[str(verb)](self, document, first, second):
                break
        self._session_ends_ms = now_ms + SESSION_ENDS_AFTER_MS
        return True, begun

    def look(self, doc: str, measures: Iterable[str | None], names: Iterable[str], now_ms: int) -> bytes:
        """Read counters, as a JSON list: those of the document's page view, then those of the session."""
        self._expire(now_ms)
        document = self._documents.get(doc, Document())
        found = [document.measures.get(each or "") for each in measures] + [self._session.get(each) for each in names]
        return ("[" + ",".join("0" if each is None else str(each) for each in found) + "]").encode()

    def claim(self, claim: Claim, now_ms: int) -> tuple[str, int]:
        """
        Write a firing down if it may show.

        Returns ('', 0), or what holds it back and the ms until that is over (0: not by time).
        """
        reason, rest_ms = self._refusal(claim, now_ms)
        if not reason:
            flag = int(claim.held_out)
            self.firings.setdefault(claim.rule.id, []).append(
                {"f": claim.fire, "t": now_ms, "s": claim.session, "d": claim.doc, "v": claim.view}
                | {"w": flag, "c": flag, "h": flag}
            )
        return reason, rest_ms

    def _refusal(self, claim: Claim, now_ms: int) -> tuple[str, int]:
        own = [each for each in self.firings.get(claim.rule.id, ()) if counts(each, now_ms)]
        if any(_here(each, claim) for each in own):
            return "page_view", 0
        span = span_of(claim.rule.limit)
        if sum(is_within(each, span, claim.session, now_ms) for each in own) >= claim.rule.limit.times:
            return "limit", 0
        if claim.held_out:
            return "", 0
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

    def _expire(self, now_ms: int) -> None:
        if self.session and now_ms > self._session_ends_ms:
            self.session = ""
            self._session.clear()

    # the verbs of the list of changes; True ends the list

    def _add(self, _document: Document, name: Op, amount: Any) -> None:
        self._session[str(name)] = self._session.get(str(name), 0) + amount

    def _set(self, _document: Document, name: Op, value: Op) -> None:
        self._session[str(name)] = value

    def _one(self, document: Document, name: Op, total: Any) -> None:
        self._add(document, name, 1)
        if self._session[str(name)] == 1:
            self._add(document, total, 1)

    def _page(self, document: Document, record: Op, _unused: Op) -> None:
        document.page = str(record)
        document.measures.clear()

    def _dwell(self, document: Document, ms: Any, _unused: Op) -> None:
        document.measures["d"] = document.measures.get("d", 0) + ms

    def _scroll(self, document: Document, percent: Any, _unused: Op) -> None:
        document.measures["s"] = max(document.measures.get("s", 0), percent)

    def _once(self, _document: Document, transaction: Op, _unused: Op) -> bool:
        known = str(transaction) in self._transactions
        self._transactions.add(str(transaction))
        return known

    def _order(self, _document: Document, value: Any, _unused: Op) -> None:
        self.orders += 1
        self.spent += value


_VERBS: dict[str, Callable[[VisitorModel, Document, Op, Op], bool | None]] = {
    "+": VisitorModel._add,
    "=": VisitorModel._set,
    "1": VisitorModel._one,
    "page": VisitorModel._page,
    "dwell": VisitorModel._dwell,
    "scroll": VisitorModel._scroll,
    "once": VisitorModel._once,
    "order": VisitorModel._order,
}


def _here(firing: dict[str, Any], claim: Claim) -> bool:
    return bool(firing["d"] == claim.doc and firing["v"] == claim.view)
