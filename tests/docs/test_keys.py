"""The page of the keys in Redis names every field that the engine writes."""

from __future__ import annotations

import re

import pytest

from engine.core.counters import deltas
from engine.core.events import Cart, Event, Page, Product
from engine.edge import keys
from tests.docs.pages import DOCS, first_column, section
from tests.docs.render import FUNCTIONS

PAGE = DOCS / "reference" / "redis-keys.md"
MUG = Page(kind="product", url="/p/mug", path="/p/mug", product=Product(id="mug", category="Ceramics"))


def test_every_key_is_named() -> None:
    named = set(first_column(section(PAGE, "## Keys")))
    site, visitor = "SITE", keys.VisitorKeys("SITE", "VISITOR")
    of_visitor = {visitor.session, visitor.visitor, visitor.firings, visitor.outbox, visitor.trails}
    of_site = {keys.log_key(site, 0), keys.outcomes_key(site)}
    of_site |= {make(site) for make in (keys.counted_key, keys.refused_key, keys.refusals_key)}
    written = of_visitor | of_site | {keys.COUNTED, keys.SHARDS, keys.ARCHIVER_KEY.encode()}
    assert {each.decode() for each in written} <= named
    assert keys.gone_key(site, "VISITOR").startswith(b"sb:gone:")
    assert "sb:gone:DIGEST" in named
    makers = {name for name in vars(keys) if name.endswith("_key")}
    assert makers == {
        "_stream_key",
        "counted_key",
        "gone_key",
        "log_key",
        "outcomes_key",
        "refusals_key",
        "refused_key",
    }


@pytest.mark.parametrize(
    "event",
    [
        Event(1, "page_view", shown=MUG),
        Event(1, "page_dwell", ms=5),
        Event(1, "cart", cart=Cart(620, "TWD", 1, 1)),
        Event(1, "size_chart_opened"),
    ],
    ids=lambda event: event.name,
)
def test_every_counter_of_a_session_is_named(event: Event) -> None:
    named = {re.sub(r"[A-Z]{2,}$", "", each) for each in first_column(section(PAGE, "## The session's hash"))}
    words = deltas(event, MUG)
    written = [str(field) for verb, field in zip(words[::3], words[1::3], strict=True) if verb in ("+", "=", "1")]
    assert written
    assert [field for field in written if field not in named and not _begins(field, named)] == []


def _begins(field: str, named: set[str]) -> bool:
    return any(each.endswith(":") and field.startswith(each) for each in named)


def test_fields_that_the_functions_write_by_name_are_named() -> None:
    lua = "".join(path.read_text("utf-8") for path in FUNCTIONS.glob("*.lua"))
    session = set(first_column(section(PAGE, "## The session's hash")))
    visitor = set(first_column(section(PAGE, "## The visitor's hash")))
    assert set(re.findall(r"'HSET', session, '(\w+)', \w+, '(\w+)'", lua)) == {("id", "t0")}
    assert {"id", "t0", "from"} <= session
    assert set(re.findall(r"'H(?:INCRBY|SETNX)', visitor, '(\w+)'", lua)) == {"sessions", "first"}
    assert set(re.findall(r"'HINCRBY(?:FLOAT)?', keys\[2\], '(\w+)'", lua)) == {"orders", "spent"}
    assert set(re.findall(r"'HSET', keys\[2\], '(\w+)'", lua)) == {"stage", "tags", "seen"}
    assert {"sessions", "first", "orders", "spent", "stage", "tags", "seen", "f:NAME", "tx:ID"} == visitor
