"""``do`` of a rule: what it says, what is wrong with it, and how it reaches the store."""

from __future__ import annotations

import pytest

from engine.core.doing import Change, words_of
from engine.core.store_model import VisitorModel
from engine.core.tags import MOST_TAGS
from tests.core.reading import A_CHAT, a_rule, problems, read, read_one


def doing(text: str) -> tuple[Change, ...]:
    return read_one(a_rule(more=f"do: {text}\n")).do


def test_tags_are_given_and_taken_one_or_several() -> None:
    assert doing("[tag: Shoes, {untag: [new, sale]}]") == (
        Change("tag", "shoes"),
        Change("untag", "new"),
        Change("untag", "sale"),
    )


def test_one_thing_to_do_needs_no_list() -> None:
    assert doing("{tag: Shoes, set: {size: 42}}") == doing("[tag: Shoes, set: {size: 42}]")


def test_fields_are_numbers_or_texts() -> None:
    assert doing("[set: {size: 42, half: 1.5, code: '42', plan: Gold, note: ''}]") == (
        Change("set", "size", 42),
        Change("set", "half", 1.5),
        Change("set", "code", "42"),
        Change("set", "plan", "Gold"),
        Change("set", "note", ""),
    )


def test_changes_are_said_in_words() -> None:
    changes = doing("[tag: red shoes, set: {size: 42}]")
    assert [str(each) for each in changes] == ['tag "red shoes"', "set size: 42"]
    assert str(Change("set", "plan", "Gold")) == "set plan: Gold"


def test_rule_that_only_does_something_shows_nothing() -> None:
    (compiled,) = read("- {rule: r, when: [page is home], do: [tag: x]}").rules
    assert compiled.rule.is_silent
    assert not read_one(a_rule(more="do: [tag: x]\n")).is_silent


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tag", "5:7: expected what to do, such as {tag: shoes}, or a list of it, found 'tag'"),
        ("[]", "5:7: expected something to do, such as {tag: shoes}"),
        ("[tga: x]", "5:8: unknown thing to do 'tga', expected one of tag, untag, set (did you mean 'tag'?)"),
        ("[tag: '']", "5:13: expected a tag of at most 64 characters, such as shoes, found nothing"),
        ("[tag: {}]", "5:13: expected a tag of at most 64 characters, such as shoes, found a mapping"),
        ("[set: size]", "5:13: expected fields and their values, such as {size: 42}, found 'size'"),
        ("[set: {}]", "5:13: expected fields and their values, such as {size: 42}, found a mapping"),
        ("[set: {My size: 4}]", "5:14: expected the name of a field such as size, found 'My size'"),
        ("[set: {size: [4]}]", "5:20: expected a number or a text of at most 256 characters, found a list"),
        (f"[tag: [{', '.join(f't{n}' for n in range(21))}]]", "5:7: rule that does 21 things exceeds limit of 20"),
    ],
)
def test_what_is_wrong_with_a_do_is_said(text: str, says: str) -> None:
    assert problems(a_rule(more=f"do: {text}\n")) == [f"rules.yaml:{says}"]


def test_rule_that_neither_shows_nor_does_is_refused() -> None:
    assert problems("- {rule: r, when: [page is home]}") == [
        "rules.yaml:1:3: expected 'show:', the popup, or 'do:', what else happens"
    ]


def test_words_are_triples_with_values_as_json() -> None:
    words = words_of([Change("tag", "a"), Change("untag", "b"), Change("set", "n", 4), Change("set", "t", "ü")])
    assert words == ("tag", "a", "-", "untag", "b", "-", "set", "n", "[4]", "set", "t", '["ü"]')


def test_store_keeps_tags_in_their_order_and_only_so_many() -> None:
    store = VisitorModel()
    store.change([Change("tag", "a"), Change("tag", "b"), Change("tag", "a"), Change("untag", "c")], 0)
    assert store.hashes.visitor["tags"] == ["a", "b"]
    store.change([Change("untag", "a"), Change("set", "size", 0)], 0)
    assert store.hashes.visitor == {"tags": ["b"], "f:size": [0]}
    store.change([Change("tag", f"t{n}") for n in range(MOST_TAGS)], 0)
    assert len(store.hashes.visitor["tags"]) == MOST_TAGS
    assert store.hashes.visitor["tags"][0] == "t0"


def test_changed_rule_still_shows() -> None:
    assert read_one(a_rule(show=A_CHAT, more="do: [tag: x]\n")).show is not None
