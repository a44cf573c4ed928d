"""Consent in a real browser: what is stored, what is sent, and what the engine keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine.core.tokens import is_fleeting
from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.e2e.visit import Visit, sent_from, visitor_of, wait_for_popup, wait_until, wait_until_told
from tests.waiting import wait_for

GTAG = "window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments) }"
WORDS = "{analytics_storage: '%s', ad_storage: '%s', ad_user_data: '%s', ad_personalization: '%s'}"
KEPT = "JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage), document.cookie])"
NOTHING = '[[],[],""]'
TCF = """
  const data = { eventStatus: 'tcloaded', gdprApplies: true, purpose: { consents: %s } };
  window.__tcfapi = (_, __, hear) => hear(data, true);
"""


def said(kind: str, word: str) -> str:
    """Return what a consent platform writes into the page."""
    return f"gtag('consent', '{kind}', {WORDS % ((word,) * 4)});"


def head(*scripts: str) -> str:
    return "".join(f"<script>{script}</script>" for script in scripts)


@pytest.fixture
def visit(browser: Browser, shop: Shop) -> Iterator[Visit]:
    with Visit(browser, shop.url) as visit:
        yield visit


def asked_by(page: Page) -> list[str]:
    """Collect the requests of a page to the engine that fetch no script."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/v1/" in request.url else None)
    page.on("websocket", lambda socket: asked.append(socket.url))
    return asked


def hellos(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("watched.sent.filter(({ type }) => type === 'hello')")
    return found


def agrees(page: Page, word: str) -> None:
    page.evaluate(said("update", word))


def test_who_denies_gets_the_pages_own_popups_and_nothing_is_kept(shop: Shop, visit: Visit, ledger: Ledger) -> None:
    shop.put("/", head=head(GTAG, said("update", "denied")))
    page = visit.open("/")
    page.evaluate("shopbell('event', 'help_wanted')")
    wait_for_popup(page).get_by_role("button", name="Close").click()
    wait_until_told(page)
    visitor = visitor_of(page)
    assert is_fleeting(visitor)
    assert [hello["token"] for hello in hellos(page)] == [""]
    assert page.evaluate(KEPT) == NOTHING
    assert ledger.events(visitor) == []
    assert ledger.firings(visitor) == ["help-wanted"]
    page.goto("/")
    wait_until_told(page)
    assert visitor_of(page) != visitor
    assert page.evaluate(KEPT) == NOTHING
    assert visit.thrown == []


def test_until_there_is_an_answer_nothing_is_stored_or_sent_and_then_all_of_it(
    shop: Shop, visit: Visit, ledger: Ledger
) -> None:
    shop.put("/cart", head=head(GTAG, said("default", "denied")))
    page = visit.new_tab()
    asked = asked_by(page)
    page.goto("/cart")
    wait_until(page, "return window.shopbell?.v")
    page.evaluate("shopbell('event', 'waited')")
    wait_until(page, "return performance.now() > 1500")
    assert (asked, hellos(page), page.evaluate(KEPT)) == ([], [], NOTHING)
    agrees(page, "granted")
    wait_until_told(page)
    assert [len(sent_from(page, name)) for name in ("page_view", "waited", "consent")] == [1, 1, 1]
    assert page.evaluate("localStorage.getItem('shopbell.token')") is not None
    names = [event["name"] for event in ledger.events(visitor_of(page))]
    assert sorted(names)[:3] == ["consent", "page_view", "waited"]


def test_where_consent_is_required_nothing_leaves_before_a_grant_nor_after_a_refusal(shop: Shop, visit: Visit) -> None:
    shop.put("/", tag=shop.tag.replace("<script ", '<script data-consent="required" '))
    page = visit.new_tab()
    asked = asked_by(page)
    page.goto("/")
    wait_until(page, "return window.shopbell?.v")
    page.evaluate("shopbell('consent', 'denied')")
    wait_until(page, "return performance.now() > 1500")
    assert (asked, page.evaluate(KEPT)) == ([], NOTHING)
    page.evaluate("shopbell('consent', {analytics: 'granted', marketing: 'denied'})")
    wait_until_told(page)
    assert [event["data"] for event in sent_from(page, "consent")] == [{"analytics": "granted", "marketing": "denied"}]


def test_consent_taken_back_empties_the_browser_at_once_and_the_engine_soon(
    shop: Shop, visit: Visit, ledger: Ledger
) -> None:
    shop.put("/", head=head(GTAG, said("default", "denied")))
    pages = [visit.new_tab(), visit.new_tab()]
    for page in pages:
        page.goto("/")
        wait_until(page, "return window.shopbell?.v")
        agrees(page, "granted")
        wait_until_told(page)
    [visitor] = {visitor_of(page) for page in pages}
    assert ledger.keys(visitor)
    agrees(pages[0], "denied")
    for page in pages:
        page.bring_to_front()
        wait_until(page, f"return {KEPT} === '{NOTHING}'")
        wait_until(page, f"return watched.received.findLast(({{ visitor }}) => visitor)?.visitor !== '{visitor}'")
        assert is_fleeting(visitor_of(page))
    wait_for(lambda: not ledger.keys(visitor), 20)
    wait_for(lambda: not ledger.events(visitor), 20)
    assert visit.thrown == []


def test_who_comes_back_and_denies_is_told_of_by_the_name_that_was_left(
    shop: Shop, visit: Visit, ledger: Ledger
) -> None:
    page = visit.open("/")
    visitor = visitor_of(page)
    shop.put("/denied", head=head(TCF % "{}"))
    page.goto("/denied")
    wait_until_told(page)
    assert is_fleeting(visitor_of(page))
    assert page.evaluate(KEPT) == NOTHING
    wait_for(lambda: not ledger.keys(visitor), 20)


def test_global_privacy_control_denies_marketing_alone(browser: Browser, shop: Shop, ledger: Ledger) -> None:
    with Visit(browser, shop.url) as visit:
        page = visit.new_tab()
        page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
        page.goto("/")
        wait_until_told(page)
        assert [event["data"] for event in sent_from(page, "consent")] == [
            {"analytics": "granted", "marketing": "denied"}
        ]
        assert not is_fleeting(visitor_of(page))


def test_refusal_by_a_call_holds_at_once_though_what_judges_it_never_comes(shop: Shop, visit: Visit) -> None:
    page = visit.open("/")
    page.route("**/c.*.js", lambda route: route.abort())
    page.evaluate("shopbell('consent', 'denied'); shopbell('event', 'later')")
    wait_until(page, "return watched.sockets.every(({ readyState }) => readyState > 1)")
    assert sent_from(page, "later") == []
