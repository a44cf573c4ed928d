"""What the event log holds beside events: each hello, and what each claim of a popup came to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from engine.core.archived import UNSEEN, page_json
from engine.core.events import Hello
from engine.core.fields import as_text
from engine.core.products import SEEN
from engine.core.redaction import MASK
from engine.edge.greeting import Greeting
from engine.firing import Claim
from engine.tab import Step, Tab


class Notes(Protocol):
    """Where notes go: :class:`engine.edge.event_log.EventLog`."""

    def note(self, tab: Tab, kind: str, said: Mapping[str, Any], now_ms: int) -> None:
        """Write a note down, in its order among the events."""


_MASK = [MASK]


def had(known: Mapping[str, Any], words: Collection[str]) -> dict[str, Any]:
    """
    Return what was known of the visitor, as the log may keep it.

    What shoppers have written of themselves into a field is none of the log's
    business: of texts only those stay that the marketer's rules name. Of a product looked at its id is enough.
    """
    kept: dict[str, Any] = {name: _MASK if _is_own(name, value, words) else value for name, value in known.items()}
    if SEEN in kept:
        kept[SEEN] = [{"id": each["id"]} for each in kept[SEEN]]
    return kept


def _is_own(name: str, value: Any, words: Collection[str]) -> bool:
    return name.startswith("f:") and isinstance(value[0], str) and as_text(value[0]) not in words


class LogNotes:
    """Writes notes into the event log. Both are rare: neither is on the way of an event."""

    def __init__(self, log: Notes) -> None:
        self._log = log

    def hello(self, tab: Tab, hello: Hello, greeting: Greeting, now_ms: int) -> None:
        """Note what a document said of itself, and what the visitor had behind them by then."""
        said = hello.context
        self._log.note(
            tab,
            "hello",
            {
                "seq": greeting.seq,
                "page": page_json(hello.page),
                "language": said.language,
                "utc_offset_min": said.utc_offset_min,
                "device": said.device,
                "referrer": said.referrer,
                "source": said.source,
                "medium": said.medium,
                "campaign": said.campaign,
                "country": said.country,
                "had": had(greeting.known, tab.watch.rules.field_words),
                "sessions": greeting.sessions,
                "started_ms": greeting.session_started_ms,
                **({"left": True} if hello.is_last else {}),
            },
            now_ms,
        )

    def claim(self, step: Step, claim: Claim, reason: str) -> None:
        """Note what came of the wish to show a rule's popup: shown, held out, or ``reason``."""
        event = step.event
        said = {"seq": event.seq, "doc": event.doc, "view": step.view, "rule": claim.rule.id, "fire": claim.fire}
        self._log.note(step.tab, "claim", said | {"reason": reason}, claim.now_ms)

    def unseen(self, tab: Tab, rule: str, fire: str, now_ms: int) -> None:
        """Note that nobody saw a popup, in its minute or until its page was left."""
        said = {"seq": 0, "doc": None, "view": tab.view, "rule": rule, "fire": fire, "reason": UNSEEN}
        self._log.note(tab, "claim", said, now_ms)
