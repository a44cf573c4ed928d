"""Golden sessions drawn from recorded ones: they play as they were, and tell nothing of who it was."""

from __future__ import annotations

from itertools import product

import pytest

from engine.core.golden import read_sessions, run_session
from engine.core.golden_drawing import MOST_EVENTS, MOST_SESSIONS_BEFORE, draw_session, drawings
from engine.core.recorded import Record
from tests.core.recordings import NOON, Recording, rules_of

DAY_S = 86_400
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


def test_what_the_visitor_was_is_told_but_no_words_and_numbers_of_their_own() -> None:
    had = {
        "stage": 4, "orders": 2, "spent": 99.5, "tags": ["shoes"], "e:purchase": 2,
        "seen": [{"id": "mug"}, {"id": "pot"}], "f:size": [42], "f:colour": ["red"], "f:name": ["x"],
        "f:phone": [886912345678],
    }  # fmt: skip
    referrer = "https://news.example/u/123456/post"
    records = Recording().hello(had=had, sessions=2, country="TW", referrer=referrer).views(0, "home")
    [session] = read_sessions({"drawn.session.yaml": draw_session("sweetener", records)})
    assert session.visitor.known == {
        "stage": 4, "orders": 2, "spent": 99.5, "tags": ["shoes"], "seen": [{"id": "mug"}, {"id": "pot"}],
        "f:size": [42], "f:colour": ["red"],
    }  # fmt: skip
    assert (session.visitor.sessions, session.visitor.country) == (2, "TW")
    assert session.visitor.referrer == "https://news.example/u/x/post"


def test_what_a_hello_in_the_middle_says_of_the_visitor_is_not_what_they_were_before() -> None:
    records = Recording().views(0, "home").hello(1, sessions=2, had={"orders": 1}).views(2, "cart")
    assert 'visitor: {"sessions": 2}' in lines(records)


def sessions(many: int, views: int = 1) -> list[Record]:
    """One session a day, in each of which the cart is looked at so often."""
    parts = [Recording(f"doc{n:03}", f"s{n}").hello(n * DAY_S, sessions=n + 1) for n in range(many)]
    for n, view in product(range(many), range(views)):
        parts[n].views(n * DAY_S + view, "cart")
    return [each for part in parts for each in part]


def test_session_is_drawn_alone_and_then_with_ever_more_of_those_before() -> None:
    drawn = list(drawings("sweetener", sessions(4), "s2"))
    assert [each.text.count("page_view") for each in drawn] == [1, 2, 3]
    assert [each.text.count('"after": "1d"') for each in drawn] == [0, 1, 2]
    half_an_hour_ms = 1_800_000
    began_ms = NOON + 2 * DAY_S * 1_000
    assert [each.from_ms for each in drawn] == [0, *[began_ms - half_an_hour_ms // 2] * 2]
    assert list(drawings("sweetener", sessions(2), "s7")) == []


def test_no_more_is_drawn_than_somebody_would_read() -> None:
    many = MOST_SESSIONS_BEFORE + 3
    assert len(list(drawings("sweetener", sessions(many), f"s{many - 1}"))) == MOST_SESSIONS_BEFORE + 1
    assert len(list(drawings("sweetener", sessions(3, MOST_EVENTS // 2), "s2"))) == 2


def test_session_of_which_nothing_is_recorded_is_told_by_those_before() -> None:
    records = [*Recording().views(0, "home"), *Recording("docbbb", "s2").hello(DAY_S)]
    assert [each.text.count("page_view") for each in drawings("sweetener", records, "s2")] == [1]


def test_session_without_events_draws_nothing() -> None:
    assert draw_session("sweetener", Recording().hello()) == ""
