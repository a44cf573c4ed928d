"""Golden sessions drawn from an archive: each fires as it is played, those too that hang on what was before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from engine.core.archived import row_of
from engine.core.golden import read_sessions, run_session
from engine.edge.archive import Archive, Bookmark
from engine.edge.archive_reading import Recordings, Span
from engine.edge.backtests import Draft, Drawn, backtest, draw_golden
from engine.edge.replays import Source
from tests.edge.archives import NOON, SITE

SETTINGS = {"rules/site.yaml": "holdout: 0%\npolicy: {quiet: 0s}\n"}
DAY_MS = 86_400_000
ORDER = {"transaction_id": "T-1", "value": 40, "currency": "EUR"}


def entries() -> Iterator[tuple[int, bytes]]:
    """Two visits to the cart a day apart, by somebody who had ordered long before; the first one ends in an order."""
    for day in range(2):
        at_ms = NOON + day * DAY_MS
        said = {"v": "v1", "s": f"s{day}", "d": f"doc{day:05}"}
        had = {"stage": 3 + day, "orders": 1 + day, "tags": ["shoes"]}
        yield at_ms, orjson.dumps({**said, "t": at_ms, "hello": {"seq": 0, "sessions": 2 + day, "had": had}})
        done = [("page_view", {"kind": "cart", "url": "/cart"}), ("page_dwell", {"ms": 20_000})]
        done += [("purchase", ORDER)] if not day else []
        for seq, (name, data) in enumerate(done, 1):
            frame = {"type": "event", "seq": seq, "name": name, "data": data}
            yield at_ms, orjson.dumps({**said, "t": at_ms + (seq - 1) * 20_000, "f": frame})


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    rows = [row_of(text, (at_ms, n), 0) for n, (at_ms, text) in enumerate(entries())]
    Archive(tmp_path / "archive").add(SITE, 0, Bookmark(), Bookmark((NOON + DAY_MS, 0), len(rows)), rows)
    return tmp_path / "archive"


def drawn_for(archive: Path, *when: str) -> tuple[Drawn, Draft]:
    """Draw sessions of the second day for a rule."""
    words = ", ".join(("page is cart", *when))
    text = f"- {{rule: again, when: [{words}], show: {{chat: {{text: Hello}}}}}}\n"
    draft = Draft({"draft.yaml": text}, SETTINGS)
    span = Span(NOON + DAY_MS, NOON + 2 * DAY_MS)
    found = backtest(Source(archive, SITE, span), draft, lambda _share: None)
    return draw_golden(Recordings(archive), SITE, draft, found), draft


def test_what_the_visitor_was_is_said_of_the_visitor(archive: Path) -> None:
    was = (
        "visitor.stage at least repeat buyer",
        "visitor.orders = 2",
        "visitor.tags has shoes",
        "visitor.sessions = 3",
    )
    drawn, draft = drawn_for(archive, *was)
    [session] = read_sessions({"drawn": drawn.text})
    assert (drawn.text.count("page_view"), drawn.untold) == (1, 0)
    assert run_session(draft.rules(), session).passed


def test_what_the_visitor_did_is_told_as_a_session_before(archive: Path) -> None:
    drawn, draft = drawn_for(archive, "count(purchase) in 7d = 1", "views(cart) in 2d > 1", "views(cart) ever = 2")
    [session] = read_sessions({"drawn": drawn.text})
    assert (drawn.text.count("page_view"), drawn.untold) == (2, 0)
    assert run_session(draft.rules(), session).passed


def test_rule_that_fires_in_the_session_before_only_is_not_drawn(archive: Path) -> None:
    everybody, draft = drawn_for(archive)
    assert everybody.sessions == 1
    source = Source(archive, SITE, Span(NOON + DAY_MS, NOON + 2 * DAY_MS))
    found = backtest(source, draft, lambda _share: None)
    once = Draft({"draft.yaml": draft.files["draft.yaml"].replace("cart]", "cart, visitor.orders = 1]")}, SETTINGS)
    drawn = draw_golden(Recordings(archive), SITE, once, found)
    assert (drawn.text, drawn.sessions, drawn.untold) == ("", 0, 1)


def test_session_of_events_that_golden_ones_cannot_name_is_not_drawn(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.core.golden_drawing._told", lambda _record: {"url": 5})
    drawn, _ = drawn_for(archive)
    assert (drawn.sessions, drawn.untold) == (0, 1)
