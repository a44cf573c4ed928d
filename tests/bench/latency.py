"""Latency at half load: how long an event takes to be acknowledged, and a popup to go out."""

from __future__ import annotations

import asyncio
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import nan
from statistics import quantiles
from time import perf_counter
from urllib.request import urlopen

import uvloop

from tests.bench.contestants import ENGINE, PICOWS, Contestant, running
from tests.bench.effort import Effort
from tests.bench.host import Stolen
from tests.bench.load import CONNECTIONS, Round, closed_loop, newcomers, steady
from tests.bench.plays import BEFORE, DECIDES, Player
from tests.bench.processes import give_way
from tests.bench.report import Budget, Report
from tests.bench.shopper import Broken

_LEAD_IN_S = 2.0
_ASKS_EVERY_S = 0.005
_HISTOGRAMS = ("shopbell_show_latency", "shopbell_loop_lag")

_EVENTS_EACH = 500
"""At most so many of one shopper, on average: at a higher rate there are more of them."""

_FEWEST = 100

Buckets = list[tuple[float, float]]
"""Bounds in seconds, and how many were at most that."""
Probe = tuple[float, float]
"""When an event was sent that makes a popup come, and how long it took to come, in seconds."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was measured at ``rate``: by the shopper's clock, in seconds, and by the engine's histograms."""

    full: float
    rate: float
    load: Round
    acks_s: list[float]
    echoed: Round
    shows_s: list[float]
    calm_s: list[float]
    asked_s: list[float]
    inside: Buckets
    lag: Buckets


async def measure(effort: Effort) -> Report:
    """Find the full load, then send half of it, with shoppers in between whose popup is waited for."""
    with running(ENGINE, PICOWS) as (contestant, echo), ThreadPoolExecutor(1, initializer=give_way) as thread:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(thread, uvloop.run, _look(contestant, echo, effort))
    return Report(
        "Latency at half load",
        ("from", "to", "p50, ms", "p99, ms", "of"),
        [
            ["event sent", "acknowledgement received (shopper's clock)", *_percentiles(found.acks_s)],
            ["event sent", "popup received (shopper's clock)", *_percentiles(found.shows_s)],
            ["event sent", "popup received, of the calm (shopper's clock)", *_percentiles(found.calm_s)],
            ["event sent", "the same from a bare picows echo (shopper's clock)", *_percentiles(found.echoed.acks_s)],
            ["PING sent", "answered by the engine's Valkey (shopper's clock)", *_percentiles(found.asked_s)],
            ["frame received", "popup written (engine's histogram)", *_quantiles(found.inside)],
            ["timer due", "its turn (engine's loop lag)", *_quantiles(found.lag)],
        ],
        f"{found.rate:,.0f} events/s, half of the {found.full:,.0f} that the engine took before; measured once it has "
        f"gone on for {_LEAD_IN_S:.0f} s, as all of its shoppers begin at once. The load gives way to Valkey, which "
        "shares its core: shoppers have machines of their own. The shopper's clock includes the load's own delays. "
        f"{found.load.waited_share:.0%} of the time other programs had the engine's core, "
        f"{found.echoed.waited_share:.0%} of it the echo's: what the echo's frames waited for, the engine's did too. "
        "A popup waits for Valkey twice, one after the other: what its PINGs waited for, the popups did twice. Calm "
        f"is what began in a fifth of a second in which, as in the next, the host took the cores of this machine "
        f"for less than 10 ms, by its own count: {len(found.calm_s):,} of {len(found.shows_s):,} popups.",
        [
            Budget("event received to popup written at half load, p99", _quantile(found.inside, 0.99) * 1000, 5, "ms"),
            Budget("event sent to popup received at half load, p99 of the calm", _p99_ms(found.calm_s), 5, "ms"),
        ],
    )  # fmt: skip


