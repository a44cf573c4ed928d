"""
Golden sessions as they are written: what a shopper does, which rules fire, and what holds others back.

A session file is read like a rule file: every problem of every file at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.condition_tree import read_condition
from engine.core.conditions import Condition
from engine.core.facts import DEVICES
from engine.core.golden_steps import Step, read_step
from engine.core.golden_visitor import KNOWN_KEYS, read_country, read_known
from engine.core.line_parts import LineError
from engine.core.node_reading import Key, count, expected, one_of, read_items, read_table, read_word, yes_no
from engine.core.rule_errors import Problems, RuleError, RuleErrors, TooManyProblems
from engine.core.spoken import read_spoken
from engine.core.view import Visitor
from engine.core.yaml_nodes import Node, Table, Text, read_nodes

REFUSALS = {
    "limit": "its limit is spent",
    "page_view": "it fired on this page view already",
    "never_on": "the site's policy lets nothing show on this kind of page",
    "popups_per_session": "the site's policy allows no more popups in this session",
    "open": "another popup is open",
    "quiet": "another popup was shown just before",
    "outranked": "a rule of higher priority, or before it, showed",
    "held_out": "the visitor is in its holdout",
    "after": "the rule that it comes after was not seen on an earlier page view, or not long enough ago",
    "no_code": "its pool of coupons has no code for the visitor",
    "minimum_order": "what is in the cart is less than the order that its coupon is good for",
    "no_products": "there is no product that it could show",
}
"""What can hold back a rule that is true, as ``holds`` of a golden session names it."""

_SAID_BY_KEY = {"holdout": "held_out", "priority": "outranked"}
"""The same, by the key of the rule that does."""

SCHEDULED = "schedule"
"""The word by which ``holds`` names a rule's schedule, whatever it is."""

SESSION_KEYS = (
    Key("session", "what happens, in words", required=True),
    Key("at", "when it begins, such as `2026-11-21T20:15:00+08:00`, or in the site's time zone `2026-11-21 20:15`"),
    Key("visitor", "who it is"),
    Key("events", "what the shopper does", required=True),
    Key("fires", "the rules that fire, in this order; none if absent"),
    Key("holds", "rules that do not, each with what holds it back at the end"),
    Key(
        "coupons",
        "how many codes pools have left, and from which order on they are good, such as "
        "`{ADD50: 0, BIG: {minimum: 1000}}`; enough, and for any order, if absent",
    ),
)
_POOL_KEYS = (Key("left", "codes it has left"), Key("minimum", "the least order that it is good for"))
VISITOR_KEYS = (
    Key("sessions", "this is the visitor's so many-th session; `1` if absent"),
    Key("returning", "`yes`: the visitor had a session before"),
    Key("language", "the browser's language, such as `zh-TW`"),
    Key("device", "phone, tablet or desktop"),
    Key("referrer", "the page the session came from"),
    Key("source", "utm_source, where the address of a session's first page has none (`/?utm_source=ig`)"),
    Key("medium", "utm_medium, likewise"),
    Key("campaign", "utm_campaign, likewise"),
    Key("holdout", "`true`: the visitor is in the holdout of every rule that has one"),
    Key("variant", "the name of the variant that the visitor sees, of every rule that has it"),
    *KNOWN_KEYS,
)

_EARLIEST_YEAR = 2000
_BEGINS = datetime.fromisoformat("2026-01-05T12:00:00+00:00")


@dataclass(frozen=True, slots=True)
class GoldenVisitor:
    """Who the shopper is; ``sessions`` includes the one that begins."""

    sessions: int = 1
    language: str = "en"
    device: str = "desktop"
    referrer: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    holdout: bool = False
    variant: str = ""
    country: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)
    """What the visitor's hash in Redis holds when the session begins."""

    def who(self) -> Visitor:
        """Return what the rules know of the visitor when the first session begins."""
        return Visitor(
            language=self.language,
            device=self.device,
            referrer=self.referrer,
            source=self.source,
            medium=self.medium,
            campaign=self.campaign,
            country=self.country,
        )


@dataclass(frozen=True, slots=True)
class GoldenSession:
    """
    One written session.

    ``holds`` maps a rule's id to a condition of it, or to one of REFUSALS.
    ``coupons`` says how many codes pools have left, ``minimums`` from which order on they are good. ``at_ms`` is
    when it begins, in ms since the epoch, or where ``is_local`` on a clock that shows UTC as the site's shows its own
    time; ``where`` is file and line.
    """

    name: str
    where: str
    at_ms: int
    visitor: GoldenVisitor
    steps: tuple[Step, ...]
    fires: tuple[str, ...] = ()
    holds: Mapping[str, Condition | str] = field(default_factory=dict)
    coupons: Mapping[str, int] = field(default_factory=dict)
    minimums: Mapping[str, float] = field(default_factory=dict)
    is_local: bool = False

    def in_zone(self, zone: str) -> GoldenSession:
        """Return it as it begins in the site's time zone."""
        if not self.is_local:
            return self
        wall = datetime.fromtimestamp(0, UTC).replace(tzinfo=ZoneInfo(zone)) + timedelta(milliseconds=self.at_ms)
        return replace(self, at_ms=int(wall.timestamp() * 1000), is_local=False)


