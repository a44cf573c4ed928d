"""The functions of hot.c in Python: what they do where nothing was compiled, and what the compiled ones are held to."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import hiredis

LONGEST_VALUE = 256
LONGEST_KEY = 64
LARGEST_NUMBER = 1e15
_TEXT = 1
_NAME_WITHIN = 64
_MOMENT = re.compile(rb'"name":"(?:page_dwell|scroll|idle|wake|exit_intent|tab_return|copy)"')
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*")

Word = bytes | str | int | float


def packed_words(words: Sequence[Word]) -> bytes:
    """Return words as a Redis command holds them, to be joined to others behind a head that counts them all."""
    packed: bytes = hiredis.pack_command(tuple(words))  # type: ignore[arg-type]  # its stub wants one word
    return packed[packed.index(b"\n") + 1 :]


def packed_call(count: int, head: bytes, words: Sequence[Word], tail: bytes) -> bytes:
    """Return a whole command: ``words`` between ``head`` and ``tail``, which hold ``count`` words that are packed."""
    return b"*%d\r\n%b%b%b" % (count + len(words), head, packed_words(words), tail)


def is_sound(data: Mapping[str, Any], most: int, but: str) -> bool:
    """
    Tell, quickly, that nothing is wrong with an object of at most so many keys: it is flat, no text too long.

    What is under the key ``but`` is not looked at, and not counted. False says only that something may be wrong.
    """
    if data.__class__ is not dict or len(data) - (but in data) > most:
        return False
    return all(_is_value(value) and _is_key(key) for key, value in data.items() if not but or key != but)


def are_sound(items: list[Any], most: int) -> bool:
    """Tell the same of every one of a list."""
    return all(is_sound(item, most, "") for item in items)


def _is_value(value: Any) -> bool:
    kind = value.__class__
    if kind is str:
        return len(value) <= LONGEST_VALUE and "\x00" not in value
    if kind is int or kind is float:
        return bool(-LARGEST_NUMBER <= value <= LARGEST_NUMBER)
    return kind is bool or value is None


@lru_cache(maxsize=4096)
def _is_key(key: str) -> bool:
    """Tell whether a key is sound. What is kept is short in all: a frame has no room for long keys."""
    return len(key) <= LONGEST_KEY and _KEY.fullmatch(key) is not None


def plain_text(frame: Any) -> bytes | None:
    """Return what is in a frame that is a whole text message; None for any other frame. ``frame`` is picows'."""
    is_whole = frame.msg_type == _TEXT and frame.fin and not (frame.rsv1 or frame.rsv2 or frame.rsv3)
    return frame.get_payload_as_bytes() if is_whole else None


class Inbox(NamedTuple):
    """
    Where the frames of all connections gather, as (stream, text, when it came).

    ``came`` is told when, of the first one there and of the one with which they are so ``many``; ``moment`` is told
    of the stream whose frame tells a moment that can be armed.
    """

    frames: list[tuple[Any, bytes, float]]
    came: Callable[[float], None]
    moment: Callable[[Any], None]
    many: int


class Door:
    """
    Where a connection's frames come in; ``heard`` is when the last one did.

    While it has ``credit``, a whole text joins those of the inbox without asking. ``ask`` takes every other.
    """

    __slots__ = ("_ask", "_inbox", "_stream", "credit", "heard")

    def __init__(self, stream: Any, inbox: Inbox, ask: Callable[[Any, Any], None]) -> None:
        self._stream = stream
        self._inbox = inbox
        self._ask = ask
        self.credit = 0
        self.heard = time.perf_counter()

    def take(self, transport: Any, frame: Any) -> None:
        """Take a frame of picows'."""
        if self._stream is None:
            return
        self.heard = now = time.perf_counter()
        text = plain_text(frame) if self.credit > 0 else None
        if text is None:
            self._ask(transport, frame)
            return
        self.credit -= 1
        inbox = self._inbox
        inbox.frames.append((self._stream, text, now))
        if len(inbox.frames) in (1, inbox.many):
            inbox.came(now)
        if _MOMENT.search(text, 0, _NAME_WITHIN):
            inbox.moment(self._stream)

    def shut(self) -> None:
        """Let nothing in any more, and forget the stream."""
        self.credit = 0
        self._stream = None
        self._ask = _nothing


def _nothing(_transport: Any, _frame: Any) -> None:
    """Nobody is there."""


