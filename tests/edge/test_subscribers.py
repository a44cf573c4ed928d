"""Subscribers and answers: kept once, with the consent that was given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.core.doing import Change
from engine.core.events import Event
from engine.core.submissions import Answer
from engine.edge.api import site_that_asks
from engine.edge.database import open_database
from engine.edge.sites import Site, add_site
from engine.edge.submissions import Submissions
from engine.edge.subscriber_api import subscriber_router
from engine.edge.subscribers import Consent, Origin, Subscribers
from engine.tab import Tab
from tests.edge.tabs import rules_of

NOON = 1_700_000_000_000
AGREED = Consent("Send me news.", "en")

RULES = """
- rule: news
  when: [page is home]
  show: {subscribe: {title: a, consent: {en: Send me news., zh-TW: 請寄給我。}}}
- rule: nps
  when: [page is home]
  show:
    - variant: short
      weight: 1
      survey: {question: a, field: nps}
    - variant: long
      weight: 1
      survey: {question: a, comment: b}
- rule: tagging
  when: [page is home]
  show: {chat: {text: a, replies: [{text: b, tag: likes-b}, c]}}
"""


@pytest.fixture
async def tables(database: str) -> AsyncIterator[AsyncEngine]:
    """The connections to a database with two sites, of each kind of database."""
    for key in ("pk_a", "pk_b"):
        SITES[key] = await add_site(database, key, [])
    engine = open_database(database)
    yield engine
    await engine.dispose()


SITES: dict[str, Site] = {}


def an_origin(site: str = "pk_a", fire: str = "f_1", at_ms: int = NOON) -> Origin:
    return Origin(SITES[site].key, "v" * 26, "news", fire, at_ms)


async def test_subscriber_is_kept_with_the_consent_that_was_given(tables: AsyncEngine) -> None:
    subscribers = Subscribers(tables, lambda: "a token")
    assert await subscribers.subscribe("Jo@Shop.example", AGREED, an_origin()) == "pending"
    (row,) = await subscribers.subscribers(SITES["pk_a"].key)
    assert row["address"] == "jo@shop.example"
    assert (row["status"], row["consent"], row["language"]) == ("pending", "Send me news.", "en")
    assert (row["rule"], row["fire"], row["visitor"]) == ("news", "f_1", "v" * 26)
    assert row["consented_at"] == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert row["token"] == "a token"


async def test_address_is_kept_once_for_a_site(tables: AsyncEngine) -> None:
    subscribers = Subscribers(tables)
    asked = [subscribers.subscribe("jo@shop.example", AGREED, an_origin(fire=f"f_{n}")) for n in range(10)]
    assert set(await asyncio.gather(*asked)) == {"pending"}
    assert len(await subscribers.subscribers(SITES["pk_a"].key)) == 1
    await subscribers.subscribe("jo@shop.example", AGREED, an_origin("pk_b"))
    assert len(await subscribers.subscribers(SITES["pk_b"].key)) == 1


async def test_firing_gives_one_address_and_not_a_list_of_them(tables: AsyncEngine) -> None:
    subscribers = Subscribers(tables)
    many = [subscribers.subscribe(f"jo{n}@shop.example", AGREED, an_origin()) for n in range(10)]
    assert set(await asyncio.gather(*many)) == {"pending"}
    assert len(await subscribers.subscribers(SITES["pk_a"].key)) == 1
    await subscribers.subscribe("al@shop.example", AGREED, an_origin(fire="f_2"))
    assert len(await subscribers.subscribers(SITES["pk_a"].key)) == 2


async def test_address_that_waits_takes_the_newest_consent(tables: AsyncEngine) -> None:
    subscribers = Subscribers(tables)
    await subscribers.subscribe("jo@shop.example", AGREED, an_origin())
    await subscribers.subscribe("jo@shop.example", Consent("請寄給我。", "zh-TW"), an_origin(at_ms=NOON + 5_000))
    (row,) = await subscribers.subscribers(SITES["pk_a"].key)
    assert (row["consent"], row["language"], row["consented_at"].second) == ("請寄給我。", "zh-TW", 25)


async def test_owner_confirms_with_the_token_and_stays_confirmed(tables: AsyncEngine) -> None:
    subscribers = Subscribers(tables, lambda: "a token")
    await subscribers.subscribe("jo@shop.example", AGREED, an_origin())
    assert not await subscribers.confirm("another", NOON)
    assert await subscribers.confirm("a token", NOON + 60_000)
    assert await subscribers.confirm("a token", NOON + 90_000)
    assert await subscribers.subscribe("jo@shop.example", Consent("Other", "en"), an_origin()) == "confirmed"
    (row,) = await subscribers.subscribers(SITES["pk_a"].key)
    assert (row["status"], row["consent"], row["confirmed_at"].minute) == ("confirmed", "Send me news.", 14)


async def test_question_of_a_firing_is_answered_once(tables: AsyncEngine) -> None:
    subscribers = Subscribers(tables)
    assert await subscribers.answer(Answer("nps", "9", "Fine"), an_origin())
    assert not await subscribers.answer(Answer("nps", "1"), an_origin())
    assert await subscribers.answer(Answer("nps", "3"), an_origin(fire="f_2"))
    rows = await subscribers.answers(SITES["pk_a"].key)
    assert [(row["value"], row["comment"]) for row in rows] == [("9", "Fine"), ("3", "")]
    assert [row["value"] for row in await subscribers.answers(SITES["pk_a"].key, after=rows[0]["id"])] == ["3"]


class Visitors:
    """The visitor's firings and fields."""

    def __init__(self) -> None:
        self.firings = {"f_1": ("news", ""), "f_2": ("nps", "short"), "f_3": ("nps", "gone"), "f_4": ("gone", "")}
        self.firings |= {"f_5": ("nps", "long"), "f_6": ("tagging", "")}
        self.fields: list[tuple[str, str]] = []
        self.changes: list[str] = []

    async def firing_of(self, tab: Tab, fire: str) -> tuple[str, str] | None:
        return self.firings.get(fire)

    async def change(self, tab: Tab, changes: Iterable[Change]) -> None:
        self.changes += [str(each) for each in changes]

    async def set_field(self, tab: Tab, name: str, value: str) -> None:
        self.fields.append((name, value))


