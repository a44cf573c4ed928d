"""The products that a session looked at, in Redis as the model says."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from engine.core.conditions import Reading
from engine.core.products import MOST_SEEN, RECENT, read_products
from engine.core.store_model import VisitorModel
from engine.edge.lane import RedisLane
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Step
from tests.edge.tabs import NOON, a_step, a_tab, an_event, rules_of

RULES = rules_of("""
- rule: seen
  when: [page is cart]
  show: {products: {title: a, from: recently_viewed}}
""")
PLAN = RULES.plan_of([Reading(RECENT)])
WORDS = ("茶杯 “Ash”", "Tea / towel", 'a "quoted" \\ name', "<b>bold</b>")


def a_view(seq: int, product: str) -> Any:
    card = {"id": product, "name": WORDS[seq % 4], "price": 12.5 * seq, "currency": "TWD", "image": "/a.png"}
    return an_event(seq, "page_view", {"url": f"/p/{product}", "kind": "product", "product": card})


async def test_redis_keeps_the_cards_that_the_model_keeps(redis_url: str) -> None:
    lane, model, tab = RedisLane(redis_url), VisitorModel(), a_tab()
    await lane.start()
    state = RedisVisitorState(lane)
    await state.load_functions()
    looked_at = [*map(str, range(MOST_SEEN + 3)), "5", "0", "5"]
    reply: Any = None
    for seq, product in enumerate(looked_at, 1):
        event = a_view(seq, product)
        tab.page = event.shown
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        ops = RULES.tracking.changes(event, tab.page)
        state.observe(a_step(tab, event, PLAN), ops, NOON, partial(_hand_over, answer))
        reply = await asyncio.wait_for(answer, 5)
        model.observe(tab.doc, seq, ops, NOON)
    in_redis, in_model = [
        list(PLAN.counts(values).values()) for values in (reply[2], model.look(tab.doc, PLAN.words(tab.page), NOON))
    ]
    assert read_products(in_redis[0]) == read_products(in_model[0])
    assert [each.id for each in read_products(in_redis[0])][:3] == ["5", "0", str(MOST_SEEN + 2)]
    assert len(in_redis[0]) == MOST_SEEN
    await lane.stop()


def _hand_over(answer: asyncio.Future[Any], _step: Step, reply: Any) -> None:
    answer.set_result(reply)