async def _look(contestant: Contestant, echo: Contestant, effort: Effort) -> _Found:
    await closed_loop(contestant, 20)
    full = (await closed_loop(contestant, effort.events_each)).events_per_s
    rate, seconds = full / 2, _LEAD_IN_S + effort.latency_s
    shoppers = max(CONNECTIONS, int(rate * seconds / _EVENTS_EACH))
    print(f"latency: {rate:,.0f} events/s", file=sys.stderr)
    loading = asyncio.create_task(steady(contestant, rate, seconds, shoppers))
    await asyncio.sleep(_LEAD_IN_S)
    before = [await _buckets(contestant, each) for each in _HISTOGRAMS]
    host, probes, asked_s = Stolen(), list[Probe](), list[float]()
    meanwhile = [
        asyncio.create_task(each)
        for each in (host.watch(), _probe(contestant, probes), _ask_valkey(contestant, asked_s))
    ]
    load = await loading
    for each in meanwhile:
        each.cancel()
        with suppress(asyncio.CancelledError):
            await each
    after = [await _buckets(contestant, each) for each in _HISTOGRAMS]
    await closed_loop(echo, 20)
    echoed = await steady(echo, rate, effort.latency_s, shoppers)
    inside, lag = (_between(*each) for each in zip(before, after, strict=True))
    calm_s = [took_s for started, took_s in probes if host.nothing_from(started)]
    acks_s = load.acks_s[int(rate * _LEAD_IN_S) :]
    return _Found(full, rate, load, acks_s, echoed, [took_s for _, took_s in probes], calm_s, asked_s, inside, lag)


async def _probe(contestant: Contestant, found: list[Probe]) -> None:
    """Let one shopper after the other play the cart rule, until cancelled; note how long each popup took."""
    while True:
        ((shopper, _),) = await newcomers(contestant, 1)
        player = Player(shopper)
        await player.play(*BEFORE)
        shopper.on_show = partial(_note_time_since, perf_counter(), found)
        await player.play(DECIDES)
        if shopper.shows != 1:
            raise Broken(f"{shopper.shows} popups were shown, expected 1")
        shopper.close()


def _note_time_since(started: float, found: list[Probe]) -> None:
    found.append((started, perf_counter() - started))


async def _ask_valkey(contestant: Contestant, took_s: list[float]) -> None:
    """Ask the engine's Valkey for nothing, again and again until cancelled; note how long each answer took."""
    reader, writer = await asyncio.open_unix_connection(contestant.redis_socket)
    try:
        while True:
            started = perf_counter()
            writer.write(b"PING\r\n")
            await reader.readline()
            took_s.append(perf_counter() - started)
            await asyncio.sleep(_ASKS_EVERY_S)
    finally:
        writer.close()


async def _buckets(contestant: Contestant, histogram: str) -> Buckets:
    def get() -> str:
        with urlopen(f"http://127.0.0.1:{contestant.port}/metrics") as answer:
            return str(answer.read().decode())

    text = await asyncio.to_thread(get)
    found = re.findall(rf'{histogram}_seconds_bucket\{{le="([^"]+)"\}} (\S+)', text)
    return [(float(bound), float(count)) for bound, count in found]


def _between(before: Buckets, after: Buckets) -> Buckets:
    return [(bound, count - earlier) for (bound, count), (_, earlier) in zip(after, before, strict=True)]


def _quantiles(buckets: Buckets) -> list[str]:
    middle, late = (f"{_quantile(buckets, share) * 1000:.2f}" for share in (0.5, 0.99))
    return [middle, late, f"{buckets[-1][1]:,.0f}"]


def _quantile(buckets: Buckets, share: float) -> float:
    """Return the seconds that this share of the counts did not exceed, evenly spread within their bucket."""
    wanted, low, below = buckets[-1][1] * share, 0.0, 0.0
    for bound, count in buckets:
        if count >= wanted and count > below:
            return low if bound == float("inf") else low + (bound - low) * (wanted - below) / (count - below)
        low, below = bound, count
    return low


def _percentiles(seconds: list[float]) -> list[str]:
    if len(seconds) < _FEWEST:
        return ["", "", f"{len(seconds):,}"]
    return [f"{quantiles(seconds, n=100)[49] * 1000:.2f}", f"{_p99_ms(seconds):.2f}", f"{len(seconds):,}"]


def _p99_ms(seconds: list[float]) -> float:
    """Return what one in a hundred exceeded; no number where there are fewer than a hundred."""
    return quantiles(seconds, n=100)[98] * 1000 if len(seconds) >= _FEWEST else nan
