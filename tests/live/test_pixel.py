"""A checkout in which nothing but a pixel runs: what it tells is the same visitor's, and nobody else can tell it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import redis

from tests.live.behind import counters_of
from tests.live.client import Frame, Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.live.other_ways import lines
from tests.plain_http import NO_TLS

ORDER: dict[str, Any] = {
    "transaction_id": "1042",
    "value": 49.0,
    "currency": "EUR",
    "items": [{"item_id": "101", "quantity": 2}],
}


class Pixel:
    """What runs in the sandbox, with the token that it was handed."""

    def __init__(self, engine: ShopEngine, token: str | None) -> None:
        self._site = engine.site
        page = {"url": "/checkout", "kind": "checkout"}
        self._hello: Frame = {"type": "hello", "v": 1, "token": token, "doc": "pixel00001", "page": page}
        self._http = httpx.AsyncClient(base_url=engine.url, headers={"Origin": "null"}, timeout=15, verify=NO_TLS)

    async def tell(self, name: str, seq: int = 1, **data: Any) -> httpx.Response:
        """Tell one event."""
        event: Frame = {"type": "event", "seq": seq, "name": name, "data": data}
        return await self._http.post("/v1/pixel", params={"site": self._site}, content=lines([self._hello, event]))

    async def close(self) -> None:
        """Leave."""
        await self._http.aclose()


@pytest.fixture
async def shopper(engine: ShopEngine) -> AsyncIterator[Shopper]:
    """Somebody in the shop."""
    async with Shopper(engine.stream, ORIGIN) as shopper:
        await shopper.view("cart")
        await shopper.settled()
        yield shopper


async def test_order_that_the_pixel_tells_is_the_visitors_and_counts_once(
    engine: ShopEngine, store: redis.Redis, shopper: Shopper
) -> None:
    pixel = Pixel(engine, shopper.token)
    answers = [await pixel.tell("begin_checkout"), await pixel.tell("purchase", 2, **ORDER)]
    answers.append(await pixel.tell("purchase", 2, **ORDER))
    await pixel.close()
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert b'"type":"ack"' in answers[1].content
    counted = counters_of(store, engine.site, shopper.visitor)
    assert (counted["e:begin_checkout"], counted["e:purchase"], counted["views"]) == (1, 1, 1)


@pytest.mark.parametrize("token", [None, "", "ka2b6a4.x.y.z.w"])
async def test_who_has_no_token_of_a_visitor_tells_nothing(engine: ShopEngine, token: str | None) -> None:
    pixel = Pixel(engine, token)
    answer = await pixel.tell("purchase", **ORDER)
    await pixel.close()
    assert (answer.status_code, answer.text) == (403, "expected the token of a visitor of this site\n")


async def test_pixel_tells_of_the_checkout_and_nothing_else(engine: ShopEngine, shopper: Shopper) -> None:
    pixel = Pixel(engine, shopper.token)
    answer = await pixel.tell("page_view", url="/", kind="home")
    await pixel.close()
    assert answer.status_code == 400
    assert answer.text.startswith("name is 'page_view', expected one of add_payment_info, ")
