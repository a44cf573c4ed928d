"""Judging with Shopbell, by itself: ``own_judge RULES_COUNT EVENTS``; prints µs of CPU for one event."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from engine.core.judge import Watch
from engine.core.rulefile import read_rules
from tests.bench.rules import SITE, rule_file
from tests.bench.traffic import course
from tests.core.shoppers import Shopper

COURSE = 100


def main(count: int, events: int) -> None:
    """Judge every event of some visits: what fires, and what is armed."""
    rules = read_rules({"rules.yaml": rule_file(count), "site.yaml": SITE})
    calls: list[Callable[[], Any]] = []
    for seed in range(events // COURSE):
        watch, shopper = Watch(rules), Shopper()
        for name, data in course(seed, COURSE):
            shopper.does(name, data)
            if name == "page_view":
                watch.turn(rules)
                calls.append(partial(watch.turn, rules))
            plan = watch.plan(shopper.page.kind, name)
            view = shopper.seen_by(plan)
            watch.judge(plan, view, frozenset())
            calls.append(partial(watch.judge, plan, view, frozenset()))
    began = time.process_time()
    fired = sum(len(call() or ()) for call in calls)
    print(json.dumps({"us": (time.process_time() - began) / events * 1e6, "fired": fired}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
