"""One visitor in Redis: a plan that reads every kind of counter, and what happens to them."""

from __future__ import annotations

import asyncio
from typing import Any

from engine.core.events import NOWHERE, Event, Page
from engine.core.rules import Limit, Rule
from engine.edge.visitor_state import RedisVisitorState
from engine.tab import Tab
from tests.edge.tabs import NOON, a_step, an_event, rules_of
from tests.waiting import PATIENCE_S

RULES = rules_of("""
- rule: everything
  when:
    - page.dwell > 1s
    - page.scroll > 50%
    - page.views > 1
    - views(cart) > 1
    - dwell(cart) > 1s
    - product.views > 1
    - product.dwell > 1s
    - category.views > 1
    - cart.value > 100
    - session.products > 1
    - session.views > 3
    - count(login) > 0
    - count(purchase) > 0
    - visitor.stage at least shopper
    - visitor.orders > 1
    - visitor.spent > 99
    - visitor.tags has new
    - visitor.field(size) is L
    - cart has category(tea)
  show: {chat: {text: Hello}}
""")
PLAN = RULES.plan_of_all()
NAMES = [each for each in PLAN.words(NOWHERE) if not each.isdigit()]


async def observe(state: RedisVisitorState, tab: Tab, event: Event, page: Page, now_ms: int = NOON) -> Any:
    """Count an event and return the reply; the tab's page is ``page`` then."""
    tab.page = page
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    ops = RULES.tracking.changes(event, page)
    state.observe(a_step(tab, event, PLAN), ops, now_ms, lambda _, reply: answer.set_result(reply))
    return await asyncio.wait_for(answer, PATIENCE_S)


async def settle(state: RedisVisitorState, tab: Tab, fire: str, outcome: str) -> str:
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    state.settle(tab, fire, outcome, answer.set_result)
    reply: bytes = await asyncio.wait_for(answer, PATIENCE_S)
    return reply.decode()


def a_page(kind: str = "cart", product: str = "", category: str = "") -> Page:
    shown = an_event(
        1, "page_view", {"url": f"/{kind}{product}", "kind": kind, "category": category or None,
                         "product": {"id": product} if product else None}
    ).shown  # fmt: skip
    assert shown is not None
    return shown


def a_rule(name: str = "r", limit: Limit | None = None) -> Rule:
    return Rule(name, RULES.rules[0].rule.when, RULES.rules[0].rule.show, limit=limit or Limit())


def a_view(seq: int, page: Page) -> Event:
    product = {"id": page.product.id} if page.product else None
    return an_event(
        seq, "page_view", {"url": page.url, "kind": page.kind, "product": product, "category": page.category}
    )
