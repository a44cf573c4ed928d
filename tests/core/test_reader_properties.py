"""Whatever a file holds, it becomes rules or sentences; whatever a rule says, printed and read again it is the same."""

from __future__ import annotations

import string
from contextlib import suppress
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from engine.core.cart_items import CartPart
from engine.core.condition_line import read_line
from engine.core.condition_tree import sequence_of
from engine.core.conditions import EVER, AllOf, AnyOf, Comparison, Condition, Not, Reading, Step
from engine.core.events import PAGE_KINDS
from engine.core.facts import DEVICES, FACTS, OPERATORS_OF, FactType
from engine.core.fields import ORDERED, as_text
from engine.core.golden import read_sessions, run_session
from engine.core.line_values import MOST_COUNTED
from engine.core.operators import OPERATORS
from engine.core.placeholders import clean
from engine.core.rule_errors import RuleErrors
from engine.core.rulefile import read_rules
from engine.core.spoken import read_spoken
from engine.core.wall_clock import WEEKDAYS
from tests.core.reading import a_rule, read
from tests.core.wheres import wheres
from tests.drawn import drawn

MARKS = [
    "views(", "count(", ")", "[", "]", "{", "}", ":", ",", "- ", "\n", "\n  ", "\t", '"', "'", "&a", "*a", "!!x", "<<",
    "|", ">", "#", "{{", "}}", "\\", "\0", "\ud800", "?", "10s", "3", "50%", "in 7d",
]  # fmt: skip
KEYS = [
    "where", "rule", "when", "show", "chat", "text", "coupon", "limit", "all", "any", "not", "session", "events",
    "after", "page_view", "holds", "at", "policy", "quiet", "stages", "once per session",
]  # fmt: skip
WORDS = [*FACTS, *OPERATORS, *PAGE_KINDS, *MARKS, *KEYS]

TEXT = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=40).map("".join),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
)


@drawn(200)
@given(TEXT)
@example("\x85")
@example('a: "\\U00110000"')
@example("- rule: r\n  when:\n    - views(\n  show:\n")
def test_reader_raises_nothing_but_its_own_errors(text: str) -> None:
    for files in ({"a.yaml": text}, {"site.yaml": text}, {"a.yaml": a_rule(repr(text))}, {"a.yaml": a_rule(show=text)}):
        with suppress(RuleErrors):
            read_rules(files)


@drawn(150)
@given(TEXT)
def test_reader_of_sessions_raises_nothing_but_its_own_errors(text: str) -> None:
    for said in (
        text,
        f"- session: a\n  events:\n    - {text}\n",
        f"- session: a\n  events: []\n  holds: {{a: {text!r}}}\n",
    ):
        with suppress(RuleErrors):
            for session in read_sessions({"a": said}):
                run_session(read(a_rule()), session)


def _values(kind: FactType) -> st.SearchStrategy[object]:
    number = st.integers(-(10**9), 10**9) | st.decimals(-1000, 1000, places=3, allow_nan=False).map(float)
    text = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=20).map(
        lambda text: " ".join(text.casefold().split())
    )
    by_type: dict[FactType, st.SearchStrategy[object]] = {
        FactType.COUNT: st.integers(0, 10**9),
        FactType.NUMBER: number.map(lambda n: int(n) if float(n).is_integer() else n),
        FactType.DURATION: st.integers(0, 10**10),
        FactType.PERCENT: st.integers(0, 100),
        FactType.TEXT: text.filter(bool),
        FactType.KIND: st.sampled_from(PAGE_KINDS),
        FactType.DEVICE: st.sampled_from(DEVICES),
        FactType.HOUR: st.integers(0, 23),
        FactType.WEEKDAY: st.sampled_from(WEEKDAYS),
        FactType.DATE: st.dates(date(2000, 1, 1), date(2199, 12, 31)).map(date.isoformat),
        FactType.COUNTRY: st.sampled_from(["TW", "HK"]),
        FactType.STAGE: st.integers(0, 4),
        FactType.TAGS: text.filter(bool).map(lambda word: word[:20]),
        FactType.FIELD: text.filter(bool).map(as_text),
        FactType.CART: st.one_of(
            st.just(CartPart("product")),
            st.builds(CartPart, st.sampled_from(["sku", "category"]), text.filter(bool) | st.just("product")),
        ),
    }
    return by_type[kind]


