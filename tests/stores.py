"""
Which servers the tests of a running engine are run on: what a shop of any size may have.

    SHOPBELL_TEST_STORE      own (each engine starts its own), server (one Redis or Valkey), or cluster (of six)
    SHOPBELL_TEST_DATABASE   sqlite or postgresql, for engines of tests that do not run on both anyway

``SHOPBELL_TEST_REDIS_PROGRAM`` names the program to run as server or cluster.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.redis_cluster import RedisCluster, RedisProcess

Store = RedisProcess | RedisCluster

STORE = os.environ.get("SHOPBELL_TEST_STORE", "own")
DATABASE = os.environ.get("SHOPBELL_TEST_DATABASE", "sqlite")


@contextmanager
def running_store(kind: str) -> Iterator[Store]:
    """Run a server or a cluster."""
    if kind == "cluster":
        with RedisCluster() as cluster:
            yield cluster
    else:
        with tempfile.TemporaryDirectory(prefix="shopbell-redis-") as folder, RedisProcess(Path(folder)) as server:
            yield server