def read_sessions(files: Mapping[str, str]) -> list[GoldenSession]:
    """
    Read session files by their names. Raises RuleErrors with every problem of every file.

    A time without an offset is that of the site, which is not known here.
    """
    sessions: list[GoldenSession] = []
    errors: list[RuleError] = []
    for name in sorted(files):
        problems = Problems(name)
        with suppress(TooManyProblems):
            sessions += _read_file(files[name], problems)
        errors += problems.errors
    if errors:
        raise RuleErrors(errors)
    return sessions


def _read_file(text: str, problems: Problems) -> list[GoldenSession]:
    root = read_nodes(text, problems)
    if root is None:
        return []
    nodes = read_items(root, "a list of sessions, each beginning with '- session: WORDS'", problems)
    sessions = [_session(each, problems) for each in nodes]
    return [each for each in sessions if each is not None]


def _session(node: Node, problems: Problems) -> GoldenSession | None:
    before = len(problems.errors)
    entries = read_table(node, SESSION_KEYS, "key of a session", problems)
    name = read_word(entries["session"], "what happens, in words", problems) if "session" in entries else ""
    at = _at(entries["at"], problems) if "at" in entries else _BEGINS
    visitor = _visitor(entries["visitor"], problems) if "visitor" in entries else GoldenVisitor()
    steps = _steps(entries["events"], problems) if "events" in entries else ()
    fires = _ids(entries["fires"], problems) if "fires" in entries else ()
    holds = _holds(entries["holds"], problems) if "holds" in entries else {}
    coupons, minimums = _coupons(entries["coupons"], problems) if "coupons" in entries else ({}, {})
    if len(problems.errors) > before or not name:
        return None
    where = f"{problems.file}:{node.line}"
    is_local = at.tzinfo is None
    at_ms = int((at.replace(tzinfo=UTC) if is_local else at).timestamp() * 1000)
    return GoldenSession(name, where, at_ms, visitor, steps, fires, holds, coupons, minimums, is_local)


def _steps(node: Node, problems: Problems) -> tuple[Step, ...]:
    steps = [read_step(each, problems) for each in read_items(node, "a list of events", problems)]
    return tuple(each for each in steps if each is not None)


def _at(node: Node, problems: Problems) -> datetime:
    if isinstance(node, Text):
        with suppress(ValueError):
            at = datetime.fromisoformat(node.value.strip())
            if at.year >= _EARLIEST_YEAR:
                return at
    expected(node, "a time such as 2026-11-21T20:15:00+08:00", problems)
    return _BEGINS


def _visitor(node: Node, problems: Problems) -> GoldenVisitor:
    entries = read_table(node, VISITOR_KEYS, "key of a visitor", problems)
    said: dict[str, Any] = {}
    if "sessions" in entries:
        said["sessions"] = count(entries["sessions"], problems) or 1
    if "returning" in entries and yes_no(entries["returning"], problems):
        said["sessions"] = max(2, said.get("sessions", 2))
    if "device" in entries:
        said["device"] = one_of(entries["device"], "device", DEVICES, problems)
    if "holdout" in entries:
        said["holdout"] = yes_no(entries["holdout"], problems)
    if "country" in entries:
        said["country"] = read_country(entries["country"], problems)
    for name in ("language", "referrer", "source", "medium", "campaign", "variant"):
        if name in entries:
            said[name] = read_word(entries[name], "a text", problems)
    known = read_known(entries, problems)
    return GoldenVisitor(**said, known=known)


def _ids(node: Node, problems: Problems) -> tuple[str, ...]:
    words = [read_word(each, "a rule's id", problems) for each in read_items(node, "a list of rules", problems)]
    return tuple(each for each in words if each is not None)


def _coupons(node: Node, problems: Problems) -> tuple[dict[str, int], dict[str, float]]:
    """Return how many codes pools have left, and their least orders."""
    left: dict[str, int] = {}
    minimums: dict[str, float] = {}
    if not isinstance(node, Table):
        expected(node, "a mapping of pools to the codes they have left", problems)
        return left, minimums
    for pool, said in node.entries:
        if not isinstance(said, Table):
            left[pool.value] = count(said, problems) or 0
            continue
        entries = read_table(said, _POOL_KEYS, "key of a pool", problems)
        if "left" in entries:
            left[pool.value] = count(entries["left"], problems) or 0
        if "minimum" in entries:
            minimums[pool.value] = count(entries["minimum"], problems) or 0
    return left, minimums


def _holds(node: Node, problems: Problems) -> dict[str, Condition | str]:
    if not isinstance(node, Table):
        expected(node, "a mapping of rules to what holds them back", problems)
        return {}
    holds: dict[str, Condition | str] = {}
    for rule, because in node.entries:
        told = _because(because, problems) if isinstance(because, Text) else read_condition(because, problems)
        if told is not None:
            holds[rule.value] = told
    return holds


def _because(node: Text, problems: Problems) -> Condition | str | None:
    if node.value in REFUSALS or node.value == SCHEDULED:
        return node.value
    if node.value in _SAID_BY_KEY:
        return _SAID_BY_KEY[node.value]
    try:
        return read_spoken(node.value)
    except LineError as error:
        known = ", ".join(REFUSALS)
        for each in error.each():
            message = f"{node.value}: {each}; expected a condition of the rule, or one of {known}"
            problems.add(node.line, node.column, message)
    return None
