"""Two shops on one engine: nothing of one is ever told to the other, by whatever address, key or table."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from typing import Any

import pytest
import redis
import sqlalchemy as sa

from engine import edge
from engine.core import tokens
from engine.edge.archive_reading import Recordings
from engine.edge.database import database_url, open_database
from engine.edge.keys import refused_key
from engine.edge.secret import load_secrets
from engine.edge.tables import metadata
from tests.attacks.routes import BROWSER, KEY, LINK, OPERATOR, PAGE, PROBES, Probe, all_routes
from tests.attacks.two_shops import Shop, TwoShops
from tests.live.client import Shopper
from tests.waiting import eventually

READING = [probe for probe in PROBES.values() if probe.method == "GET" and probe.who != OPERATOR]
OF_ALL_SITES = ("sb:{counted}", "sb:archiver")
"""Keys that belong to no site: since when rules look back, and which process archives."""


def path_of(probe: Probe) -> str:
    return f"{probe.method} {probe.path}"


def test_every_route_has_an_entry_that_says_who_may_ask_it() -> None:
    assert sorted(PROBES) == all_routes()


@pytest.mark.parametrize("probe", READING, ids=path_of)
async def test_route_answers_a_shop_about_its_own_and_tells_nothing_of_the_other(
    two_shops: TwoShops, probe: Probe
) -> None:
    for shop, other in (two_shops.shops, two_shops.shops[::-1]):
        answer = await two_shops.ask(probe, shop, shop)
        assert answer.status_code in probe.answers, answer.text
        assert seen(other, answer.text + str(answer.headers)) == []


@pytest.mark.parametrize("probe", [each for each in READING if "{" in each.path], ids=path_of)
async def test_what_is_the_others_is_answered_like_what_does_not_exist(two_shops: TwoShops, probe: Probe) -> None:
    shop, other = two_shops.shops
    nobody = Shop("nothing", "", visitor="a" * 26)
    foreign = await two_shops.ask(probe, shop, other)
    missing = await two_shops.ask(probe, shop, nobody)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    same = foreign.text.replace(other.visitor, nobody.visitor).replace(other.pool, nobody.pool)
    assert same == missing.text


@pytest.mark.parametrize("probe", [each for each in PROBES.values() if each.who in (KEY, BROWSER)], ids=path_of)
@pytest.mark.parametrize("key", ["none", "sk_nobody.x", "pk_public"])
async def test_route_that_asks_for_a_key_opens_for_no_other(two_shops: TwoShops, probe: Probe, key: str) -> None:
    shop = two_shops.tea
    stranger = Shop("stranger", "", secret=key)
    answer = await two_shops.ask(probe, stranger, shop)
    assert answer.status_code == 401, answer.text
    assert seen(shop, answer.text) == []


async def test_codes_cannot_be_put_into_the_others_pool(two_shops: TwoShops) -> None:
    shop, other = two_shops.shops
    put, look = PROBES["POST", "/v1/coupons/{pool}/codes"], PROBES["GET", "/v1/coupons/{pool}"]
    before = (await two_shops.ask(look, other, other)).json()
    assert (await two_shops.ask(put, shop, other)).status_code == 404
    assert (await two_shops.ask(look, other, other)).json() == before


def test_visitor_of_each_shop_got_a_code_of_its_own_pool_though_both_have_one_name(two_shops: TwoShops) -> None:
    shown = [shop.shown for shop in two_shops.shops if shop.shown is not None]
    codes = [show["popup"]["coupon"]["code"] for show in shown]
    assert codes == [shop.code for shop in two_shops.shops]


def test_visitor_of_each_shop_was_shown_a_popup_of_its_own_rules_in_its_own_look(two_shops: TwoShops) -> None:
    for shop, other in (two_shops.shops, two_shops.shops[::-1]):
        assert shop.shown is not None
        assert shop.shown["rule"] == shop.rule
        assert shop.accent in str(shop.shown)
        assert seen(other, str(shop.shown)) == []


async def test_why_knows_the_rules_of_the_shop_that_asks_and_no_others(two_shops: TwoShops) -> None:
    probe = PROBES["GET", "/v1/visitors/{visitor}/why"]
    for shop, other in (two_shops.shops, two_shops.shops[::-1]):
        told = (await two_shops.ask(probe, shop, shop)).text
        assert shop.rule in told
        assert "cart-sweetener" not in told
        by_rule = [replace(probe, path=f"{probe.path}?rule={rule}") for rule in (other.rule, "cart-of-x", shop.rule)]
        foreign, missing, own = [await two_shops.ask(each, shop, shop) for each in by_rule]
        assert (foreign.status_code, missing.status_code, own.status_code) == (404, 404, 200)
        assert seen(other, foreign.text.replace(other.rule, "")) == []


async def test_refused_events_are_told_to_their_own_site(two_shops: TwoShops) -> None:
    shop, other = two_shops.shops
    probe = PROBES["GET", "/v1/refused"]
    shopper = Shopper(f"ws://{two_shops.host}/v1/stream?site={shop.key}", shop.origin)
    async with shopper:
        await shopper.event("page_dwell", ms="jo@x.example")
        await shopper.settled()

    with two_shops.redis() as store:
        await eventually(lambda: store.exists(refused_key(shop.key)))
    found = (await two_shops.ask(probe, shop, shop)).json()
    assert [(each["field"], each["reason"]) for each in found["last"]] == [("page_dwell.ms", "expected a number")]
    assert "jo@" not in str(found)
    assert (await two_shops.ask(probe, other, other)).json()["last"] == []


async def test_gallery_shows_the_look_of_the_shop_whose_key_opens_it(two_shops: TwoShops) -> None:
    probe = replace(PROBES["GET", "/gallery/popup"], path="/gallery/popup?kind=chat&theme=own")
    for shop, other in (two_shops.shops, two_shops.shops[::-1]):
        told = (await two_shops.ask(probe, shop, shop)).text
        assert (shop.accent in told, other.accent in told) == (True, False)


def test_operator_can_tell_the_rules_of_two_shops_apart(two_shops: TwoShops) -> None:
    told = two_shops.metrics
    for shop in two_shops.shops:
        assert f'shopbell_fires_total{{rule="{shop.name}/{shop.rule}",variant=""}} 1.0' in told


def test_token_of_one_shop_is_nothing_at_the_other(two_shops: TwoShops) -> None:
    keys = load_secrets(two_shops.data)
    shop, other = two_shops.shops
    issued_ms = int(shop.token.split(".")[3], 16)
    assert tokens.read(keys, shop.key, shop.token, issued_ms) is not None
    assert tokens.read(keys, other.key, shop.token, issued_ms) is None


def test_every_key_in_redis_belongs_to_one_shop_and_holds_nothing_of_the_other(two_shops: TwoShops) -> None:
    with two_shops.redis() as store:
        found = [key.decode() for key in store.scan_iter(count=1_000)]
        assert len(found) > 10
        for key in found:
            owners = [shop for shop in two_shops.shops if f"{{{shop.key}:" in key]
            assert len(owners) == 1 or (owners == [] and key in OF_ALL_SITES), key
            held = content(store, key)
            for shop in two_shops.shops:
                if shop not in owners:
                    assert seen(shop, held) == [], key


async def test_every_row_of_every_table_belongs_to_one_shop(two_shops: TwoShops) -> None:
    for module in pkgutil.iter_modules(edge.__path__, "engine.edge."):
        importlib.import_module(module.name)  # whatever has a table describes it when it is imported
    met: set[str] = set()
    for table, row in await rows_of(two_shops):
        owners = [shop for shop in two_shops.shops if seen(shop, str(row))]
        assert len(owners) <= 1, (table, row)
        site = row.get("site") or row.get("key")
        assert not owners or site is None or site == owners[0].key, (table, row)
        met |= {table} if owners else set()
    assert {"site", "secret_key", "coupon_pool", "coupon_code", "subscriber", "answer"} <= met


async def test_archive_of_one_shop_knows_nothing_of_the_others_visitors(two_shops: TwoShops) -> None:
    records = Recordings(two_shops.data / "archive", two_shops.redis_address)
    shop, other = two_shops.shops
    await eventually(lambda: records.of_visitor(shop.key, shop.visitor))
    assert records.of_visitor(other.key, shop.visitor) == []
    assert [
        seen(other, str(each)) for each in records.of_visitor(shop.key, shop.visitor) if seen(other, str(each))
    ] == []


def test_numbers_for_everybody_name_no_shop(two_shops: TwoShops) -> None:
    told = two_shops.metrics
    for shop in two_shops.shops:
        assert not {shop.key, shop.visitor, shop.secret, shop.code} & set(told.replace('"', " ").split())


async def rows_of(two_shops: TwoShops) -> list[tuple[str, dict[str, Any]]]:
    """Return every row with its table, but for the audit log, which is the operator's."""
    database = open_database(database_url(None, two_shops.data))
    try:
        async with database.connect() as connection:
            return [
                (table.name, dict(row))
                for table in metadata.sorted_tables
                if table.name != "audit"
                for row in (await connection.execute(sa.select(table))).mappings()
            ]
    finally:
        await database.dispose()


