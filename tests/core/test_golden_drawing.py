"""Golden sessions drawn from recorded ones: they play as they were, and tell nothing of who it was."""

from __future__ import annotations

import pytest

from engine.core.golden import read_sessions, run_session
from engine.core.golden_drawing import draw_session
from tests.core.recordings import Recording, rules_of

PRODUCT = {"id": "p1", "name": "Pot", "price": 9.5, "currency": "EUR", "stock": 3}


def lines(records: Recording) -> list[str]:
    return [line.strip() for line in draw_session("sweetener", records).splitlines()]


def test_drawn_session_plays_as_it_was() -> None:
    records = Recording().hello(language="th", sessions=3, source="ig").views(0, "home").dwells(4, 4_000)
    text = draw_session("sweetener", records.views(5, "cart").dwells(35, 20_000))
    [session] = read_sessions({"drawn.session.yaml": text + "  fires: [sweetener]\n"})
    assert str(run_session(rules_of(), session)).startswith("ok")
    assert (session.visitor.language, session.visitor.source, session.visitor.sessions) == ("th", "ig", 3)


def test_time_is_attentive_as_far_as_it_was_reported_and_away_else() -> None:
    records = Recording().hello().views(0, "home").dwells(4, 4_000).views(64, "cart").dwells(70, 900)
    assert lines(records)[3:] == [
        '- {"page_view": {"kind": "home", "url": "/home"}}',
        '- {"after": "4s", "attentive": true}',
        '- {"after": "1m", "away": true}',
        '- {"page_view": {"kind": "cart", "url": "/cart"}}',
        '- {"after": "900ms", "attentive": true}',
    ]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("page_view", {"kind": "product", "url": "https://shop.example/p?mail=a@b.example", "category": "pots",
                       "title": "Hello Jo", "product": PRODUCT},
         '{"page_view": {"kind": "product", "url": "/p", "category": "pots", '
         '"product": {"id": "p1", "price": 9.5, "currency": "EUR", "stock": 3, "name": "p1"}}}'),
        ("page_view", {"kind": "product", "url": "/p", "product": {"id": "p2"}},
         '{"page_view": {"kind": "product", "url": "/p", "product": {"id": "p2"}}}'),
        ("page_view", {"kind": "other", "url": "/orders/20261122/jo@shop.example/x"},
         '{"page_view": {"kind": "other", "url": "/orders/x/x/x"}}'),
        ("exit_intent", {}, '{"exit_intent": true}'),
        ("purchase", {"transaction_id": "T-1", "value": 9.5, "currency": "EUR",
                      "items": [{"item_id": "p1", "item_name": "Pot"}]},
         '{"purchase": {"value": 9.5, "currency": "EUR", "items": [{"item_id": "p1"}]}}'),
        ("search", {"search_term": "my name"}, '{"search": {}}'),
    ],
)  # fmt: skip
def test_what_could_name_somebody_is_left_out(name: str, data: dict[str, object], told: str) -> None:
    drawn = lines(Recording().does(0, name, data))
    assert drawn[-1] == f"- {told}"
    assert not any(line.startswith("visitor") for line in drawn)


@pytest.mark.parametrize("name", ["wake", "chat_message", "popup_view"])
def test_what_the_browser_does_by_itself_is_left_out(name: str) -> None:
    records = Recording().views(0, "home").does(0.5, name, {"fire": "f_1", "text": "xx"})
    assert lines(records)[-1].startswith('- {"page_view"')


def test_what_was_looked_at_before_is_told_by_ids() -> None:
    records = Recording().hello(sessions=2, had={"seen": [{"id": "mug"}, {"id": "pot"}], "orders": 1}).views(0, "home")
    assert 'visitor: {"sessions": 2, "seen": ["mug", "pot"]}' in lines(records)


def test_session_without_events_draws_nothing() -> None:
    assert draw_session("sweetener", Recording().hello()) == ""
