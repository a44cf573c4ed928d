"""
Rule files: the marketer's YAML becomes a rule set, or all that is wrong with it is said at once.

Nothing is half loaded: either every rule of every file can be used, or none is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from engine.core.condition_tree import read_when
from engine.core.conditions import AllOf, Comparison, Reading, comparisons
from engine.core.do_file import read_do
from engine.core.event_data import GA4_EVENTS
from engine.core.events import POPUP_EVENTS, SIGNALS
from engine.core.limits import read_limit
from engine.core.node_reading import Key, expected, number, read_table, read_word, refuse, share
from engine.core.popup_file import read_names
from engine.core.references import unknown_reference
from engine.core.rule_errors import Problems, RuleError, RuleErrors, TooManyProblems
from engine.core.rules import Rule, Site
from engine.core.ruleset import RuleSet
from engine.core.schedule_file import condition_of, read_schedule
from engine.core.site_file import read_site
from engine.core.variant_file import read_after, read_shows
from engine.core.words import nearest
from engine.core.yaml_nodes import Items, Node, Table, Text, read_nodes

SITE_FILE = "site.yaml"

RULE_KEYS = (
    Key("rule", "the rule's id, small letters, digits and '-'", required=True),
    Key("name", "what people call it, one text or one by language"),
    Key("when", "a list of conditions, all of which must be true; none if only another rule's popup starts it"),
    Key("show", "the popup, or a list of variants of it; none for a rule that only does something"),
    Key("limit", "how often it may show; `once per session` if absent"),
    Key("priority", "of several true rules the highest shows first; `0` if absent"),
    Key("holdout", "share of visitors who do not see it, such as `10%`"),
    Key("schedule", "days, hours and dates on which it may fire"),
    Key("after", "the rule that the visitor must have seen on an earlier page view, `RULE` or `{rule, wait}`"),
    Key("do", "what else happens when it fires: `tag`, `untag` and `set`, or a list of them"),
)
"""The keys of a rule."""

KNOWN_EVENTS = (*sorted(GA4_EVENTS), *POPUP_EVENTS, *SIGNALS, "page_view", "cart", "chat_message", "consent")
"""Events that Shopbell or GA4 names. Any other name is an event of the shop's own."""

