"""What the engine counts of its own work."""

import asyncio
import time

from engine.edge import telemetry as telemetry_module
from engine.edge.telemetry import BOUNDS_S, Histogram, Tally, Telemetry, merge
from tests.waiting import eventually


def test_histogram_counts_into_the_first_bound_that_holds_it() -> None:
    histogram = Histogram(BOUNDS_S)
    for seconds in (0.0, BOUNDS_S[0], BOUNDS_S[0] * 1.01, BOUNDS_S[-1], 99.0):
        histogram.add(seconds)
    assert histogram.counts[:2] == [2, 1]
    assert histogram.counts[-2:] == [1, 1]
    assert sum(histogram.counts) == 5


def test_labels_past_the_limit_are_counted_as_other() -> None:
    tally = Tally()
    for n in range(telemetry_module.MOST_SERIES + 10):
        tally.add("rule", f"r{n}")
    tally.add("rule", "r0")
    assert len(tally.counts) == telemetry_module.MOST_SERIES + 1
    assert tally.counts["other", "other"] == 10
    assert tally.counts["rule", "r0"] == 2


async def test_stalled_event_loop_is_seen() -> None:
    telemetry = Telemetry()
    measuring = asyncio.create_task(telemetry.measure_loop_lag())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(time.sleep, 0.3)
    await eventually(lambda: sum(telemetry.loop_lag.counts))
    measuring.cancel()
    assert 0.15 < telemetry.loop_lag.total_s < 2


def test_counts_of_all_workers_are_added_up() -> None:
    one, other = Telemetry(), Telemetry()
    for telemetry in (one, other):
        telemetry.connected()
        telemetry.event()
        telemetry.refused("bad_event")
        telemetry.acknowledged(0.003)
        telemetry.shown(0.004)
    one.connected()
    one.disconnected()
    one.fired("welcome")
    other.held("welcome", "session")
    other.unseen("welcome")
    total = merge([one.snapshot(), other.snapshot()])
    assert (total["events"], total["connections"], total["connections_opened"]) == (2, 2, 3)
    assert total["refusals"] == [[["bad_event"], 2]]
    assert total["fires"] == [[["welcome", ""], 1]]
    assert total["holds"] == [[["welcome", "session"], 1]]
    assert total["unseen_fires"] == [[["welcome"], 1]]
    assert sum(total["ack_latency"]["counts"]) == 2
    assert round(total["show_latency"]["total_s"], 6) == 0.008
