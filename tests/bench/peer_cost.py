"""The whole service against the same service as others would build it: same traffic, same rules, same run."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib.metadata import version
from statistics import median

from tests.bench.contestants import ENGINE, ENGINE_PURE, running
from tests.bench.effort import Effort
from tests.bench.load import Round, closed_loop
from tests.bench.peers.running import FASTAPI_REDIS, NODE_IFS, NODE_RULES, install, version_of
from tests.bench.report import Report

_NAMES = (ENGINE, ENGINE_PURE, NODE_IFS, FASTAPI_REDIS, NODE_RULES)
_PART = {NODE_RULES: 20}
"""One that is so much slower gets a part of the events: a round of it would take minutes."""

_WARM_UP = 60
"""Events of each connection ahead of the first round: what is compiled while it runs has been by then."""


async def measure(effort: Effort) -> Report:
    """Run all of them in turn, at full load."""
    install()
    rounds: dict[str, list[Round]] = {name: [] for name in _NAMES}
    with running(*_NAMES) as contestants:
        for each in contestants:
            await closed_loop(each, max(2, _WARM_UP // _PART.get(each.name, 1)))
        for n in range(effort.rounds):
            for each in contestants:
                print(f"peers: round {n + 1} of {effort.rounds}, {each.name}", file=sys.stderr)
                events = max(2, effort.events_each // _PART.get(each.name, 1))
                rounds[each.name].append(await closed_loop(each, events))
    return Report(
        "Beside other ways to build it",
        ("service", "CPU for one event, µs", "x engine", "Redis, µs", "events/s"),
        [_row(name, rounds) for name in _NAMES],
        f"100 rules, {len(_NAMES)} services in the same rounds, each on one core. The others check nothing of what "
        f"comes in, keep no log and arm nothing. {_versions()}.",
    )


def _row(name: str, rounds: dict[str, list[Round]]) -> list[str]:
    pairs = zip(rounds[name], rounds[ENGINE], strict=True)
    return [
        name,
        f"{median(each.server_us for each in rounds[name]):,.1f}",
        f"{median(one.server_us / engine.server_us for one, engine in pairs):.2f}",
        f"{median(each.redis_us for each in rounds[name]):.1f}",
        f"{median(each.events_per_s for each in rounds[name]):,.0f}",
    ]


def _versions() -> str:
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    of_node = ", ".join(f"{name} {version_of(name)}" for name in ("ws", "ioredis", "json-rules-engine"))
    of_python = ", ".join(f"{name} {version(name)}" for name in ("fastapi", "redis", "uvicorn"))
    return f"Node {node} with {of_node}; Python {platform.python_version()} with {of_python}"