_UNTOLD = re.compile(r"^https?:|[?&]\w|\w=")
"""What in an address is the shop's host, or a query."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)


@dataclass
class _Reading:
    """What has been read of all files so far."""

    rules: list[Rule] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    site: Site = field(default_factory=Site)
    site_name: str = ""
    errors: list[RuleError] = field(default_factory=list)
    warnings: list[RuleError] = field(default_factory=list)
    without_when: dict[str, RuleError] = field(default_factory=dict)
    """What is wrong with rules without conditions, by rule, unless another rule starts them."""
    meant: set[str] = field(default_factory=set)
    """What rules that could not be read would have started."""
    beside: tuple[Rule, ...] = ()


def read_rules(files: Mapping[str, str], beside: Iterable[Rule] = ()) -> RuleSet:
    """
    Read rule files, and ``site.yaml`` among them, by their names as errors shall show them.

    Rules keep the order of the files' names, and within a file their own. They may name rules that stand ``beside``
    them, and be started by those. Raises RuleErrors with every problem of every file.
    """
    reading = _Reading(beside=tuple(beside))
    for name in sorted(files):
        problems = Problems(name)
        with suppress(TooManyProblems):
            _read_file(name, files[name], reading, problems)
        reading.errors += problems.errors
        reading.warnings += problems.warnings
    reading.errors += [*_unknown_names(reading), *_never_started(reading)]
    if reading.errors:
        raise RuleErrors(reading.errors)
    warnings = [*reading.warnings, *_doubts(reading)]
    return RuleSet(tuple(reading.rules), reading.site, tuple(map(str, sorted(warnings))))


def _read_file(name: str, text: str, reading: _Reading, problems: Problems) -> None:
    root = read_nodes(text, problems)
    if name.rsplit("/", 1)[-1] == SITE_FILE:
        if reading.site_name:
            problems.add(1, 1, f"a site has one {SITE_FILE}, the other is {reading.site_name}")
            return
        reading.site_name = name
        if root is not None:
            reading.site = read_site(root, problems)
    elif isinstance(root, Items):
        for node in root.nodes:
            rule = _rule(node, reading, problems)
            if rule is not None:
                reading.rules.append(rule)
            else:
                reading.meant.update(_started_in(node))
    elif root is not None:
        expected(root, "a list of rules, each beginning with '- rule: ID'", problems)


def _rule(node: Node, reading: _Reading, problems: Problems) -> Rule | None:
    before = len(problems.errors)
    entries = read_table(node, RULE_KEYS, "key of a rule", problems)
    parts: dict[str, Any] = {"when": AllOf(())}
    if "rule" in entries:
        parts["id"] = _id(entries["rule"], reading, problems)
    _note_when("when" in entries, node, parts.get("id"), reading, problems)
    for name, read in _PARTS.items():
        if name in entries:
            parts[name] = read(entries[name], problems)
    if "schedule" in entries and "when" not in entries and len(problems.errors) == before:
        # it would be the rule's only condition, and make it fire by itself
        expected(entries["schedule"], "no schedule on a rule that only another rule's popup starts", problems)
    if len(problems.errors) > before:
        return None
    if not {"show", "do"} & entries.keys():
        problems.add(node.line, node.column, "expected 'show:', the popup, or 'do:', what else happens")
        return None
    return _made(parts, f"{problems.file}:{node.line}", problems)


def _made(parts: dict[str, Any], where: str, problems: Problems) -> Rule | None:
    """Make a rule of what has been read under its keys."""
    if (schedule := parts.pop("schedule", None)) is not None:
        parts["when"] = AllOf((condition_of(schedule), *parts["when"].conditions))
    show, variants = parts.pop("show", (None, ()))
    if "after" in parts:
        parts["after"], named = parts["after"]
        parts["references"] = (named,)
        if named.name == parts["id"]:
            problems.add(named.line, named.column, f"'{named.name}': a rule cannot come after itself")
            return None
    return Rule(**parts, show=show, variants=variants, where=where)


_PARTS: dict[str, Callable[[Node, Problems], Any]] = {
    "name": read_names,
    "when": read_when,
    "show": read_shows,
    "limit": read_limit,
    "priority": number,
    "holdout": share,
    "schedule": read_schedule,
    "after": read_after,
    "do": read_do,
}


def _id(node: Node, reading: _Reading, problems: Problems) -> str | None:
    word = read_word(node, "the rule's id", problems)
    if word is None:
        return None
    if _ID.fullmatch(word) is None:
        refuse(node, "a rule's id is at most 64 small letters, digits and '-'", problems)
        return None
    if word in reading.places:
        refuse(node, f"another rule has this id, at {reading.places[word]}", problems)
        return None
    reading.places[word] = f"{problems.file}:{node.line}"
    return word


def _note_when(given: bool, node: Node, rule: str | None, reading: _Reading, problems: Problems) -> None:
    """Keep what is wrong with a rule that has no conditions, unless some other rule starts it."""
    if not given and rule is not None:
        what = "expected 'when:', a list of conditions, all of which must be true"
        reading.without_when[rule] = RuleError(problems.file, node.line, node.column, what)


def _unknown_names(reading: _Reading) -> Iterator[RuleError]:
    """Yield an error for each name that rules say of other rules or of the site's settings and that is not there."""
    rules = {*reading.places, *(each.id for each in reading.beside)}
    known = {"rule": rules, "feed": reading.site.feeds, "channel": reading.site.channels}
    for rule in reading.rules:
        file = rule.where.rsplit(":", 1)[0]
        for each in chain(rule.references, *(show.references for show in rule.shows)):
            error = unknown_reference(each, file, known[each.what])
            if error is not None:
                yield error


def _never_started(reading: _Reading) -> list[RuleError]:
    """Return an error for each rule that has no conditions, and that no click shows."""
    rules = (*reading.rules, *reading.beside)
    started = {each.name for rule in rules for show in rule.shows for each in show.references}
    return [error for rule, error in reading.without_when.items() if rule not in started | reading.meant]


def _started_in(node: Node) -> Iterator[str]:
    """Yield the rules that a node names as started by a click, however wrong the rest of it is."""
    if isinstance(node, Items):
        yield from chain.from_iterable(map(_started_in, node.nodes))
    elif isinstance(node, Table):
        for key, value in node.entries:
            if key.value == "start" and isinstance(value, Text):
                yield value.value
            yield from _started_in(value)


def _doubts(reading: _Reading) -> list[RuleError]:
    """Return what can be read, and is most likely not meant."""
    doubts = []
    for rule in reading.rules:
        file, line = rule.where.rsplit(":", 1)
        for each in comparisons(rule.when):
            if _asks_what_no_page_tells(each):
                message = f"{rule.id}: '{each}': a page tells of its address the path, and of a query only utm_..."
                doubts.append(RuleError(file, int(line), 1, message))
            for meant in _meant_events(each.reading):
                message = f"{rule.id}: {each.reading} is about an event of the shop's own, or was '{meant}' meant?"
                doubts.append(RuleError(file, int(line), 1, message))
    return doubts


def _asks_what_no_page_tells(comparison: Comparison) -> bool:
    if comparison.reading.fact.name != "page.url":
        return False
    expected = comparison.expected if isinstance(comparison.expected, tuple) else (comparison.expected,)
    return any("utm_" not in each and _UNTOLD.search(each) is not None for each in expected)


def _meant_events(reading: Reading) -> list[str]:
    """Return the known events that those which it names are near to, and are not."""
    named = [reading.argument] if reading.fact.argument == "event" else [step.event for step in reading.steps]
    return [meant for each in named if each not in KNOWN_EVENTS and (meant := nearest(each, KNOWN_EVENTS))]
