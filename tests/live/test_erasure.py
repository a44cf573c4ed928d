"""A visitor of a real engine who asks to be forgotten: afterwards no store holds their id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.__main__ import main
from engine.core.coupons import Pool
from engine.core.tokens import is_fleeting
from engine.edge.archive import Archive
from engine.edge.coupon_pools import add_codes, put_pool
from engine.edge.database import open_database
from engine.edge.secret_keys import make_key
from tests.live.client import Frame, Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.plain_http import NO_TLS
from tests.waiting import eventually, wait_for

RULES = """
- rule: treat
  when: [page is cart]
  show: {coupon: {title: "For you", pool: TREAT, value: 50}}
- rule: news
  when: [page is home]
  show: {subscribe: {title: News, consent: "Yes, write to me."}}
- rule: nps
  when: [page is thanks]
  show: {survey: {question: "Would you recommend us?", field: nps, comment: Why?}}
"""
SITE = "holdout: 0%\npolicy: {quiet: 0s, popups_per_session: 99, never_on: []}\n"


FORMS = {"home": {"email": "ann@example.com", "consent": True}, "thanks": {"score": 9, "comment": "So warm"}}


@pytest.fixture(scope="module")
def shop(an_engine: Callable[..., ShopEngine]) -> Iterator[ShopEngine]:
    """An engine with something to give to every store; each test is another visitor."""
    shop = an_engine("erasure", "--archive-every", "1")
    (shop.rules / "cart.yaml").write_text(RULES)
    (shop.rules / "site.yaml").write_text(SITE)
    asyncio.run(fill(shop))
    with shop:
        yield shop


async def fill(shop: ShopEngine) -> None:
    database = opened(shop)
    async with database.begin() as connection:
        await put_pool(connection, shop.site, Pool("TREAT"))
        await add_codes(connection, shop.site, "TREAT", [(n, f"T{n}") for n in range(9)])
    await database.dispose()


def opened(shop: ShopEngine) -> AsyncEngine:
    return open_database(shop.database)


async def shop_around(shop: ShopEngine) -> str:
    """Leave something in every store; return the visitor's id."""
    async with Shopper(shop.stream, ORIGIN) as shopper:
        for kind, fields in (
            ("home", {"email": "ann@example.com", "consent": True}),
            ("thanks", {"score": 9, "comment": "So warm"}),
        ):
            fire = (await shown(shopper, kind))["fire"]
            await shopper.event("popup_submit", fire=fire, fields=fields)
            await shopper.event("popup_close", fire=fire)
            await shopper.settled()
        code = (await shown(shopper, "cart"))["popup"]["coupon"]["code"]
        order = f"order of {code}"
        await shopper.event("purchase", transaction_id=order, value=5, currency="TWD", coupon=code, items=[])
        await shopper.settled()
        return shopper.visitor


async def shown(shopper: Shopper, kind: str) -> Frame:
    """Show a page and wait for its popup."""
    before = len(shopper.of("show"))
    await shopper.view(kind)
    await eventually(lambda: len(shopper.of("show")) > before)
    show = shopper.of("show")[-1]
    await shopper.event("popup_view", fire=show["fire"])
    return show


Said = Callable[..., tuple[int, str]]