async def submit(tables: AsyncEngine, visitors: Visitors, fire: str, **fields: Any) -> Subscribers:
    subscribers = Subscribers(tables)
    rules = rules_of(RULES, "languages: [zh-TW, en]")
    tab = Tab(SITES["pk_a"].key, "v" * 26, "abcdef", None, rules)
    data = {"fire": fire, "fields": fields} if fields else {"fire": fire}
    await Submissions(visitors, subscribers, lambda _site: rules).take(tab, Event(1, "popup_submit", data), NOON)
    return subscribers


async def test_form_that_is_sent_off_makes_a_subscriber(tables: AsyncEngine) -> None:
    subscribers = await submit(tables, Visitors(), "f_1", email="jo@shop.example", consent=True)
    (row,) = await subscribers.subscribers(SITES["pk_a"].key)
    assert (row["consent"], row["language"], row["rule"]) == ("請寄給我。", "zh-TW", "news")


async def test_answer_goes_into_the_visitors_field_where_the_survey_says_so(tables: AsyncEngine) -> None:
    visitors = Visitors()
    await submit(tables, visitors, "f_2", score="9", comment="not asked for")
    subscribers = await submit(tables, visitors, "f_5", score="3", comment="Slow")
    rows = await subscribers.answers(SITES["pk_a"].key)
    assert [(row["value"], row["comment"]) for row in rows] == [("9", ""), ("3", "Slow")]
    assert visitors.fields == [("nps", "9")]


@pytest.mark.parametrize("fire", ["f_0", "f_3", "f_4", "f_6"])
async def test_popup_that_was_not_shown_or_is_gone_has_nothing_to_send_off(tables: AsyncEngine, fire: str) -> None:
    subscribers = await submit(tables, Visitors(), fire, email="jo@shop.example", consent=True, score="9")
    assert await subscribers.subscribers(SITES["pk_a"].key) == []
    assert await subscribers.answers(SITES["pk_a"].key) == []


