"""What a shopper sends off in a popup of a real engine: kept once, out of every log, and read by rules and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from engine.core.tokens import read_reference
from engine.edge.database import database_url
from engine.edge.keys import log_key
from engine.edge.secret import load_secrets
from engine.edge.secret_keys import make_key
from tests.live.client import Frame, Shopper
from tests.live.engine_process import ORIGIN, ShopEngine
from tests.waiting import eventually

RULES = """
- rule: news
  when: [page is home]
  show:
    subscribe: {title: News, consent: "Yes, write to me.", channels: [line]}
- rule: nps
  when: [page is thanks]
  show: {survey: {question: "Would you recommend us?", field: nps, comment: Why?}}
- rule: sorry
  when: [page is thanks, visitor.field(nps) <= 6]
  show: {chat: {text: We are sorry.}}
- rule: fit
  when: [page is category]
  show:
    chat:
      steps:
        start: {say: How long is your foot?, ask: {name: foot_cm, type: number, go: bye}}
        bye: {say: Thank you}
- rule: turn
  when: [page is search]
  show:
    wheel:
      title: Spin
      segments:
        - {text: A, code: WON, value: 50}
        - {text: B, code: WON, value: 50}
        - {text: C, code: WON, value: 50}
        - {text: D, code: WON, value: 50}
        - {text: E, code: WON, value: 50}
        - {text: F, code: WON, value: 50}
- rule: recent
  when: [page is cart]
  show: {products: {title: Seen, from: recently_viewed}}
- rule: new
  when: [page is checkout]
  show: {products: {title: New, from: new}}
"""
SITE = """
holdout: 0%
policy: {{quiet: 0s, popups_per_session: 99, never_on: []}}
channels: {{line: "@shop"}}
theme: {{accent: "#b0413e"}}
feeds: {{new: {{url: "http://127.0.0.1:{port}/new.json"}}}}
"""


class _Feed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps([{"id": "p9", "name": "New mug", "price": 480, "currency": "TWD", "url": "/p/9"}]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, redis_of_the_run: str | None) -> Iterator[ShopEngine]:
    """An engine with a rule for each thing that can be sent off, and a shop that serves a feed."""
    folder = tmp_path_factory.mktemp("submissions") / "one"
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Feed)
    Thread(target=server.serve_forever, daemon=True).start()
    shop = ShopEngine(folder, "--feed-hosts", "127.0.0.1", redis_url=redis_of_the_run)
    (folder / "rules" / "cart.yaml").write_text(RULES)
    (folder / "rules" / "site.yaml").write_text(SITE.format(port=server.server_address[1]))
    with shop:
        yield shop
    server.shutdown()
    server.server_close()


async def shown(shopper: Shopper, kind: str, rule: str, **page: Any) -> Frame:
    """Show a page, and return the popup's frame when it is there."""
    await shopper.view(kind, **page)
    await eventually(lambda: any(each["rule"] == rule for each in shopper.of("show")))
    (show,) = (each for each in shopper.of("show") if each["rule"] == rule)
    await shopper.event("popup_view", fire=show["fire"])
    return show


async def listed(shop: ShopEngine, what: str) -> list[dict[str, Any]]:
    """Read a list as a program of the shop's does."""
    secret = await make_key(database_url(None, shop.data), shop.site)
    async with httpx.AsyncClient(base_url=shop.url, headers={"Authorization": f"Bearer {secret}"}) as client:
        rows: list[dict[str, Any]] = (await client.get(f"/v1/{what}")).json()[what]
    return rows


async def test_form_makes_a_subscriber_once_however_often_it_is_sent(shop: ShopEngine) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper:
        popup = (show := await shown(shopper, "home", "news"))["popup"]
        assert popup["theme"] == {"accent": "#b0413e", "on_accent": "#ffffff"}
        reference = popup["channels"][0]["url"].rpartition("?")[2]
        assert read_reference(load_secrets(shop.data), shop.site, reference) == shopper.visitor
        fields = {"email": "Jo@Canary.example", "consent": True}
        for _ in range(2):
            await shopper.event("popup_submit", fire=show["fire"], fields=fields)
        await shopper.settled()
        await shopper.reconnect()
        await shopper.event("popup_submit", fire=show["fire"], fields=fields)
        await shopper.settled()
    rows = [row for row in await listed(shop, "subscribers") if row["visitor"] == shopper.visitor]
    assert [(row["address"], row["status"], row["consent"]) for row in rows] == [
        ("jo@canary.example", "pending", "Yes, write to me.")
    ]
    assert b"anary" not in in_the_event_log(shop)
    assert "anary" not in shop.output


