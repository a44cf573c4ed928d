"""The products that a visitor looked at, in Redis as the model says, and for as long as the visitor is known."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from engine.core.conditions import Reading
from engine.core.events import NOWHERE
from engine.core.products import RECENT, recent_products
from engine.core.store_model import VisitorModel
from engine.edge.lane import RedisLane
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Step, Tab
from tests.edge.tabs import NOON, a_step, a_tab, an_event, rules_of
from tests.waiting import PATIENCE_S

RULES = rules_of("""
- rule: seen
  when: [page is cart]
  show: {products: {title: a, from: recently_viewed}}
""")
KEPT = 7
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
    looked_at = [*map(str, range(KEPT + 3)), "5", "0", "5"]
    reply: Any = None
    for seq, product in enumerate(looked_at, 1):
        event = a_view(seq, product)
        tab.page = event.shown
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        ops = RULES.tracking.changes(event, tab.page)
        state.observe(a_step(tab, event, PLAN), ops, NOON, partial(_hand_over, answer))
        reply = await asyncio.wait_for(answer, PATIENCE_S)
        model.observe(tab.doc, seq, ops, NOON)
    in_redis, in_model = [
        list(PLAN.counts(values).values()) for values in (reply[2], model.look(tab.doc, PLAN.words(tab.page), NOON))
    ]
    assert recent_products(in_redis[0], NOWHERE, NOON) == recent_products(in_model[0], NOWHERE, NOON)
    assert [each["id"] for each in in_redis[0]][:3] == ["5", "0", str(KEPT + 2)]
    assert [each["t"] for each in in_redis[0]] == [NOON] * KEPT
    await _session_ends(lane, tab)
    (afterwards,) = (await state.look(tab, PLAN, tab.page, NOON)).values()
    assert afterwards == in_redis[0]
    await lane.stop()


async def _session_ends(lane: RedisLane, tab: Tab) -> None:
    assert await lane.ask("DEL", tab.keys.session) == 1


def _hand_over(answer: asyncio.Future[Any], _step: Step, reply: Any) -> None:
    answer.set_result(reply)