async def test_click_gives_the_tag_that_it_says_and_none_else(tables: AsyncEngine) -> None:
    visitors = Visitors()
    for choice in ("0", "1", "2"):
        await submit(tables, visitors, "f_6", step="start", choice=choice)
    await submit(tables, visitors, "f_6", step="start", tag="mine")
    assert visitors.changes == ["tag likes-b"]


async def test_submission_without_fields_is_only_an_event(tables: AsyncEngine) -> None:
    subscribers = await submit(tables, Visitors(), "f_1")
    assert await subscribers.subscribers(SITES["pk_a"].key) == []


async def test_shop_says_who_wants_no_more_mail_and_of_its_own_subscribers_alone(tables: AsyncEngine) -> None:
    subscribers = Subscribers(tables)
    await subscribers.subscribe("jo@shop.example", AGREED, an_origin())
    keys = {"sk_a": SITES["pk_a"].key, "sk_b": SITES["pk_b"].key}

    async def site_of(secret: str) -> str | None:
        return keys.get(secret)

    app, times = FastAPI(), iter([NOON + 1_000, NOON + 2_000, NOON + 3_000, NOON + 4_000])
    app.include_router(subscriber_router(subscribers, site_that_asks(site_of), lambda: next(times)))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://a.example") as client:
        for key, address, status in (
            ("sk_b", "jo@shop.example", 404),
            ("sk_a", "al@shop.example", 404),
            ("sk_a", " Jo@Shop.example", 200),
            ("sk_a", "jo@shop.example", 200),
            ("sk_a", "jo", 422),
            ("sk_c", "jo@shop.example", 401),
        ):
            headers = {"Authorization": f"Bearer {key}"}
            answer = await client.post("/v1/subscribers/leave", json={"address": address}, headers=headers)
            assert answer.status_code == status
    (row,) = await subscribers.subscribers(SITES["pk_a"].key)
    assert (row["status"], row["unsubscribed_at"]) == ("unsubscribed", datetime.fromtimestamp(NOON / 1000 + 3, UTC))


async def test_address_is_forgotten_at_the_site_that_was_said_alone(tables: AsyncEngine) -> None:
    subscribers = Subscribers(tables)
    origin = an_origin()
    await subscribers.subscribe("jo@shop.example", AGREED, origin)
    assert await subscribers.erase_address(SITES["pk_b"].key, "jo@shop.example") is None
    assert len(await subscribers.subscribers(origin.site)) == 1
    assert await subscribers.erase_address(origin.site, " Jo@shop.example") == origin.visitor
    assert await subscribers.subscribers(origin.site) == []


async def test_site_reads_its_own_subscribers_and_answers(tables: AsyncEngine) -> None:
    subscribers = Subscribers(tables)
    await subscribers.subscribe("jo@shop.example", AGREED, an_origin())
    await subscribers.answer(Answer("nps", "9"), an_origin())
    keys = {"sk_a": SITES["pk_a"].key, "sk_b": SITES["pk_b"].key}

    async def site_of(secret: str) -> str | None:
        return keys.get(secret)

    app = FastAPI()
    app.include_router(subscriber_router(subscribers, site_that_asks(site_of)))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://a.example") as client:
        for path in ("subscribers", "answers"):
            of_a, of_b, of_nobody = [
                await client.get(f"/v1/{path}", headers={"Authorization": f"Bearer {key}"})
                for key in ("sk_a", "sk_b", "sk_c")
            ]
            assert len(of_a.json()[path]) == 1
            assert "token" not in of_a.json()[path][0]
            assert of_a.headers["cache-control"] == "no-store"
            assert of_b.json() == {path: []}
            assert of_nobody.status_code == 401
            assert (
                await client.get(f"/v1/{path}?after=-1", headers={"Authorization": "Bearer sk_a"})
            ).status_code == 422