def in_the_event_log(shop: ShopEngine) -> bytes:
    """Return all that the event log holds."""
    with shop.redis() as store:
        return b"".join(b"".join(fields.values()) for _, fields in store.xrange(log_key(shop.site, 0)))


async def test_answer_is_a_field_of_the_visitor_that_rules_read_at_once(shop: ShopEngine) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper:
        show = await shown(shopper, "thanks", "nps")
        await shopper.event("popup_close", fire=show["fire"])
        await shopper.event("popup_submit", fire=show["fire"], fields={"score": "3", "comment": "Canary was slow"})
        await eventually(lambda: any(each["rule"] == "sorry" for each in shopper.of("show")))
        await shopper.settled()
    (row,) = (row for row in await listed(shop, "answers") if row["visitor"] == shopper.visitor)
    assert (row["name"], row["value"], row["comment"]) == ("nps", "3", "Canary was slow")
    assert b"Canary" not in in_the_event_log(shop)


async def test_question_of_a_chat_is_answered(shop: ShopEngine) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper:
        show = await shown(shopper, "category", "fit")
        await shopper.event("popup_submit", fire=show["fire"], fields={"step": "start", "foot_cm": "24.5"})
        await shopper.event("popup_submit", fire=show["fire"], fields={"step": "start", "vip": "yes"})
        await shopper.settled()
    (row,) = (row for row in await listed(shop, "answers") if row["visitor"] == shopper.visitor)
    assert (row["name"], row["value"]) == ("foot_cm", "24.5")
    with shop.redis() as store:
        (visitor,) = (key for key in store.scan_iter(f"*{shopper.visitor}*v") if store.type(key) == b"hash")
        fields = {name: value for name, value in store.hgetall(visitor).items() if name.startswith(b"f:")}
    assert fields == {b"f:foot_cm": b"[24.5]"}


async def test_popup_of_another_visitor_takes_nothing(shop: ShopEngine) -> None:
    async with Shopper(shop.stream, ORIGIN) as one, Shopper(shop.stream, ORIGIN) as other:
        show = await shown(one, "home", "news")
        await other.event("popup_submit", fire=show["fire"], fields={"email": "al@canary.example", "consent": True})
        await other.settled()
    assert "al@canary.example" not in [row["address"] for row in await listed(shop, "subscribers")]


async def test_wheel_is_drawn_before_it_turns(shop: ShopEngine) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper:
        popup = (await shown(shopper, "search", "turn"))["popup"]
    assert popup["segments"][popup["prize"]] in popup["result"]
    assert popup["coupon"] == {"code": "WON", "value": "50"}


async def test_products_are_those_looked_at_and_those_of_the_feed(shop: ShopEngine) -> None:
    async with Shopper(shop.stream, ORIGIN) as shopper:
        await shopper.view("product", "/p/1", product={"id": "p1", "name": "Mug", "price": 680, "currency": "TWD"})
        recent = await shown(shopper, "cart", "recent")
        assert recent["popup"]["products"] == [{"id": "p1", "name": "Mug", "url": "/p/1", "price": "NT$680"}]
        new = await shown(shopper, "checkout", "new")
        assert [each["name"] for each in new["popup"]["products"]] == ["New mug"]


def test_gallery_is_for_who_has_a_key(shop: ShopEngine) -> None:
    assert shop.get("/gallery/")[0] == 401


def test_database_is_the_only_place_that_knows_an_address(shop: ShopEngine) -> None:
    holders = {path.name for path in Path(shop.data).rglob("*") if path.is_file() and b"canary" in path.read_bytes()}
    assert {name for name in holders if not name.startswith("shopbell.db")} == set()
