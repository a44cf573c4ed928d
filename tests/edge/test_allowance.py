"""What one connection may send, and how much of it is counted ahead."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.core.pace import Pace
from engine.edge.allowance import (
    MOST_KEPT,
    OTHER_FRAMES_AT_ONCE,
    OTHER_FRAMES_PER_S,
    SESSION_FULL,
    SITE_BUSY,
    TOO_MANY,
    Allowance,
)
from engine.edge.session_allowance import TOLD_EVERY, SessionAllowance
from engine.native import Door, Inbox
from tests.edge.tabs import a_tab
from tests.edge.test_session_allowance import Hashes


@dataclass
class Limits:
    events_per_second: float = 10
    events_burst: int = 5


def an_allowance(most: int = 0, pace: Pace | None = None, hashes: Hashes | None = None) -> Allowance:
    session = SessionAllowance(hashes or Hashes(), most) if most else None
    door = Door(None, Inbox([], lambda _now: None, lambda _stream: None, 16), lambda _transport, _frame: None)
    door.heard = 0.0
    allowance = Allowance(door, Limits(), pace, session)
    allowance.begin(a_tab())
    return allowance


def sent(allowance: Allowance, events: int) -> tuple[int, str]:
    """Send events at one moment, by the credit or by asking; return how many were taken, and why no more were."""
    for n in range(events):
        if allowance._door.credit and n % 2:
            allowance._door.credit -= 1
        elif reason := allowance.refuses(a_tab(), 1.0):
            return n, reason
    return events, ""


def test_frames_that_are_no_messages_have_a_pace_of_their_own_where_events_have_one() -> None:
    allowance = an_allowance()
    assert not any(allowance.refuses_other(1.0) for _ in range(OTHER_FRAMES_AT_ONCE))
    assert allowance.refuses_other(1.0)
    assert not allowance.refuses_other(1.0 + 1 / OTHER_FRAMES_PER_S)
    allowance._limits = Limits(0)
    assert not allowance.refuses_other(1.0)


@pytest.mark.parametrize("asks_again", [False, True])
def test_what_a_client_kept_and_a_burst_may_come_at_once(asks_again: bool) -> None:
    allowance = an_allowance()
    for _ in range(50 if asks_again else 0):
        assert not allowance.refuses(a_tab(), 1.0)
        allowance.ask_again()
    taken = 50 if asks_again else 0
    assert sent(allowance, 1_000) == (MOST_KEPT + 5 - taken, TOO_MANY)


@pytest.mark.parametrize("most", [3, TOLD_EVERY, TOLD_EVERY + 20, MOST_KEPT])
def test_session_holds_up_what_the_connection_would_not(most: int) -> None:
    assert sent(an_allowance(most), 1_000) == (most, SESSION_FULL)


def test_credit_that_was_not_used_is_not_told_of_the_session() -> None:
    hashes = Hashes()
    allowance = an_allowance(120, hashes=hashes)
    assert sent(allowance, 7) == (7, "")
    assert allowance._door.credit == TOLD_EVERY - 7
    allowance.end(a_tab())
    assert sum(hashes.counts.values()) == 7


def test_where_a_site_has_a_pace_each_event_is_asked_about() -> None:
    allowance = an_allowance(pace=Pace(0.001, 3))
    assert sent(allowance, 1_000) == (3, SITE_BUSY)
    assert allowance._door.credit == 0