@pytest.fixture
def shopbell(shop: ShopEngine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Said:
    """Carry out a command; return its exit status and what it printed."""
    for name, value in shop.environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> tuple[int, str]:
        status = main(list(words))
        said = capsys.readouterr()
        return status, said.out or said.err

    return run


def everything(shop: ShopEngine) -> Iterator[tuple[str, bytes]]:
    """Yield all that is kept, piece by piece: what the stores hold, their files as they lie there, what was printed."""
    with shop.redis() as store:
        for key in store.scan_iter(count=1000):
            yield "a key of Redis", key
            yield f"the value of {key!r}", store.eval(_TOLD, 1, key)
    yield "the database", repr(asyncio.run(all_rows(shop))).encode()
    with duckdb.connect() as duck:
        for path in shop.data.rglob("*.parquet"):
            yield str(path), repr(duck.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()).encode()
    for path in shop.data.parent.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    yield "what was printed", shop.output.encode()


_TOLD = """
local kind = redis.call('TYPE', KEYS[1]).ok
local reads = { string = { 'GET' }, hash = { 'HGETALL' }, list = { 'LRANGE', 0, -1 }, set = { 'SMEMBERS' },
  zset = { 'ZRANGE', 0, -1 }, stream = { 'XRANGE', '-', '+' } }
local read = reads[kind]
local found = redis.call(read[1], KEYS[1], unpack(read, 2))
return type(found) == 'string' and found or cjson.encode(found)
"""


async def all_rows(shop: ShopEngine) -> list[Any]:
    database, found = opened(shop), []
    async with database.connect() as connection:
        tables = sa.MetaData()
        await connection.run_sync(tables.reflect)
        for table in tables.sorted_tables:
            found += list(await connection.execute(sa.select(table)))
    await database.dispose()
    return found


async def look_around(shop: ShopEngine) -> str:
    """Look at one page; return the visitor's id."""
    async with Shopper(shop.stream, ORIGIN) as shopper:
        await shopper.view("category")
        await shopper.settled()
        return shopper.visitor


def places_of(shop: ShopEngine, *words: str) -> list[str]:
    return [place for place, text in everything(shop) if any(word.encode() in text for word in words)]


def test_everything_held_about_a_visitor_is_exported(shop: ShopEngine, shopbell: Said) -> None:
    visitor = asyncio.run(shop_around(shop))
    told = json.loads(shopbell("visitors", "export", visitor)[1])
    assert (told["visitor"], told["erasing"]) == (visitor, False)
    assert told["state"]["visitor"]["f:nps"] == [9]
    assert {"session", "visitor", "firings", "documents"} <= set(told["state"])
    assert [each["address"] for each in told["subscriptions"]] == ["ann@example.com"]
    assert [(each["value"], each["comment"]) for each in told["answers"]] == [("9", "So warm")]
    assert len(told["coupons"]) == 1
    names = [each["name"] for each in told["events"] if each["kind"] == "event"]
    assert names.count("page_view") == 3
    assert names[-1] == "purchase"
    assert shopbell("visitors", "erase", visitor)[0] == 0


def test_after_an_erasure_a_search_for_the_id_finds_nothing(shop: ShopEngine, shopbell: Said) -> None:
    visitor, other = asyncio.run(shop_around(shop)), asyncio.run(look_around(shop))
    archive = Archive(shop.data / "archive").folder
    wait_for(lambda: archive.days(shop.site))
    assert len(places_of(shop, visitor)) > 5
    status, said = shopbell("visitors", "erase", visitor)
    assert status == 0
    assert said.startswith(f"{visitor} of {shop.site} is erased: ")
    assert places_of(shop, visitor, "ann@example.com", "So warm") == []
    assert places_of(shop, other) != []
    found = f"shopbell: nothing is held about a visitor '{visitor}' of the site {shop.site}\n"
    assert shopbell("visitors", "export", visitor) == (1, found)


def test_a_code_that_was_given_out_stays_given_and_the_order_counted(shop: ShopEngine, shopbell: Said) -> None:
    visitor = asyncio.run(shop_around(shop))
    wait_for(lambda: any("TWD" in row and visitor in row for row in asyncio.run(all_rows(shop))))
    before = [shopbell("coupons", what)[1] for what in ("report", "pools")]
    assert shopbell("visitors", "erase", visitor)[0] == 0
    assert [shopbell("coupons", what)[1] for what in ("report", "pools")] == before


def test_the_shops_own_programs_export_and_erase_over_http(shop: ShopEngine) -> None:
    visitor = asyncio.run(shop_around(shop))
    key = asyncio.run(make_key(shop.database, shop.site))
    ours, address = {"Authorization": f"Bearer {key}"}, f"{shop.url}/v1/visitors/{visitor}"
    with httpx.Client(timeout=60, verify=NO_TLS) as client:
        assert (client.get(address).status_code, client.delete(address).status_code) == (401, 401)
        assert client.get(address, headers=ours).json()["visitor"] == visitor
        answer = client.delete(address, headers=ours)
        assert (answer.status_code, answer.json()["erasing"]) == (202, True)
        assert client.delete(f"{shop.url}/v1/visitors/me", headers=ours).json() == {
            "error": "'me' is no visitor's id, expected 26 of the letters a to z and the digits 2 to 7"
        }
        wait_for(lambda: client.get(address, headers=ours).status_code == 404, 120)
    wait_for(lambda: places_of(shop, visitor, "ann@example.com", "So warm") == [], 60)


def test_an_engine_that_does_not_run_is_erased_from_as_well(shop: ShopEngine, shopbell: Said) -> None:
    visitor = asyncio.run(shop_around(shop))
    shop.stop()
    shop.ended()
    assert shopbell("visitors", "erase", visitor)[0] == 0
    shop.start_again()
    assert places_of(shop, visitor) == []


def test_token_of_an_erased_visitor_makes_a_new_one(shop: ShopEngine, shopbell: Said) -> None:
    async def come(token: str | None) -> tuple[str, str]:
        async with Shopper(shop.stream, ORIGIN, token=token) as shopper:
            await shopper.view("category")
            await shopper.settled()
            return shopper.visitor, shopper.of("welcome")[0]["token"]

    visitor, token = asyncio.run(come(None))
    assert asyncio.run(come(token))[0] == visitor
    assert shopbell("visitors", "erase", visitor)[0] == 0
    again = asyncio.run(come(token))[0]
    assert again != visitor
    assert not is_fleeting(again)


@pytest.mark.parametrize("word", ["me", "../x", "A" * 26, ""])
def test_what_is_no_id_is_refused(shopbell: Said, word: str) -> None:
    refusal = f"shopbell: {word!r} is no visitor's id, expected 26 of the letters a to z and the digits 2 to 7\n"
    assert shopbell("visitors", "erase", word) == (1, refusal)
