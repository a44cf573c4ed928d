"""The links in mails to subscribers: a page that changes nothing, and a button that does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.core.mail_texts import mail_words
from engine.core.themes import Theme
from engine.edge.api import site_that_asks
from engine.edge.database import open_database
from engine.edge.sites import add_site
from engine.edge.subscriber_api import subscriber_router
from engine.edge.subscriber_links import LinkPages, link_router
from engine.edge.subscribers import CONFIRM_WITHIN, Consent, Origin, Subscribers

NOON = 1_700_000_000_000
TOO_LATE = NOON + int(CONFIRM_WITHIN.total_seconds() * 1000)
ENGLISH, CHINESE = mail_words("en"), mail_words("zh-TW")


@dataclass
class Desk:
    """One subscriber whose token is ``t0``, and a mail program that follows links."""

    subscribers: Subscribers
    client: AsyncClient
    site: str
    now: int = NOON
    may_ask: bool = True

    async def listed(self, **query: str) -> list[dict[str, Any]]:
        answer = await self.client.get("/v1/subscribers", params=query, headers={"Authorization": "Bearer sk_a"})
        rows: list[dict[str, Any]] = answer.json()["subscribers"]
        return rows

    async def subscribe(self, address: str = "jo@shop.example", fire: str = "f_1") -> str:
        consent = Consent("請寄給我。", "zh-TW")
        return await self.subscribers.subscribe(address, consent, Origin(self.site, "v" * 26, "news", fire, self.now))

    async def status(self) -> str:
        (row,) = await self.listed()
        return str(row["status"])


@pytest.fixture
async def desk(database: str) -> AsyncIterator[Desk]:
    site = await add_site(database, "Mug & Co", [])
    engine: AsyncEngine = open_database(database)
    tokens = iter(["t0", "t1", "t2"])
    subscribers = Subscribers(engine, lambda: next(tokens))

    async def site_of(_secret: str) -> str:
        return site.key

    app = FastAPI()
    async with AsyncClient(transport=ASGITransport(app), base_url="http://bell.example") as client:
        made = Desk(subscribers, client, site.key)
        app.include_router(subscriber_router(subscribers, site_that_asks(site_of), lambda: made.now))
        shop = {site.key: ("Mug & Co", Theme(accent="#b0413e"))}
        app.include_router(
            link_router(LinkPages(subscribers, shop.__getitem__, lambda _: made.may_ask, lambda: made.now))
        )
        await made.subscribe()
        yield made
    await engine.dispose()


async def test_link_is_told_and_its_button_confirms_the_address(desk: Desk) -> None:
    (row,) = await desk.listed(status="pending")
    assert row["confirm_url"] == "http://bell.example/v1/subscribers/confirm?token=t0"
    page = await desk.client.get(row["confirm_url"])
    assert page.status_code == 200
    assert f"<h1>{CHINESE['confirm']}</h1>" in page.text
    assert "Mug &amp; Co" in page.text
    assert "請寄給我。" in page.text
    assert await desk.status() == "pending"
    done = await desk.client.post(row["confirm_url"])
    assert (done.status_code, CHINESE["confirmed"] in done.text) == (200, True)
    (row,) = await desk.listed()
    assert (row["status"], row["confirm_url"]) == ("confirmed", None)


async def test_button_pressed_twice_is_as_pressed_once(desk: Desk) -> None:
    first = await desk.client.post("/v1/subscribers/confirm?token=t0")
    (before,) = await desk.listed()
    desk.now = TOO_LATE
    again = await desk.client.post("/v1/subscribers/confirm?token=t0")
    opened = await desk.client.get("/v1/subscribers/confirm?token=t0")
    assert first.text == again.text == opened.text
    assert await desk.listed() == [before]


async def test_what_is_unknown_too_late_or_gone_is_answered_alike(desk: Desk) -> None:
    desk.now = TOO_LATE
    late = [await desk.client.get("/v1/subscribers/confirm?token=t0")]
    late.append(await desk.client.post("/v1/subscribers/confirm?token=t0"))
    unknown = [await desk.client.get(f"/v1/subscribers/{each}?token=t9") for each in ("confirm", "unsubscribe")]
    unknown += [await desk.client.post(f"/v1/subscribers/{each}?token=t9") for each in ("confirm", "unsubscribe")]
    unknown.append(await desk.client.get("/v1/subscribers/confirm"))
    assert {(each.status_code, each.text) for each in [*late, *unknown]} == {(404, unknown[0].text)}
    assert ENGLISH["gone"] in unknown[0].text
    assert await desk.status() == "pending"
    (row,) = await desk.listed()
    assert row["confirm_url"] is None


async def test_refusal_is_in_a_language_that_the_browser_names(desk: Desk) -> None:
    answer = await desk.client.get(
        "/v1/subscribers/confirm?token=t9", headers={"Accept-Language": "zh-TW,zh;q=0.9,en;q=0.8"}
    )
    assert CHINESE["gone"] in answer.text


async def test_subscriber_leaves_with_one_click_and_no_older_mail_brings_them_back(desk: Desk) -> None:
    (row,) = await desk.listed()
    asked = await desk.client.get(row["unsubscribe_url"])
    assert (CHINESE["leave"] in asked.text, await desk.status()) == (True, "pending")
    one_click = {"List-Unsubscribe": "One-Click"}
    left = await desk.client.post(row["unsubscribe_url"], data=one_click)
    assert (left.status_code, CHINESE["left"] in left.text) == (200, True)
    assert (await desk.client.get(row["unsubscribe_url"])).text == left.text
    assert (await desk.client.post(row["confirm_url"])).status_code == 404
    (row,) = await desk.listed(status="unsubscribed")
    assert row["unsubscribed_at"] == "2023-11-14T22:13:20+00:00"
    assert await desk.listed(status="pending") == []


async def test_who_left_and_subscribes_again_is_asked_again(desk: Desk) -> None:
    await desk.client.post("/v1/subscribers/confirm?token=t0")
    await desk.client.post("/v1/subscribers/unsubscribe?token=t0")
    desk.now += 60_000
    assert await desk.subscribe(fire="f_2") == "pending"
    (row,) = await desk.listed()
    assert (row["status"], row["confirmed_at"], row["unsubscribed_at"]) == ("pending", None, None)
    assert row["fire"] == "f_2"
    assert (await desk.client.post(row["confirm_url"])).status_code == 200


async def test_one_showing_brings_back_one_address_and_no_more(desk: Desk) -> None:
    await desk.subscribe("al@shop.example", "f_2")
    for token in ("t0", "t1"):
        await desk.client.post(f"/v1/subscribers/unsubscribe?token={token}")
    assert [await desk.subscribe(each, "f_3") for each in ("jo@shop.example", "al@shop.example")] == ["pending"] * 2
    assert [each["status"] for each in await desk.listed()] == ["pending", "unsubscribed"]


async def test_links_lead_to_where_the_shop_says_that_browsers_reach_the_engine(desk: Desk) -> None:
    (row,) = await desk.listed(engine="https://shop.example/bell/")
    assert row["unsubscribe_url"] == "https://shop.example/bell/v1/subscribers/unsubscribe?token=t0"
    refused = await desk.client.get(
        "/v1/subscribers?engine=javascript:alert(1)", headers={"Authorization": "Bearer sk_a"}
    )
    assert refused.status_code == 422


async def test_page_keeps_its_link_to_itself(desk: Desk) -> None:
    headers = (await desk.client.get("/v1/subscribers/confirm?token=t0")).headers
    assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


async def test_whoever_guesses_tokens_is_told_to_wait(desk: Desk) -> None:
    desk.may_ask = False
    for each in ("confirm", "unsubscribe"):
        assert (await desk.client.get(f"/v1/subscribers/{each}?token=t0")).status_code == 429
        assert (await desk.client.post(f"/v1/subscribers/{each}?token=t0")).status_code == 429


async def test_database_that_is_away_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_token: str, _at_ms: int) -> None:
        raise OperationalError("SELECT", {}, OSError("gone"))

    monkeypatch.setattr(desk.subscribers, "standing", away)
    answer = await desk.client.get("/v1/subscribers/confirm?token=t0")
    assert (answer.status_code, answer.json()["detail"]) == (
        503,
        "the database is not reachable, try again in a minute",
    )
