"""Which Redis or Valkey is there, and is it new enough for the functions that count."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import redis.asyncio
from redis.exceptions import AuthenticationError, RedisError

from engine.edge.redis_address import RedisAddress, is_cluster
from engine.refusal import Refusal

OLDEST = {"Redis": (7, 0), "Valkey": (7, 2)}
REACH_TIMEOUT_S = 5.0

_BANNER = re.compile(r"(Redis|Valkey) server v=(\d+)\.(\d+)\.(\d+)")


class NoRedis(Refusal):
    """No server can be used; the sentence says why and what the operator can do."""


@dataclass(frozen=True, slots=True)
class RedisVersion:
    """The product and version of a server; both products speak the same protocol."""

    product: str
    version: tuple[int, ...]

    @classmethod
    def from_banner(cls, text: str) -> Self | None:
        """Read what ``valkey-server --version`` prints; None if that is something else."""
        match = _BANNER.search(text)
        return cls(match[1], (int(match[2]), int(match[3]), int(match[4]))) if match else None

    @classmethod
    def from_info(cls, info: Mapping[str, Any]) -> Self:
        """
        Read the server's answer to INFO.

        Valkey also states a ``redis_version``, frozen at 7.2.4, for clients that ask no further.
        """
        if "valkey_version" in info:
            return cls("Valkey", _numbers(str(info["valkey_version"])))
        return cls("Redis", _numbers(str(info.get("redis_version", "0"))))

    @property
    def new_enough(self) -> bool:
        """Functions came with Redis 7.0; 7.2 is the first Valkey."""
        return self.version >= OLDEST[self.product]

    def __str__(self) -> str:
        return f"{self.product} {'.'.join(map(str, self.version))}"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


@dataclass(frozen=True, slots=True)
class Reached:
    """A server that can be used, and the address that says whether it is one of a cluster."""

    version: RedisVersion
    url: str
    is_cluster: bool

    def __str__(self) -> str:
        return f"{self.version}{' Cluster' if self.is_cluster else ''} at {without_password(self.url)}"


async def reach(url: str) -> Reached:
    """Connect to the server, or to a cluster's first node that answers. Raises NoRedis if there is none, or too old."""
    address = RedisAddress.read(url)
    nodes = [address.of(each) for each in address.hosts] or [address.url]
    for n, node in enumerate(nodes):
        try:
            return await _reach(node, address)
        except NoRedis:
            if n == len(nodes) - 1:
                raise
    raise NoRedis(f"Redis at {without_password(url)} has no node")


async def _reach(url: str, address: RedisAddress) -> Reached:
    # Protocol 2 is what a server that is too old can still answer in.
    client = redis.asyncio.from_url(url, protocol=2, socket_connect_timeout=REACH_TIMEOUT_S)
    try:
        async with asyncio.timeout(REACH_TIMEOUT_S):
            info = await client.info("server")
            clustered = is_cluster(await client.info("cluster"))
    except AuthenticationError as error:
        raise NoRedis(f"Redis at {without_password(url)} refuses the user or password") from error
    except (RedisError, OSError, TimeoutError) as error:
        reason = str(error) or "no answer"
        raise NoRedis(f"Redis at {without_password(url)} cannot be reached: {reason}") from error
    finally:
        await client.aclose()
    version = RedisVersion.from_info(info)
    if not version.new_enough:
        raise NoRedis(f"Redis at {without_password(url)} is {version}, expected Redis 7.0 or Valkey 7.2, or later")
    if address.said_cluster and not clustered:
        raise NoRedis(f"Redis at {without_password(url)} is a single server, expected a node of a cluster")
    return Reached(version, address.as_cluster if clustered else address.one, clustered)


def without_password(url: str) -> str:
    """Return the URL as it may be logged."""
    parts = urlsplit(url)
    _, at, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{'***@' if at else ''}{host}{parts.path}"
