"""A pool whose codes are good from some order on gives none to a cart that is less."""

from __future__ import annotations

from engine.core.coupons import Pool
from engine.core.popup_parts import Coupon
from tests.edge.coupon_desk import Desk, code
from tests.edge.coupons import ADD50, SITE, add_pool


async def fill(desk: Desk, *pools: Pool) -> None:
    for pool in pools:
        await add_pool(desk.database, pool, [] if pool.code else [f"{pool.name}{n}" for n in range(9)])
    await desk.office.refresh()


async def test_cart_below_the_least_order_gets_no_code_and_takes_none(desk: Desk) -> None:
    await fill(desk, Pool("ADD50", minimum=1000))
    assert desk.office.least_orders(ADD50, SITE) == (1000,)
    assert await desk.give("v1", cart=999.99) is None
    issued = await desk.give("v1", cart=1000)
    assert (code(issued), issued and issued.minimum) == ("ADD500", 1000)
    assert await desk.give("v1", cart=10) is None, "whoever has one is not shown it for a cart that it does not fit"
    assert code(await desk.give("v1", cart=0)) == "ADD500"


async def test_pool_to_fall_back_on_is_asked_where_the_cart_is_enough_for_it(desk: Desk) -> None:
    await fill(desk, Pool("SMALL", code="S"), Pool("ADD50", minimum=1000, fallback="SMALL"))
    assert desk.office.least_orders(ADD50, SITE) == (1000, 0)
    assert code(await desk.give("v1", cart=500)) == "S"
    assert code(await desk.give("v2", cart=2000)) == "ADD500"


async def test_code_that_is_simply_written_is_good_for_any_order(desk: Desk) -> None:
    assert desk.office.least_orders(Coupon("WELCOME"), SITE) == ()
    assert code(await desk.give("v1", Coupon("WELCOME"), cart=1)) == "WELCOME"
