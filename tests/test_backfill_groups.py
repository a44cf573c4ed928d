"""Which sites are filled together: those that go by the same rules and count since the same moments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from engine.commands.backfill import _groups
from engine.commands.site_rules import parts_of, read_parts
from engine.edge.keys import COUNTED, OWN_COUNTED, counted_key
from tests.edge.test_rule_folder import a_rule

HAD_ITS_OWN, HAS_ITS_OWN = "pk_back", "pk_mugs"


@pytest.fixture
def store(redis_url: str) -> Iterator[redis.Redis]:
    """A Redis in which two sites count apart: one that has rules of its own, and one that had some."""
    with redis.Redis.from_url(redis_url) as store:
        for site in (HAD_ITS_OWN, HAS_ITS_OWN):
            store.hset(counted_key(site), OWN_COUNTED, b"")
        yield store
        store.delete(counted_key(HAD_ITS_OWN), counted_key(HAS_ITS_OWN))


def test_sites_are_filled_by_their_rules_and_by_where_it_stands_since_when_they_count(
    store: redis.Redis, tmp_path: Path
) -> None:
    for path, rule in (("welcome.yaml", "welcome"), ("sites/mugs/mug.yaml", "mug"), ("sites/nobody/x.yaml", "x")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(a_rule(rule))
    parts, own = read_parts(parts_of(tmp_path)), {HAS_ITS_OWN: "mugs"}
    found = _groups(store, parts, own, ["pk_a", HAD_ITS_OWN, "pk_b", HAS_ITS_OWN])
    assert [(list(read.rules.by_id), key, sites) for read, key, sites in found] == [
        (["welcome"], COUNTED, ["pk_a", "pk_b"]),
        (["welcome"], counted_key(HAD_ITS_OWN), [HAD_ITS_OWN]),
        (["mug"], counted_key(HAS_ITS_OWN), [HAS_ITS_OWN]),
    ]
