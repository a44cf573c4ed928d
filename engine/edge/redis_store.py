"""A client of Redis for all that is not on the hot path, whether it is one server or a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import redis
from redis.cluster import RedisCluster
from redis.exceptions import RedisError

from engine.edge.keys import SHARDS
from engine.edge.redis_address import RedisAddress, is_cluster
from engine.edge.slots import SLOTS


def open_store(url: str, **options: Any) -> redis.Redis:
    """
    Return a client of the server, or of the cluster, at an address: for all that is not on the hot path.

    A cluster's has the same methods for whatever concerns one key. Raises RedisError where nobody answers.
    """
    address = RedisAddress.read(url)
    if not address.hosts:
        return redis.Redis.from_url(url, **options)
    if not address.said_cluster:
        single = redis.Redis.from_url(address.one, **options)
        if not is_cluster(single.info("cluster")):
            return single
        single.close()
    return _open_cluster(address, options)


def _open_cluster(address: RedisAddress, options: Mapping[str, Any]) -> redis.Redis:
    """Return a client of the cluster that the first node knows which answers."""
    trouble: RedisError = RedisError("no node was named")
    for host in address.hosts:
        try:
            return cast(redis.Redis, RedisCluster(url=address.of(host), **options))
        except RedisError as error:
            trouble = error
    raise trouble


def clients_of(store: redis.Redis) -> list[redis.Redis]:
    """Return the client of each server behind a client: itself, or one for each node of a cluster known now."""
    nodes, client = getattr(store, "get_nodes", None), getattr(store, "get_redis_connection", None)
    return [store] if nodes is None or client is None else [client(node) for node in nodes()]


def log_shards(store: redis.Redis) -> list[int]:
    """
    Return the shards that the streams of a site can have, in order.

    Shard 0 is that of a single server: its streams may have come along to a cluster.
    """
    said: set[bytes] = store.smembers(SHARDS)  # type: ignore[assignment]
    return sorted({0, *map(int, said)})


def log_shard_of(store: redis.Redis, slot: int) -> int:
    """Return the shard on which engines write of what is kept on a slot: that of the primary's first slot."""
    nodes = getattr(store, "nodes_manager", None)
    if nodes is None:
        return 0
    primary = nodes.get_node_from_slot(slot)
    return next(first for first in range(SLOTS) if nodes.slots_cache.get(first, [None])[0] == primary) + 1
