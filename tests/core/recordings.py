"""Recorded visitors, written by hand: what a document did, at which second."""

from __future__ import annotations

from typing import Any

from engine.core.recorded import Record
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet

NOON = 20_000 * 86_400_000 + 12 * 3_600_000

CART_RULE = """
- rule: sweetener
  when: [page is cart, page.dwell > 10s]
  show: {chat: {text: Hello, coupon: ADD50}}
"""


def rules_of(text: str = CART_RULE, site: str = "holdout: 0%\npolicy: {quiet: 0s}\n") -> RuleSet:
    return read_rules({"rules.yaml": text, "site.yaml": site})


class Recording(list[Record]):
    """Grows by what happens; ``at_s`` is the second of the clock."""

    def __init__(self, tab: str = "docaaa", session: str = "s1") -> None:
        super().__init__()
        self.tab = tab
        self.session = session
        self.seq = 0

    def hello(self, at_s: float = 0, page: Any = None, **said: Any) -> Recording:
        self._add(at_s, "hello", "hello", {"sessions": 1, **said}, 0, page)
        return self

    def does(self, at_s: float, name: str, data: Any = None, doc: str = "", page: Any = None) -> Recording:
        self.seq += 1
        self._add(at_s, "event", name, data or {}, self.seq, page, doc)
        return self

    def views(self, at_s: float, kind: str, **more: Any) -> Recording:
        return self.does(at_s, "page_view", {"kind": kind, "url": f"/{kind}", **more})

    def dwells(self, at_s: float, ms: int) -> Recording:
        return self.does(at_s, "page_dwell", {"ms": ms})

    def claims(self, rule: str, came_of_it: str, fire: str = "f_1", late_s: float = 0) -> Recording:
        last = self[-1]
        at_s = (last.at_ms - NOON) / 1000 + late_s
        self._add(at_s, "claim", came_of_it, {"rule": rule, "fire": fire}, last.seq, None, last.doc)
        return self

    def leaves_unseen(self, at_s: float, rule: str, fire: str = "f_1") -> Recording:
        """Leave the page of a popup that nobody saw."""
        self._add(at_s, "claim", "unseen", {"rule": rule, "fire": fire}, 0, None)
        return self

    def _add(self, at_s: float, kind: str, name: str, data: Any, seq: int, page: Any, doc: str = "") -> None:
        at_ms = NOON + round(at_s * 1000)
        self.append(Record(self.session, self.tab, doc or self.tab, seq, at_ms, kind, name, data, page))