class Histogram:
    """How often something took how long: one count for each of the bounds, in seconds, and one above them."""

    __slots__ = ("bounds", "counts", "total_s")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total_s = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        n = 0
        for bound in self.bounds:  # most are below the first two or three
            if seconds <= bound:
                break
            n += 1
        self.counts[n] += 1
        self.total_s += seconds


def now_ms() -> int:
    """Return the time of day, ms since the epoch."""
    return time.time_ns() // 1_000_000


class Sheet:
    """
    What is to be written into one stream of the event log with the next write, and who waits for its reply.

    ``head`` are the first ``words`` of the command, packed; ``begin`` is called with the sheet when its first entry
    is there. One that ``is_closed`` is written once more and then no longer used.
    """

    __slots__ = ("_begin", "_entries", "_head", "_waiting", "_words", "is_closed", "slot")

    def __init__(self, words: int, head: bytes, slot: int, begin: Callable[[Sheet], None]) -> None:
        self._words = words
        self._head = head
        self.slot = slot
        self._begin = begin
        self.is_closed = False
        self._entries: list[bytes] = []
        self._waiting: list[Any] = []

    def add(self, head: bytes, now_ms: int, kind: bytes, said: bytes) -> None:
        """Write one entry: an object of JSON that begins with ``head``."""
        self._entries.append(b'%b%d,"%b":%b}' % (head, now_ms, kind, said))
        if len(self._entries) == 1:
            self._begin(self)

    def wait(self, reply_to: Callable[[Any, Any], None], step: Any) -> None:
        """Have somebody told, with this step, of the reply."""
        self._waiting += (reply_to, step)

    def take(self) -> tuple[bytes, list[Any]]:
        """Return the command, and for ``tell_all`` who waits; the sheet is empty from then on."""
        entries, waiting = self._entries, self._waiting
        self._entries, self._waiting = [], []
        words = [word for entry in entries for word in (b"e", entry)]
        return packed_call(self._words, self._head, words, b""), waiting


def tell_all(waiting: list[Any], reply: Any) -> None:
    """
    Tell everybody who waits, two by two a callback and its step, of one reply.

    What one of them raises is raised when the others have been told as well.
    """
    at = 0
    try:
        while at < len(waiting):
            at += 2
            waiting[at - 2](waiting[at - 1], reply)
    finally:
        if at < len(waiting):
            tell_all(waiting[at:], reply)


class TabCore:
    """
    What the engine keeps of an open document, as far as the usual way reads it; :class:`engine.tab.Tab` is the rest.

    Nothing of a tab that is not ``is_usual`` goes the usual way. The event log keeps its ``sheet`` here, and the
    ``log_head`` that all entries of the ``logged_session`` share.
    """

    __slots__ = (
        "arm_is_stale",
        "closed",
        "done",
        "exhausted",
        "held",
        "is_usual",
        "keys",
        "log_head",
        "logged_session",
        "owed",
        "page",
        "quiet_until_ms",
        "send",
        "sent",
        "sent_arm",
        "session",
        "sheet",
        "under_way",
        "view",
        "watch",
        "who",
    )

    def __init__(self) -> None:
        self.view = self.done = self.sent = self.owed = self.quiet_until_ms = 0
        self.closed = self.arm_is_stale = self.exhausted = False
        self.is_usual = True
        self.under_way: list[Step] = []
        self.sheet: Sheet | None = None
        self.log_head = b""
        self.logged_session: str | None = None


class Step:
    """
    One event on its way: what it is, where it belongs, and what is still to come before it is acknowledged.

    ``left`` counts the replies that are awaited: counted, logged and, while a
    popup is being claimed, fired. ``received`` is the performance counter at its frame, ``view`` the page view
    that was shown then; ``seq``, ``name`` and ``doc`` are the event's. ``now_ms`` is when it came, as it is logged: it
    is judged by that moment, however long the counting takes. ``command`` is what the usual way sent to count it.
    """

    __slots__ = ("command", "doc", "event", "left", "name", "now_ms", "plan", "received", "seq", "tab", "view")

    def __init__(self, tab: Any, event: Any, plan: Any, received: float) -> None:
        self.tab = tab
        self.event = event
        self.seq = event.seq
        self.name = event.name
        self.doc = event.doc
        self.plan = plan
        self.received = received
        self.view = tab.view
        self.left = 2
        self.now_ms = 0
        self.command = b""
