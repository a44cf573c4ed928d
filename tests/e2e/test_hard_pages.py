"""Pages that make it hard for a script: the snippet works there, or stays silent, and never disturbs."""

import pytest

from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.e2e.visit import Visit, go, popup_on, sent_from, visitor_of, wait_for_popup, wait_until_told
from tests.engine_process import EngineProcess
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

LOCKED = "default-src 'none'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'"
HOSTILE = "<img src=x onerror=\"document.title = 'hit'\">{{7*7}}</script>"
AS_JSON = HOSTILE.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\u003c")
A_PRODUCT = f'<script type="application/ld+json">{{"@type": "Product", "sku": "mug", "name": "{AS_JSON}"}}</script>'
NO_STORAGE = """<script>
  for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("no storage here", "SecurityError"); } });
  LockManager.prototype.request = () => Promise.reject(new DOMException("no locks here", "SecurityError"));
</script>"""
"""As browsers do that block a site's cookies and what else it keeps."""

FULL_STORAGE = """<script>
  Storage.prototype.setItem = () => { throw new DOMException("no room", "QuotaExceededError"); };
</script>"""


def test_snippet_included_twice_is_there_once(visit: Visit, shop: Shop, ledger: Ledger) -> None:
    page = visit.open(shop.put("/twice", tag=shop.tag * 2))
    page.evaluate("shopbell('event', 'wished')")
    wait_until_told(page)
    visitor = visitor_of(page)
    assert page.evaluate("watched.sockets.length") == 1
    assert (ledger.views(visitor), ledger.count(visitor, "e:wished")) == ({"/twice": 1}, 1)
    assert (visit.said, visit.thrown) == ([], [])


@pytest.mark.parametrize("broken", [NO_STORAGE, FULL_STORAGE], ids=["throws", "is full"])
def test_page_without_storage_is_counted_and_shows_popups(
    visit: Visit, shop: Shop, ledger: Ledger, broken: str
) -> None:
    page = visit.open(shop.put("/cart", head=broken) + "?utm_campaign=chats")
    wait_for_popup(page).get_by_role("button", name="Close").click()
    wait_until_told(page)
    assert ledger.views(visitor_of(page)) == {"/cart": 1}
    assert (visit.said, visit.thrown) == ([], [])


def test_script_that_runs_before_there_is_a_body_sees_the_whole_page(visit: Visit, shop: Shop, ledger: Ledger) -> None:
    tag = shop.tag.replace("async ", "")
    page = visit.open(shop.put("/early", tag=tag + "<script>window.early = document.body === null</script>"))
    assert page.evaluate("early")
    assert ledger.views(visitor_of(page)) == {"/early": 1}
    assert [sent["data"]["title"] for sent in sent_from(page, "page_view")] == ["A shop"]
    assert (visit.said, visit.thrown) == ([], [])


def test_calls_before_the_script_is_there_are_not_lost(visit: Visit, shop: Shop, ledger: Ledger) -> None:
    stub = "window.shopbell = window.shopbell || function () { (shopbell.q = shopbell.q || []).push(arguments) };"
    page = visit.open(shop.put("/stub", head=f"<script>{stub} shopbell('event', 'wished', {{color: 'red'}})</script>"))
    wait_for(lambda: ledger.count(visitor_of(page), "e:wished") == 1)
    assert [sent["data"] for sent in sent_from(page, "wished")] == [{"color": "red"}]


def test_hostile_product_title_is_plain_text_in_the_popup(visit: Visit, shop: Shop) -> None:
    page = visit.open(shop.put("/p/mug", head=A_PRODUCT) + "?utm_campaign=hostile")
    assert [sent["data"]["product"]["name"] for sent in sent_from(page, "page_view")] == [HOSTILE]
    popup = wait_for_popup(page)
    assert popup.get_by_role("heading").inner_text() == HOSTILE
    assert f"{HOSTILE} is waiting." in popup.inner_text()
    assert popup.locator("img, script").count() == 0
    assert (page.title(), visit.said, visit.thrown) == ("A shop", [], [])


@pytest.mark.parametrize("scripts", ["{host}", "'nonce-r4nd0m' 'strict-dynamic'"], ids=["host", "nonce"])
def test_strict_policy_has_to_allow_the_engine_and_nothing_else(
    visit: Visit, shop: Shop, engine: EngineProcess, scripts: str
) -> None:
    stream = engine.url.replace("http", "ws")
    policy = f"{LOCKED}; script-src {scripts.format(host=engine.url)}; connect-src {stream}"
    tag = shop.tag.replace("<script", '<script nonce="r4nd0m"')
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    page = visit.open(shop.put("/cart", head=head, tag=tag) + "?utm_campaign=coupons")
    wait_for_popup(page).get_by_role("button", name="Copy").click()
    assert page.evaluate("watched.refused") == []
    assert (visit.said, visit.thrown) == ([], [])


def test_page_that_replaces_its_whole_body_keeps_its_popup(visit: Visit, shop: Shop) -> None:
    page = visit.open(shop.url + "/cart?utm_campaign=chats")
    wait_for_popup(page)
    page.evaluate("document.body = document.createElement('body')")
    assert popup_on(page).is_visible()


def test_page_that_spoils_the_built_in_objects_is_not_disturbed(visit: Visit, shop: Shop) -> None:
    spoilt = """<script>
      Object.prototype.q = 1; Object.prototype.v = undefined; Array.prototype.surprise = () => "hello";
      window.requestIdleCallback = undefined;
    </script>"""
    page = visit.new_tab()
    page.goto(shop.put("/spoilt", head=spoilt))
    wait_until_told(page)
    go(page, shop.url + "/after")
    assert (visit.said, visit.thrown) == ([], [])
