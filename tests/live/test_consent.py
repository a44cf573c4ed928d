"""Shoppers who do not consent, and who take their consent back: what a real engine keeps of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import redis
from websockets.asyncio.client import connect
from websockets.typing import Origin

from engine.core.coupons import Pool
from engine.core.tokens import is_fleeting
from engine.edge.coupon_pools import put_pool
from engine.edge.database import open_database
from engine.edge.first_party_cookie import NAME
from engine.edge.keys import log_key
from engine.edge.redis_store import log_shards
from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.waiting import eventually

RULES = """
- rule: hello
  when: [page is home]
  show: {chat: {text: Hello}}
- rule: nudge
  when: [page is cart, page.dwell > 10s]
  show: {chat: {text: "Take {{coupon.code}}", coupon: {pool: TREAT, value: 5}}}
- rule: welcome-back
  when: [page is home, visitor.returning is yes]
  show: {chat: {text: Hello again}}
"""
SITE = "holdout: 0%\npolicy: {quiet: 0s, popups_per_session: 99, without_consent: popups}\n"
DENIED = {"analytics": "denied", "marketing": "denied"}


@pytest.fixture(scope="module")
def shop(an_engine: Callable[..., ShopEngine]) -> Iterator[ShopEngine]:
    shop = an_engine("consent")
    (shop.rules / "cart.yaml").write_text(RULES)
    (shop.rules / "site.yaml").write_text(SITE)
    asyncio.run(fill(shop))
    with shop:
        yield shop


async def fill(shop: ShopEngine) -> None:
    database = open_database(shop.database)
    async with database.begin() as connection:
        await put_pool(connection, shop.site, Pool("TREAT", code="ALL5"))
    await database.dispose()


@pytest.fixture
def store(shop: ShopEngine) -> Iterator[redis.Redis]:
    with shop.redis() as client:
        yield client


def nobody(shop: ShopEngine) -> Shopper:
    """A shopper who does not consent."""
    return Shopper(shop.stream, ORIGIN, token="")


def logged(store: redis.Redis, shop: ShopEngine) -> bytes:
    keys = [log_key(shop.site, shard) for shard in log_shards(store)]
    found: list[Any] = [store.xrange(key) for key in keys]
    return b"".join(b"".join(fields.values()) for entries in found for _, fields in entries)


def keys_of(store: redis.Redis, shopper: Shopper) -> list[bytes]:
    # on a cluster `keys` asks one node alone
    return sorted(store.scan_iter(match=f"*{shopper.visitor}*", count=1_000))


async def test_shopper_who_denies_gets_the_pages_own_popups_and_nothing_is_written_down(
    shop: ShopEngine, store: redis.Redis
) -> None:
    async with nobody(shop) as shopper:
        await shopper.event("consent", **DENIED)
        await shopper.view("home", title="A title of nobody's")
        await eventually(lambda: shopper.of("show"))
        await shopper.event("popup_view", fire=shopper.of("show")[0]["fire"])
        await shopper.settled()
        assert is_fleeting(shopper.visitor)
        assert all(0 < store.pttl(key) <= 48 * 3_600_000 for key in keys_of(store, shopper))
    said = logged(store, shop)
    assert shopper.visitor.encode() not in said
    assert b"nobody's" not in said


async def test_state_of_who_denies_goes_soon_after_the_page(shop: ShopEngine, store: redis.Redis) -> None:
    async with nobody(shop) as shopper:
        await shopper.view("cart")
        await shopper.settled()
        assert keys_of(store, shopper)
    await eventually(lambda: all(0 < store.pttl(key) <= 120_000 for key in keys_of(store, shopper)))


async def test_each_page_of_who_denies_is_somebody_new_and_one_that_reconnects_the_same(shop: ShopEngine) -> None:
    async with nobody(shop) as first, nobody(shop) as second:
        assert first.visitor != second.visitor
        await first.view("home")
        await first.settled()
        first.token = first.of("welcome")[0]["token"]
        again = await first.reconnect()
        assert (again["visitor"], again["seq"]) == (first.visitor, 1)


async def test_who_denies_gets_no_code_of_which_each_visitor_has_one(shop: ShopEngine) -> None:
    async with nobody(shop) as shopper:
        await shopper.view("cart")
        await shopper.event("page_dwell", ms=10_001)
        await shopper.settled()
        assert shopper.of("show") == []


async def test_consent_taken_back_erases_what_was_known(shop: ShopEngine, store: redis.Redis) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper, shopper.another_tab() as other:
        await shopper.view("home", title="Ann's own page")
        await shopper.event("login", method="once upon a time")
        await shopper.settled()
        assert b"once upon a time" in logged(store, shop)
        assert keys_of(store, shopper)
        await shopper.event("consent", **DENIED)
        await shopper.settled()
        await asyncio.gather(shopper.hung_up(), other.hung_up())
    await eventually(lambda: not keys_of(store, shopper))
    await eventually(lambda: shopper.visitor.encode() not in logged(store, shop))
    assert b"once upon a time" not in logged(store, shop)


async def test_events_behind_a_withdrawal_do_not_bring_the_visitor_back(shop: ShopEngine, store: redis.Redis) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper:
        await shopper.view("home")
        await shopper.event("consent", **DENIED)
        for n in range(20):
            await shopper.event("login", method=f"late {n}")
        await shopper.hung_up()
    await eventually(lambda: not keys_of(store, shopper))
    await eventually(lambda: shopper.visitor.encode() not in logged(store, shop))
    assert keys_of(store, shopper) == []


async def test_token_of_who_took_consent_back_makes_somebody_of_whom_nothing_is_kept(shop: ShopEngine) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper:
        token = shopper.of("welcome")[0]["token"]
        await shopper.event("consent", **DENIED)
        await shopper.settled()
        await shopper.hung_up()
    async with Shopper(shop.stream, ORIGIN, token=token) as again:
        assert again.visitor != shopper.visitor
        assert is_fleeting(again.visitor)


async def test_marketing_denied_alone_keeps_the_visitor(shop: ShopEngine, store: redis.Redis) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper:
        await shopper.event("consent", analytics="granted", marketing="denied")
        await shopper.settled()
        assert keys_of(store, shopper)
        assert b'"marketing":"denied"' in logged(store, shop)


async def test_what_an_address_must_not_tell_is_not_written_down_whoever_sends_it(
    shop: ShopEngine, store: redis.Redis
) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper:
        for _ in range(3):  # the usual way of a page that was seen before is another
            await shopper.view("product", "/p/mug?utm_source=ig&token=canary1", title="For canary2@example.com")
        await shopper.settled()
    assert b"canary" not in logged(store, shop)
    assert b"/p/mug?utm_source=ig" in logged(store, shop)


async def test_token_of_a_forged_kind_makes_a_visitor_like_any(shop: ShopEngine) -> None:
    async with Shopper(shop.stream, ORIGIN, token="forged") as shopper:
        assert not is_fleeting(shopper.visitor)


async def test_page_without_a_token_is_known_by_the_cookie_of_its_host(
    an_engine: Callable[..., ShopEngine],
) -> None:
    with an_engine("cookie", "--cookie-path", "/bell") as shop:
        async with Shopper(shop.stream, ORIGIN) as first:
            await first.view("home")
            await first.settled()
            token = first.of("welcome")[0]["token"]
        said = {"Cookie": f"{NAME}={token}"}
        assert await visitor_with(shop, said, None) == first.visitor
        assert is_fleeting(await visitor_with(shop, said, ""))
        assert await visitor_with(shop, {"Cookie": f"{NAME}=forged"}, None) != first.visitor


async def visitor_with(shop: ShopEngine, headers: dict[str, str], token: str | None) -> str:
    """Return who a page is that has these headers and says this token."""
    hello = {"type": "hello", "v": 1, "token": token, "doc": "cookie1", "page": None}
    async with connect(shop.stream, origin=Origin(ORIGIN), additional_headers=headers, proxy=None) as socket:
        await socket.send(orjson.dumps(hello).decode())
        visitor: str = orjson.loads(await socket.recv())["visitor"]
    return visitor
