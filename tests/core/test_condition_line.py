"""One line of a rule: what is read from it, and the sentence where it cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.cart_items import CartPart
from engine.core.condition_line import read_line, read_reading
from engine.core.line_parts import LineError
from tests.core.cases import refused

READ = [
    ("views(cart) > 2", "views(cart)", ">", 2),
    ("views(cart)>2", "views(cart)", ">", 2),
    ("  views( cart )   >=   2  ", "views(cart)", ">=", 2),
    ("views(cart) is 2", "views(cart)", "=", 2),
    ("views(cart) is not 2", "views(cart)", "is not", 2),
    ("views(cart) in [1, 2, 3]", "views(cart)", "in", (1, 2, 3)),
    ("count(purchase) not in [1]", "count(purchase)", "not in", (1,)),
    ("views(cart) in 7d > 2", "views(cart) in 7d", ">", 2),
    ("views(cart)  in  168h>2", "views(cart) in 7d", ">", 2),
    ("views(cart) in 30m in [1, 2]", "views(cart) in 30m", "in", (1, 2)),
    ("dwell(cart) in 1.5h >= 30s", "dwell(cart) in 90m", ">=", 30_000),
    ("product.views ever > 2", "product.views ever", ">", 2),
    ("count(purchase) in 30d = 0", "count(purchase) in 30d", "=", 0),
    ("count( purchase  where  value >= 1000 ) ever is 1", "count(purchase where value >= 1000) ever", "=", 1),
    ("count(a where b is 3) > 1", "count(a where b is 3)", ">", 1),
    ('count(a where b = "x (y)") > 1', 'count(a where b is "x (y)")', ">", 1),
    ("count(a where b not in [Red, 'dark blue']) > 1", 'count(a where b not in [red, "dark blue"])', ">", 1),
    ("count(a where b.c is salt and pepper) > 1", 'count(a where b.c is "salt and pepper")', ">", 1),
    ("since(add_to_cart) > 90s", "since(add_to_cart)", ">", 90_000),
    ("since(a where b > 1.50) < 90s", "since(a where b > 1.5)", "<", 90_000),
    ("page is cart", "page", "is", "cart"),
    ("page = cart", "page", "is", "cart"),
    ("page is 'cart'", "page", "is", "cart"),
    ('page in [cart, "product"]', "page", "in", ("cart", "product")),
    ("page.dwell > 10s", "page.dwell", ">", 10_000),
    ("page.dwell > 10 s", "page.dwell", ">", 10_000),
    ("page.dwell >= 1.5h", "page.dwell", ">=", 5_400_000),
    ("page.dwell < 500ms", "page.dwell", "<", 500),
    ("session.age <= 7d", "session.age", "<=", 604_800_000),
    ("scroll > 50%", "page.scroll", ">", 50),
    ("page.scroll >= 12.5%", "page.scroll", ">=", 12.5),
    ("product.price > 1500", "product.price", ">", 1500),
    ("product.price > -2.5", "product.price", ">", -2.5),
    ("product.name contains Running  Shoe", "product.name", "contains", "running shoe"),
    ('product.name contains "Red, blue"', "product.name", "contains", "red, blue"),
    (r'product.name is "a \"b\" \\ c"', "product.name", "is", r'a "b" \ c'),
    ("product.name contains salt and pepper", "product.name", "contains", "salt and pepper"),
    ("product.name is 'it is ;-)'", "product.name", "is", "it is ;-)"),
    ('product.name is "shoes and page is cart"', "product.name", "is", "shoes and page is cart"),
    ('traffic.source is ""', "traffic.source", "is", ""),
    ("product.id is 4711", "product.id", "is", "4711"),
    ("page.path matches /p/*", "page.path", "matches", "/p/*"),
    ("page.path starts   with /p/", "page.path", "starts with", "/p/"),
    ("visitor.device is phone", "visitor.device", "is", "phone"),
    ("visitor.country is tw", "visitor.country", "is", "TW"),
    ("visitor.country in [TW, 'hk']", "visitor.country", "in", ("TW", "HK")),
    ("visitor.stage at least shopper", "visitor.stage", "at least", 2),
    ("visitor.stage at most repeat-buyer", "visitor.stage", "at most", 4),
    ("visitor.stage in [buyer, repeat buyer]", "visitor.stage", "in", (3, 4)),
    ("visitor.tags has Shoes", "visitor.tags", "has", "shoes"),
    ("visitor.field(size) is L", "visitor.field(size)", "is", "l"),
    ("visitor.field(size) is 42.0", "visitor.field(size)", "is", "42"),
    ("visitor.field(size) > 42", "visitor.field(size)", ">", 42),
    ("visitor.field(size) in [S, 42]", "visitor.field(size)", "in", ("s", "42")),
    ("visitor.orders >= 2", "visitor.orders", ">=", 2),
    ("visitor.spent > 1500.5", "visitor.spent", ">", 1500.5),
    ("cart has A-100", "cart", "has", CartPart("sku", "a-100")),
    ('cart has "product"', "cart", "has", CartPart("sku", "product")),
    ("cart has product", "cart", "has", CartPart("product")),
    ("cart has category(Running shoes)", "cart", "has", CartPart("category", "running shoes")),
    ("clock.hour >= 18", "clock.hour", ">=", 18),
    ("clock.weekday in [sat, sun]", "clock.weekday", "in", ("sat", "sun")),
    ("clock.weekday in [fri-mon, wed]", "clock.weekday", "in", ("fri", "sat", "sun", "mon", "wed")),
    ("clock.date >= 2026-11-01", "clock.date", ">=", "2026-11-01"),
    ("clock.date is not 2026-12-25", "clock.date", "is not", "2026-12-25"),
    ("agents.online", "agents.online", "is", True),
    ("exit_intent", "exit_intent", "is", True),
    ("visitor.returning", "visitor.returning", "is", True),
    ("visitor.returning is yes", "visitor.returning", "is", True),
    ("visitor.returning is no", "visitor.returning", "is", False),
    ("visitor.returning is not no", "visitor.returning", "is", True),
    ("visitor.returning = no", "visitor.returning", "is", False),
]


@pytest.mark.parametrize(("line", "reading", "symbol", "expected"), READ)
def test_line_becomes_a_comparison(line: str, reading: str, symbol: str, expected: Any) -> None:
    comparison = read_line(line)
    assert (str(comparison.reading), comparison.operator.symbol, comparison.expected) == (reading, symbol, expected)
    assert type(comparison.expected) is type(expected)


REFUSED = [(each["line"], each["at"], each["says"]) for each in refused("lines")] + [
    ("product.name is " + "x" * 257, 16, "text with 257 characters exceeds limit of 256"),
    ("views(cart) in [" + "1, " * 100 + "1]", 15, "list with 101 values exceeds limit of 100"),
]


@pytest.mark.parametrize(("line", "at", "sentence"), REFUSED)
def test_line_is_refused_with_a_sentence_and_a_place(line: str, at: int, sentence: str) -> None:
    with pytest.raises(LineError) as error:
        read_line(line)
    assert str(error.value) == sentence
    assert error.value.at == at


def test_operators_as_they_are_said_are_taken_only_where_asked_for() -> None:
    assert read_line("views(cart) is more than 2", spoken=True) == read_line("views(cart) > 2")
    assert read_line("page is one of [cart, product]", spoken=True) == read_line("page in [cart, product]")
    assert read_line("page.dwell is 10s", spoken=True) == read_line("page.dwell = 10s")
    with pytest.raises(LineError, match="expected a whole number such as 3, found 'more than 2'"):
        read_line("views(cart) is more than 2")


def test_fact_alone_is_read_for_placeholders() -> None:
    assert str(read_reading(" views( cart ) ")) == "views(cart)"
    with pytest.raises(LineError, match="expected a fact alone, found '> 2' after it"):
        read_reading("views(cart) > 2")
    with pytest.raises(LineError, match="expected a fact alone, found 'in 7d' after it"):
        read_reading("views(cart) in 7d")


@pytest.mark.parametrize("said", ["since(login)", "count(login where plan is gold)"])
def test_fact_that_is_kept_only_for_conditions_is_no_placeholder(said: str) -> None:
    with pytest.raises(LineError, match="is known only where a condition reads it, and cannot stand alone"):
        read_reading(said)
