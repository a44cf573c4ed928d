"""
Render the tables of the reference from the code: ``python -m tests.docs.render``.

Writes what stands between the markers ``<!-- NAME -->`` and ``<!-- end -->`` of the pages in PAGES. A test holds it
current. (The rule language and the settings have programs of their own in tools/.)
"""

from __future__ import annotations

import argparse
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.__main__ import parser as command_parser
from engine.core import bounds, event_checks, event_data, wire
from engine.core.archived import COLUMNS
from engine.core.events import PAGE_KINDS
from engine.edge import allowance, event_log, stream
from engine.edge.keys import (
    ARCHIVER_KEY,
    COUNTED,
    DAY_MS,
    SHARDS,
    VisitorKeys,
    counted_key,
    gone_key,
    log_key,
    outcomes_key,
    refusals_key,
    refused_key,
)
from engine.edge.slots import tag_on
from engine.settings import OPTIONS, Settings
from tests.docs.pages import CHECKOUT, DOCS

FUNCTIONS = CHECKOUT / "engine" / "edge" / "functions"
PAGES = (
    *(DOCS / "reference" / name for name in ("protocol.md", "command-line.md", "redis-keys.md", "archive.md")),
    DOCS / "how-to" / "write-and-test-a-rule.md",
)
COMMAND = "python -m tests.docs.render"

_SECTION = re.compile(r"<!-- ([a-z0-9 ]+) -->\n.*?<!-- end -->", re.S)
_CONTRACT = re.compile(r"--\[\[\n(.*?)\n\]\]", re.S)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    lines = [list(heads), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in words)


def _limits() -> str:
    settings = Settings()
    rate = f"{settings.events_per_second:g} a second for long, {settings.events_burst} at once"
    rows = [
        ("a message", f"{wire.MAX_FRAME // 1024} KiB", "close 1009"),
        ("until `hello`", f"{stream.HELLO_WITHIN_S:g} s", "close 4009"),
        ("messages sent before the `welcome`", str(stream.MOST_FRAMES_BEFORE_WELCOME), "close 4008"),
        ("messages of one connection", f"the first {allowance.MOST_KEPT} are free; then {rate}", "close 4008"),
        (
            "pings, pongs and fragments of one connection",
            f"{allowance.OTHER_FRAMES_AT_ONCE:,} at once, {allowance.OTHER_FRAMES_PER_S:g} a second for long",
            "close 4008",
        ),
        ("events of one session", f"{settings.events_per_session:,}", "`error`; but consent may be taken back"),
        ("`seq`", "2^53", "`error`"),
        ("any other number", f"{event_checks.LARGEST_NUMBER:g}", "`error`"),
        ("`url`", "2,048 characters", "`error`"),
        ("`title`, a product's texts, a chat's `text`", f"{event_data.LONGEST_TEXT:,} characters", "`error`"),
        ("a text in any other `data`, a product's `id`", f"{event_data.LONGEST_VALUE} characters", "`error`"),
        ("keys of an event of the shop's own", str(event_data.MOST_KEYS), "`error`"),
        ("keys of GA4's events beside `items`, and of an item", str(event_data.MOST_ITEM_KEYS), "`error`"),
        (
            "one of those keys",
            f"{event_checks.LONGEST_KEY} of `A` to `Z`, `a` to `z`, digits, `_` and `-`; a letter or `_` first",
            "`error`",
        ),
        ("`items`", str(event_data.MOST_ITEMS), "`error`"),
        (
            "anything else in an event",
            f"{bounds.MOST_DEPTH} levels, {bounds.MOST_KEYS} keys of an object, "
            f"texts of {bounds.LONGEST_TEXT:,} characters",
            "`error`",
        ),
        ("`ms`", f"{event_data.LONGEST_MS // 3_600_000} hours", "`error`"),
        ("unread messages to a client", "64 KiB", "close 1013"),
    ]
    return table(("what", "at most", "beyond that"), rows)


def _keys() -> str:
    keys = VisitorKeys("SITE", "VISITOR")
    today, _ = keys.documents(5 * DAY_MS)
    day = today.replace(b"5", b"DAY")
    rows: list[tuple[bytes, str, str, str]] = [
        (keys.session, "hash", "the session and its counters", "30 minutes after its last event"),
        (keys.visitor, "hash", "the visitor, over all sessions", "400 days after the last session began"),
        (day, "hash", "what each document has done; DAY counts days (UTC) since 1970", "48 hours"),
        (keys.firings, "hash", "what was shown: under each rule's id a list of firings", "400 days after the last one"),
        (keys.outbox, "hash", "popups that nobody has viewed yet, by fire", "a minute after the last one"),
        (keys.trails, "hash", "when things happened, if rules look back through windows", "with the longest window"),
        (COUNTED, "hash", "since when what rules look back at is counted", "never"),
        (counted_key("SITE"), "hash", "likewise of a site that has, or had, rules of its own", "never"),
        (
            log_key("SITE", 0),
            "stream",
            "the site's event log, until it is archived",
            f"never; at about {event_log.KEEP_ENTRIES:,} entries the oldest fall out",
        ),
        (
            outcomes_key("SITE"),
            "stream",
            "what became of coupons, until it stands in SQL",
            "never; its last entry stays",
        ),
        (refused_key("SITE"), "list", "the last events of the site that were refused", "30 days after the last one"),
        (refusals_key("SITE"), "hash", "how many of them, by their reasons", "30 days after the last one"),
        (
            gone_key("SITE", "VISITOR")[:-32] + b"DIGEST",
            "string",
            "that a visitor was erased, or took their consent back: a token of theirs is good for nothing. Of the"
            " visitor it holds a digest",
            "400 days after that",
        ),
        (SHARDS, "set", "on a cluster: which streams sites can have", "never"),
        (
            log_key("SITE", 1).replace(tag_on(0).encode(), b"TAG"),
            "stream",
            "on a cluster: a stream of a site's event log; each primary has one, and TAG lies on its first slot",
            "as that of a single server",
        ),
        (
            outcomes_key("SITE", 1).replace(tag_on(0).encode(), b"TAG"),
            "stream",
            "on a cluster: likewise of what became of coupons",
            "as that of a single server",
        ),
        (ARCHIVER_KEY.encode(), "string", "which process archives the event logs", "a minute after its last batch"),
    ]
    return table(("key", "type", "holds", "ends"), ((f"`{key.decode()}`", *rest) for key, *rest in rows))