_ARGUMENTS = {"page kind": PAGE_KINDS, "event": ["add_to_cart"], "name": ["size", "last_visit2"]}


_WINDOWS = st.sampled_from([0, 0, EVER, 1, 1_500, 60_000, 7 * 86_400_000])
_STEPS = st.one_of(
    st.builds(Step, st.sampled_from(["login", "add_to_cart"]), st.none() | wheres()),
    st.builds(lambda kind: Step("page_view", kind=kind), st.sampled_from(PAGE_KINDS)),
)
_SEQUENCES = st.builds(sequence_of, st.lists(_STEPS, min_size=2, max_size=4), st.sampled_from([0, 1, 20_000]))


@st.composite
def _comparisons(draw: st.DrawFn) -> Comparison:
    fact = draw(st.sampled_from(list(FACTS.values())))
    argument = ""
    if fact.argument:
        argument = draw(st.sampled_from(_ARGUMENTS[fact.argument]))
    where = draw(st.none() | wheres()) if fact.argument == "event" else None
    reading = Reading(fact, argument, where, draw(_WINDOWS) if fact.windows else 0)
    if fact.type is FactType.SIGNAL:
        return Comparison(reading, OPERATORS["is"], True)
    if fact.type is FactType.YES_NO:
        return Comparison(reading, OPERATORS["is"], draw(st.booleans()))
    symbol = draw(st.sampled_from(OPERATORS_OF[fact.type]))
    first = next(each for each in OPERATORS_OF[fact.type] if OPERATORS[each].words == OPERATORS[symbol].words)
    is_number = fact.type is FactType.FIELD and symbol in ORDERED
    values = _values(FactType.NUMBER if is_number else fact.type)
    if reading.is_windowed and fact.type is FactType.COUNT:
        values = st.integers(0, MOST_COUNTED)
    expected = draw(st.lists(values, min_size=1, max_size=4).map(tuple) if symbol.endswith("in") else values)
    return Comparison(reading, OPERATORS[first], expected)


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    _comparisons() | _SEQUENCES,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(tuple).map(AllOf),
        st.lists(inner, min_size=1, max_size=3).map(tuple).map(AnyOf),
    ),
    max_leaves=8,
)


@drawn(200)
@given(CONDITIONS)
def test_condition_printed_and_read_again_is_the_same(condition: Condition) -> None:
    assert read_spoken(str(condition)) == condition


@drawn(200)
@given(_comparisons())
def test_line_written_with_its_symbol_is_read_as_it_was_meant(comparison: Comparison) -> None:
    reading, said = str(comparison.reading), f" {comparison.operator.words} "
    rest = str(comparison).removeprefix(reading)  # what is read may compare too: count(purchase where value is 0)
    if rest.startswith(said):
        assert read_line(f"{reading} {comparison.operator.symbol} {rest.removeprefix(said)}") == comparison


@given(st.text())
def test_values_from_outside_are_one_short_line_without_odd_characters(text: str) -> None:
    value = clean(text)
    assert len(value) <= 200
    assert not set(value) & set("\n\r\t\x00\u202e\u2066\u200f\ud800")
    assert clean(value) == value
    value.encode()


@given(st.text(string.ascii_lowercase + "*?", max_size=12), st.text(string.ascii_lowercase, max_size=12))
def test_pattern_matches_what_a_plain_search_would(pattern: str, text: str) -> None:
    def plain(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return plain(pattern[1:], text) or (bool(text) and plain(pattern, text[1:]))
        return bool(text) and pattern[0] in ("?", text[0]) and plain(pattern[1:], text[1:])

    assert OPERATORS["matches"].test(text, pattern) == plain(pattern, text)


def test_pattern_of_many_stars_takes_no_time() -> None:
    assert not OPERATORS["matches"].test("a" * 2000, "*a" * 60 + "b")
