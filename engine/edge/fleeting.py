"""
Visitors of whom nothing is kept: shoppers who do not consent, each page of theirs somebody new.

Their events are counted for the page's own popups and never logged; their live state goes two minutes after the
page, which is time enough to come back on another connection.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from engine.edge.clock import now_ms
from engine.edge.keys import VisitorKeys
from engine.edge.lane_port import Lane
from engine.tab import Tab

GONE_AFTER_MS = 2 * 60 * 1000
LONGEST_MS = 24 * 60 * 60 * 1000
"""An engine that is killed cannot let go of them: so long their keys live at the most. The functions use the same."""


def greet_fleeting(lane: Lane, tab: Tab) -> None:
    """Let a page that has come, or come back, keep its state while it is there."""
    _live_for(lane, tab, LONGEST_MS)
    tab.when_closed = partial(_live_for, lane, tab, GONE_AFTER_MS)


def _live_for(lane: Lane, tab: Tab, ms: int) -> None:
    keys: VisitorKeys = tab.keys
    for key in (keys.session, keys.visitor, keys.firings, keys.outbox, keys.trails, *keys.documents(now_ms())):
        lane.call(_ignore, "PEXPIRE", key, ms)


def _ignore(_reply: Any) -> None:
    """Where it did not get through, the state lives a day."""
