"""How much is measured: more rounds make the figures steadier on a machine that others use too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """``rounds`` of each contestant; each round as long as the rest says."""

    rounds: int
    events_each: int
    steady_s: float
    idle_connections: int
    sessions: int
    latency_s: float
    crowds: tuple[int, ...]
    rest_s: float
    visitors: tuple[int, ...]


FULL = Effort(
    rounds=5, events_each=100, steady_s=2.0, idle_connections=5000, sessions=1000, latency_s=30.0,
    crowds=(10_000, 18_000), rest_s=20.0, visitors=(100_000, 1_000_000),
)  # fmt: skip
QUICK = Effort(
    rounds=3, events_each=40, steady_s=1.0, idle_connections=1000, sessions=200, latency_s=4.0,
    crowds=(2_000,), rest_s=5.0, visitors=(20_000,),
)  # fmt: skip
