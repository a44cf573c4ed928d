"""How many events a session may send, over all its documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from engine.edge.lane import RedisLane
from engine.edge.session_allowance import TOLD_EVERY, SessionAllowance
from engine.edge.visitor_state import RedisVisitorState
from tests.edge.tabs import a_tab

ENDED_S = 31 * 60


class Hashes:
    """The sessions' hashes, as Redis would keep them. Where ``silent``, answers never come."""

    def __init__(self) -> None:
        self.counts: Counter[bytes] = Counter()
        self.silent = False

    def call(self, reply_to: Callable[[Any], None], *words: bytes | str | int) -> None:
        verb, function, keys, key, amount = words
        assert isinstance(key, bytes)
        assert isinstance(amount, int)
        assert (verb, function, keys) == ("FCALL", "shopbell_tally", 1)
        self.counts[key] += amount
        reply_to(ConnectionError("gone") if self.silent else self.counts[key])


def sent(allowance: SessionAllowance, tab: Any, events: int, now: float = 0.0) -> int:
    """Send events; return how many were not too many."""
    return sum(not allowance.is_over(tab, now) for _ in range(events))


def test_session_may_send_exactly_so_many_over_one_connection() -> None:
    tab, allowance = a_tab(), SessionAllowance(Hashes(), 120)
    allowance.begin(tab)
    assert sent(allowance, tab, 500) == 120


def test_next_connection_goes_on_where_the_last_one_ended() -> None:
    tab, hashes = a_tab(), Hashes()
    first = SessionAllowance(hashes, 3 * TOLD_EVERY)
    first.begin(tab)
    assert sent(first, tab, 2 * TOLD_EVERY + 1) == 2 * TOLD_EVERY + 1
    second = SessionAllowance(hashes, 3 * TOLD_EVERY)
    second.begin(tab)
    assert sent(second, tab, 500) == TOLD_EVERY


def test_many_documents_at_once_are_held_to_their_sum_but_for_what_they_have_not_told() -> None:
    tab, hashes, most = a_tab(), Hashes(), 10 * TOLD_EVERY
    open_now = [SessionAllowance(hashes, most) for _ in range(4)]
    for each in open_now:
        each.begin(tab)
    total = sum(sent(each, tab, 1) for _ in range(1_000) for each in open_now)
    assert most <= total <= most + len(open_now) * TOLD_EVERY


def test_new_session_begins_anew() -> None:
    tab, allowance = a_tab(), SessionAllowance(Hashes(), 5)
    allowance.begin(tab)
    assert sent(allowance, tab, 9) == 5
    tab.session = "another"
    assert sent(allowance, tab, 9) == 5


def test_session_that_has_ended_unheard_begins_anew() -> None:
    tab, allowance = a_tab(), SessionAllowance(Hashes(), 5)
    allowance.begin(tab)
    assert sent(allowance, tab, 9, now=10.0) == 5
    assert sent(allowance, tab, 9, now=10.0 + ENDED_S / 2) == 0
    assert sent(allowance, tab, 9, now=10.0 + ENDED_S) == 5


def test_without_an_answer_a_connection_is_held_to_what_it_sends_itself() -> None:
    tab, hashes = a_tab(), Hashes()
    hashes.silent = True
    allowance = SessionAllowance(hashes, 3 * TOLD_EVERY)
    allowance.begin(tab)
    assert sent(allowance, tab, 500) == 3 * TOLD_EVERY


def test_events_that_are_few_are_told_once_in_a_while() -> None:
    tab, hashes = a_tab(), Hashes()
    allowance = SessionAllowance(hashes, 2_000)
    allowance.begin(tab)
    sent(allowance, tab, TOLD_EVERY)
    assert sum(hashes.counts.values()) == 0
    sent(allowance, tab, 1)
    assert sum(hashes.counts.values()) == TOLD_EVERY


def test_connections_that_end_early_are_counted_to_the_last_event() -> None:
    tab, hashes = a_tab(), Hashes()
    total = 0
    for _ in range(200):
        each = SessionAllowance(hashes, 2 * TOLD_EVERY)
        each.begin(tab)
        total += sent(each, tab, 3)
        each.end(tab)
    assert total == 2 * TOLD_EVERY


def test_connection_that_said_nothing_tells_nothing() -> None:
    tab, hashes = a_tab(), Hashes()
    allowance = SessionAllowance(hashes, 5)
    allowance.begin(tab)
    before = len(hashes.counts)
    allowance.end(tab)
    assert (len(hashes.counts), sum(hashes.counts.values())) == (before, 0)


async def test_session_that_was_erased_is_not_made_again(redis_url: str) -> None:
    lane, tab = RedisLane(redis_url), a_tab()
    await lane.start()
    await RedisVisitorState(lane).load_functions()
    told = [await lane.ask("FCALL", "shopbell_tally", 1, tab.keys.session, 50)]
    assert await lane.ask("EXISTS", tab.keys.session) == 0
    await lane.ask("HSET", tab.keys.session, "id", "s1")
    told += [await lane.ask("FCALL", "shopbell_tally", 1, tab.keys.session, n) for n in (50, 3)]
    assert told == [0, 50, 53]
    await lane.stop()