def _functions() -> str:
    found = [text for path in sorted(FUNCTIONS.glob("*.lua")) for text in _CONTRACT.findall(path.read_text("utf-8"))]
    return "\n\n".join(f"```text\n{_unindent(text)}\n```" for text in found)


def _unindent(text: str) -> str:
    return "\n".join(line.removeprefix("  ") for line in text.splitlines())


def commands(parser: argparse.ArgumentParser, name: str = "shopbell") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command that does something, with its parser."""
    groups = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not groups:
        yield name, parser
    for group in groups:
        for word, below in group.choices.items():
            yield from commands(below, f"{name} {word}")


def _commands() -> str:
    told = {" ".join(name.split()[1:]): about for name, about in _helps(command_parser())}
    rows = []
    for name, parser in commands(command_parser()):
        words = [_placeholder(each) for each in parser._actions if not each.option_strings]
        shown = " ".join((name, *words, *(["[OPTIONS]"] if len(parser._actions) > 1 + len(words) else [])))
        rows.append((f"`{shown}`", told[" ".join(name.split()[1:])]))
    return table(("command", "does"), rows)


def _placeholder(action: argparse.Action) -> str:
    return f"[{action.metavar}...]" if action.nargs == "*" else str(action.metavar)


def _helps(parser: argparse.ArgumentParser, name: str = "shopbell") -> Iterator[tuple[str, str]]:
    for group in (each for each in parser._actions if isinstance(each, argparse._SubParsersAction)):
        for choice in group._choices_actions:
            yield f"{name} {choice.dest}", str(choice.help)
            yield from _helps(group.choices[choice.dest], f"{name} {choice.dest}")


def _options() -> str:
    settings = {each.flag for each in OPTIONS}
    rows = []
    for name, parser in commands(command_parser()):
        for action in parser._actions:
            flags = [each for each in action.option_strings if each not in settings]
            if not action.option_strings or (flags and "--help" not in flags):
                said = f"{flags[0]} {action.metavar or ''}".rstrip() if flags else _placeholder(action)
                rows.append((f"`{name}`", f"`{said}`", str(action.help)))
        shared = settings.intersection(parser._option_string_actions)
        if shared:
            shown = "all settings" if len(shared) == len(settings) else _words(sorted(shared))
            rows.append((f"`{name}`", shown, "[settings](operating.md#settings)"))
    return table(("command", "option", "about"), rows)


def _make() -> str:
    comments = re.findall(r"^# make ([\w-]+) +(.+)$", (CHECKOUT / "Makefile").read_text("utf-8"), re.M)
    return table(("command", "does"), ((f"`make {name}`", about) for name, about in comments))


def _plays() -> str:
    """List the playbook's files by what their first comment says."""
    rows = []
    for path in sorted((CHECKOUT / "rules" / "playbook").glob("*.yaml")):
        if path.name == "site.yaml" or path.name.endswith(".session.yaml"):
            continue
        comment = [line.removeprefix("# ") for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        about = " ".join(itertools.takewhile(lambda line: not line.startswith("Change: "), comment[1:]))
        rows.append((about.replace("|", "\\|"), f"[{path.stem}](../../rules/playbook/{path.name})"))
    return table(("who, and what opens", "file"), rows)


SECTIONS: dict[str, Callable[[], str]] = {
    "page kinds": lambda: _words(PAGE_KINDS),
    "ga4 events": lambda: _words(sorted(event_data.GA4_EVENTS)),
    "limits of the stream": _limits,
    "keys": _keys,
    "functions": _functions,
    "commands": _commands,
    "options": _options,
    "make": _make,
    "plays": _plays,
    "archive columns": lambda: table(("column", "type", "holds"), ((f"`{n}`", t, about) for n, t, about in COLUMNS)),
}


def render(page: str) -> str:
    """Return a page with every marked section rendered anew. Raises KeyError for a marker of no section."""
    return _SECTION.sub(lambda found: f"<!-- {found[1]} -->\n\n{SECTIONS[found[1]]()}\n\n<!-- end -->", page)


def main(pages: Iterable[Path] = PAGES) -> None:
    """Write them."""
    for page in pages:
        page.write_text(render(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
