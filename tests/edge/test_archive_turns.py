"""A turn of archiving ends, however busy the shop: then parts are merged, and other sites have their turn."""

from __future__ import annotations

from pathlib import Path

import redis

from engine.edge.archive import Archive
from engine.edge.archiver import Archiver
from engine.edge.keys import log_key
from engine.edge.telemetry import Telemetry
from tests.edge.archives import NOON, SITE, archived, log_events

OTHER = "pk_other"


def test_what_is_logged_during_a_turn_is_for_the_next_one(redis_url: str, tmp_path: Path) -> None:
    seqs = iter(range(2, 5))

    def log_one_more(step: str) -> None:
        if step == "placed" and (seq := next(seqs, 0)):
            log_events(store, [("v1", "docaaa", seq)], NOON + seq)

    with redis.Redis.from_url(redis_url) as store:
        log_events(store, [("v1", "docaaa", 1)], NOON)
        log_events(store, [("v2", "docbbb", 1)], NOON, OTHER)
        archiver = Archiver(redis_url, Archive(tmp_path, log_one_more), lambda: [SITE, OTHER], Telemetry(), 36_500)
        assert archiver.run_once() == 2
        assert archived(tmp_path, site=OTHER) == [("v2", "docbbb", 1)]
        assert store.xlen(log_key(SITE, 0)) == 2
        assert archiver.run_once() == 2
        assert archiver.run_once() == 1
    assert archived(tmp_path) == [("v1", "docaaa", seq) for seq in range(1, 5)]
