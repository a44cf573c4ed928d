"""The names of keys: one visitor's share a slot, logs spread, days change at midnight."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.edge.keys import DAY_MS, VisitorKeys, log_key, outcomes_key, visitor_tag
from engine.edge.slots import SLOTS, slot_of

NAMES = st.text(st.characters(blacklist_characters="{}", blacklist_categories=["Cs"]), max_size=20)


@given(site=NAMES, visitor=NAMES, now_ms=st.integers(0, 2**42))
def test_all_keys_of_a_visitor_have_one_hash_tag(site: str, visitor: str, now_ms: int) -> None:
    keys = VisitorKeys(site, visitor)
    names = [keys.session, keys.visitor, keys.firings, keys.outbox, keys.trails, *keys.documents(now_ms)]
    assert len(set(names)) == 7
    assert {name[name.index(b"{") : name.index(b"}") + 1].decode() for name in names} == {visitor_tag(site, visitor)}
    assert all(name.startswith(b"sb:{") for name in names)


@pytest.mark.parametrize(("site", "visitor"), [("a{b", "v"), ("s", "v}"), ("{}", "")])
def test_names_with_braces_are_refused(site: str, visitor: str) -> None:
    with pytest.raises(ValueError, match="may not hold braces"):
        VisitorKeys(site, visitor)


def test_documents_of_yesterday_are_those_of_the_day_before() -> None:
    keys = VisitorKeys("s", "v")
    today, yesterday = keys.documents(20_000 * DAY_MS + DAY_MS - 1)
    assert (today, yesterday) == (b"sb:{s:v}d20000", b"sb:{s:v}d19999")
    assert keys.documents(20_000 * DAY_MS) == (today, yesterday)
    assert keys.documents(20_001 * DAY_MS) == (b"sb:{s:v}d20001", today)


def test_what_was_made_of_the_keys_is_dropped_when_they_change() -> None:
    keys = VisitorKeys("s", "v")
    keys.documents(0)
    keys.packed = ("session", False, (1, b"words"))
    keys.documents(DAY_MS - 1)
    assert keys.packed is not None
    keys.documents(DAY_MS)
    assert keys.packed is None


@given(site=NAMES, visitor=NAMES)
def test_keys_of_a_visitor_know_their_slot(site: str, visitor: str) -> None:
    keys = VisitorKeys(site, visitor)
    everything = (keys.session, keys.visitor, keys.firings, keys.outbox, keys.trails, *keys.documents(0))
    assert {slot_of(key) for key in everything} == {keys.slot}


def test_single_server_has_one_stream_of_each_kind() -> None:
    assert log_key("s", 0) == b"sb:{s:log:0}"
    assert outcomes_key("s") == b"sb:{s:outcomes}"


@given(site=NAMES, slot=st.integers(0, SLOTS - 1))
def test_streams_of_a_shard_lie_on_its_slot(site: str, slot: int) -> None:
    assert slot_of(log_key(site, slot + 1)) == slot_of(outcomes_key(site, slot + 1)) == slot
    assert log_key(site, slot + 1) != log_key(site + "x", slot + 1)
