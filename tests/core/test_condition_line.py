"""One line of a rule: what is read from it, and the sentence where it cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.condition_line import read_line, read_reading
from engine.core.line_values import LineError

READ = [
    ("views(cart) > 2", "views(cart)", ">", 2),
    ("views(cart)>2", "views(cart)", ">", 2),
    ("  views( cart )   >=   2  ", "views(cart)", ">=", 2),
    ("views(cart) is 2", "views(cart)", "=", 2),
    ("views(cart) is not 2", "views(cart)", "is not", 2),
    ("views(cart) in [1, 2, 3]", "views(cart)", "in", (1, 2, 3)),
    ("count(purchase) not in [1]", "count(purchase)", "not in", (1,)),
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


REFUSED = [
    # facts
    ("", 0, "expected a condition such as 'views(cart) > 2'"),
    ("> 3", 0, "expected a condition such as 'views(cart) > 2'"),
    (
        "page.dwel > 10s",
        0,
        "unknown fact 'page.dwel', expected one of page.path, page.url, page.title, page.views, ... "
        "(did you mean 'page.dwell'?)",
    ),
    ("zzz > 1", 0, "unknown fact 'zzz', expected one of page, page.path, page.url, page.title, ..."),
    ("__class__ > 1", 0, "unknown fact '__class__', expected one of page, page.path, page.url, page.title, ..."),
    (
        "views(basket) > 2",
        0,
        "unknown page kind 'basket', expected one of home, category, product, cart, ... (did you mean 'cart'?)",
    ),
    ("views > 2", 0, "views needs a page kind in brackets, such as views(cart)"),
    ("count > 2", 0, "count needs an event in brackets, such as count(purchase)"),
    ("views(cart > 2", 5, "expected ')' after '('"),
    ("page.dwell(cart) > 2s", 0, "page.dwell takes nothing in brackets, found '(cart)'"),
    ("count(Add To) > 1", 0, "expected the name of an event such as purchase in the brackets, found 'Add To'"),
    ("count() > 1", 0, "expected the name of an event such as purchase in the brackets, found ''"),
    ("count(page_dwell) > 1", 0, "page_dwell is no event to count, read page.dwell or dwell(KIND) instead"),
    ("count(wake) > 1", 0, "wake is no event to count, it only says that a moment has come"),
    # what is not built yet
    ("count(purchase where value > 3) > 1", 0, "'count(EVENT where ...)' is part of the language but not built yet"),
    ("cart has product", 0, "'cart has' is part of the language but not built yet"),
    ("visitor.stage at least shopper", 0, "'visitor.stage' is part of the language but not built yet"),
    ("visitor.field(size) is L", 0, "'visitor.field' is part of the language but not built yet"),
    ("since(add_to_cart) > 90s", 0, "'since' is part of the language but not built yet"),
    ("agents.online", 0, "'agents.online' is part of the language but not built yet"),
    ("product.views in 7d >= 3", 14, "'in 7d' is part of the language but not built yet"),
    ("views(cart) ever > 2", 12, "'ever' is part of the language but not built yet"),
    ("page.dwell in 7d > 3s", 11, "page.dwell takes no window, found 'in 7d'"),
    # operators
    ("page.dwell", 0, "expected an operator and a value, such as 'page.dwell > 10s'"),
    ("views(cart)", 0, "expected an operator and a value, such as 'views(cart) > 2'"),
    ("product.name", 0, "expected an operator and a value, such as 'product.name contains shoe'"),
    (
        "views(cart) => 3",
        12,
        "unknown operator '=>', expected one of =, is, is not, >, >=, <, <=, in, not in (did you mean '>='?)",
    ),
    (
        "views(cart) ≥ 3",
        12,
        "unknown operator '≥', expected one of =, is, is not, >, >=, <, <=, in, not in (did you mean '>='?)",
    ),
    ("page.dwell over 10s", 11, "unknown operator 'over', expected one of >, >=, <, <=, = (did you mean '>'?)"),
    ("page.dwell is more than 10s", 11, "'is' does not go with page.dwell, expected one of >, >=, <, <=, ="),
    (
        "views(cart) contains 2",
        12,
        "'contains' does not go with views, expected one of =, is, is not, >, >=, <, <=, in, not in",
    ),
    ("exit_intent > 3", 12, "exit_intent is a signal and stands alone, found '> 3' after it"),
    # values
    ("views(cart) >", 13, "expected a value after '>'"),
    ("page.dwell > 10", 13, "expected a duration such as 10s, found '10'"),
    ("page.dwell > 0.0001s", 13, "expected a duration such as 10s, found '0.0001s'"),
    ("page.dwell > 9999999d", 13, "expected a duration such as 10s, found '9999999d'"),
    ("scroll > 60", 9, "expected a percent such as 50%, found '60'"),
    ("scroll > 160%", 9, "expected a percent such as 50%, found '160%'"),
    ("views(cart) > many", 14, "expected a whole number such as 3, found 'many'"),
    ("views(cart) > 2.5", 14, "expected a whole number such as 3, found '2.5'"),
    ("views(cart) > -1", 14, "expected a whole number such as 3, found '-1'"),
    ("views(cart) > true", 14, "expected a whole number such as 3, found 'true'"),
    ("product.price > 1e400", 16, "expected a number such as 1500, found '1e400'"),
    ("product.price > 1,500", 16, "expected a number such as 1500, found '1,500'"),
    ("product.price > NaN", 16, "expected a number such as 1500, found 'NaN'"),
    ("product.price > ٣", 16, "expected a number such as 1500, found '٣'"),
    (
        "page is basket",
        8,
        "unknown page kind 'basket', expected one of home, category, product, cart, ... (did you mean 'cart'?)",
    ),
    ("page is Cart", 8, "unknown page kind 'Cart', expected one of home, category, product, cart, ... (did you mean 'cart'?)"),
    (
        "visitor.device is mobile",
        18,
        "unknown device 'mobile', expected one of phone, tablet, desktop (did you mean 'phone'?)",
    ),
    ("visitor.returning is true", 21, "expected yes or no, found 'true' (did you mean 'yes'?)"),
    ("visitor.returning is maybe", 21, "expected yes or no, found 'maybe'"),
    ("page is cart and views(cart) > 2", 13, "one condition a line, found 'and'"),
    ("page.title contains a || not page.path is b", 22, "one condition a line, found '||'"),
    ("page is [cart]", 8, "'is' takes one value, found a list"),
    ("page in cart, product", 8, "expected a list such as [cart, product] after 'in', found 'cart, product'"),
    ("page in []", 8, "expected a list such as [cart, product] after 'in', found an empty one"),
    ("views(cart) in 7", 15, "expected a window such as 7d or a list such as [1, 2] after 'in', found '7'"),
    ("product.name in [a, b,]", 16, "expected a value after ','"),
    ("product.name in [,a]", 16, "expected values with commas between them, found ',a'"),
    ("product.name in [\"a\" b]", 16, "expected ',' between values, found 'b'"),
    ('product.name is "open', 16, "expected a word or a text in quotes, found '\"open'"),
    ("product.name is a = b", 16, "expected a word or a text in quotes, found 'a = b'"),
    ('product.name contains ""', 22, "expected a text that is not empty"),
    ("product.name is " + "x" * 257, 16, "text with 257 characters exceeds limit of 256"),
    ("views(cart) in [" + "1, " * 100 + "1]", 15, "list with 101 values exceeds limit of 100"),
]  # fmt: skip


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