def seen(shop: Shop, text: str) -> list[str]:
    """Return which of a shop's marks stand in a text."""
    return [mark for mark in shop.marks if mark and mark in text]


def content(store: redis.Redis, key: str) -> str:
    """Return all that a key holds, as text."""
    kind = store.type(key)
    readers: dict[bytes, Any] = {
        b"hash": lambda: store.hgetall(key),
        b"stream": lambda: store.xrange(key),
        b"string": lambda: store.get(key),
        b"zset": lambda: store.zrange(key, 0, -1),
        b"set": lambda: store.smembers(key),
        b"list": lambda: store.lrange(key, 0, -1),
    }
    assert isinstance(kind, bytes)
    return str(readers[kind]())


def test_secret_keys_are_what_a_route_with_a_key_takes() -> None:
    assert {probe.who for probe in PROBES.values() if probe.path.startswith("/v1/")} == {KEY, PAGE, LINK}


async def test_subscriber_of_the_other_cannot_be_made_to_leave(two_shops: TwoShops) -> None:
    shop, other = two_shops.shops
    leave = replace(PROBES["POST", "/v1/subscribers/leave"], body={"address": other.address})
    nobody = replace(leave, body={"address": "nobody@shop.example"})
    foreign, missing = [await two_shops.ask(each, shop, shop) for each in (leave, nobody)]
    assert (foreign.status_code, foreign.text) == (404, missing.text)
    [subscriber] = (await two_shops.ask(PROBES["GET", "/v1/subscribers"], other, other)).json()["subscribers"]
    assert (subscriber["address"], subscriber["status"]) == (other.address, "pending")


async def test_visitor_of_the_other_cannot_be_erased(two_shops: TwoShops) -> None:
    shop, other = two_shops.shops
    look = PROBES["GET", "/v1/visitors/{visitor}"]
    before = (await two_shops.ask(look, other, other)).json()
    asked = await two_shops.ask(PROBES["DELETE", "/v1/visitors/{visitor}"], shop, other)
    assert asked.status_code == 202
    await eventually(lambda: "1 visitors of" in two_shops.output, 60)
    held = (await two_shops.ask(look, other, other)).json()
    assert before["events"]
    assert {name: held[name] for name in ("state", "events", "coupons", "subscriptions")} == {
        name: before[name] for name in ("state", "events", "coupons", "subscriptions")
    }
