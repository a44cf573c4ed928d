"""What must hold in Firefox too: the seed sentence, exact counts, pages that come back, hard pages, every popup."""

from urllib.parse import urlencode

import pytest

from engine.demo.gallery import KINDS
from tests.e2e.firefox import Firefox, FirefoxTab
from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.e2e.survival.test_lives import A_MINUTE_IN_A_MOMENT
from tests.e2e.test_hard_pages import FULL_STORAGE, LOCKED, NO_STORAGE
from tests.e2e.test_routes import SETTLED_MS, STEPS
from tests.e2e.visit import STILL, TOLD
from tests.engine_process import EngineProcess
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

POPUP = "document.querySelector('shopbell-root') !== null"
VIEWED = "watched.sent.some(({name}) => name === 'popup_view')"
SEEN_IN_GALLERY = "window.reported?.some(({name}) => name === 'popup_view')"
WITHOUT_A_NETWORK = """(() => {
  const Real = WebSocket;
  window.WebSocket = class { constructor() { throw new Error("no network"); } };
  watched.sockets.forEach((socket) => socket.close());
  window.lives = 1;
  addEventListener("pageshow", ({ persisted }) => { lives += persisted; window.WebSocket = Real; });
})()"""
"""Until the page comes back."""
LEAVES_THE_SCREEN = """(() => {
  const panel = document.querySelector('shopbell-root').shadowRoot.querySelector('.panel');
  const { left, right, top, bottom } = panel.getBoundingClientRect();
  return left < 0 || right > innerWidth || top < 0 || bottom > innerHeight;
})()"""


def wait_until_told(tab: FirefoxTab) -> None:
    """Wait until the engine has acknowledged everything that the page has told so far."""
    tab.wait_until(f"(() => {{{TOLD}}})()")


def visitor_of(tab: FirefoxTab) -> str:
    wait_until_told(tab)
    name: str = tab.run("watched.received.findLast(({type}) => type === 'welcome').visitor")
    return name


def wait_for_popup(tab: FirefoxTab) -> None:
    """Wait until a popup is seen and reported, and has stopped moving."""
    tab.wait_until(VIEWED)
    tab.wait_until(f"(() => {{{STILL}}})()")


def test_third_visit_of_the_cart_and_some_attention_open_the_chat_once(
    stranger: Firefox, shop: Shop, ledger: Ledger
) -> None:
    tab = stranger.new_tab()
    for path in ("/?utm_campaign=third-cart", "/cart", "/", "/cart", "/tea"):
        tab.open(shop.url + path)
        wait_until_told(tab)
        assert not tab.run(POPUP)
    tab.open(f"{shop.url}/cart")
    wait_for_popup(tab)
    assert "WELCOME100" in tab.run("document.querySelector('shopbell-root').shadowRoot.textContent")
    tab.press(".close")
    tab.wait_until(f"!({POPUP})")
    tab.open(f"{shop.url}/cart?again")
    visitor = visitor_of(tab)
    assert (ledger.firings(visitor), ledger.views(visitor)["/cart"]) == (["third-cart"], 4)
    assert tab.run("watched.thrown") == []


@pytest.mark.parametrize("has_navigation", [True, False], ids=["navigation API", "history"])
def test_every_route_counts_once(stranger: Firefox, shop: Shop, ledger: Ledger, has_navigation: bool) -> None:
    head = "" if has_navigation else "<script>delete window.navigation</script>"
    tab = stranger.new_tab()
    tab.open(shop.put("/", head=head, body="<h1>A shop</h1>"))
    assert tab.run("'navigation' in window") == has_navigation
    expected = {"/": 1}
    for step, views in STEPS:
        since = tab.run(f"(() => {{ {step}; return performance.now(); }})()")
        tab.wait_until(f"performance.now() > {since + SETTLED_MS}")
        for path, count in views.items():
            expected[path] = expected.get(path, 0) + count
        assert ledger.views(visitor_of(tab)) == expected, step


@pytest.mark.parametrize("broken", [NO_STORAGE, FULL_STORAGE], ids=["throws", "is full"])
def test_page_without_storage_is_counted_and_shows_popups(
    stranger: Firefox, shop: Shop, ledger: Ledger, broken: str
) -> None:
    tab = stranger.new_tab()
    tab.open(shop.put("/cart", head=broken) + "?utm_campaign=chats")
    wait_for_popup(tab)
    assert (ledger.views(visitor_of(tab)), tab.run("watched.thrown")) == ({"/cart": 1}, [])


def test_strict_policy_has_to_allow_the_engine_and_nothing_else(
    stranger: Firefox, shop: Shop, engine: EngineProcess
) -> None:
    stream = engine.url.replace("http", "ws")
    policy = f"{LOCKED}; script-src {engine.url}; connect-src {stream}"
    tab = stranger.new_tab()
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    tab.open(shop.put("/cart", head=head) + "?utm_campaign=coupons")
    wait_for_popup(tab)
    assert (tab.run("watched.refused"), tab.run("watched.thrown")) == ([], [])


def test_page_that_is_loaded_anew_on_the_way_back_has_another_view(
    stranger: Firefox, shop: Shop, ledger: Ledger
) -> None:
    tab = stranger.new_tab()
    tab.open(f"{shop.url}/first")
    visitor = visitor_of(tab)
    tab.open(f"{shop.url}/second")
    wait_for(lambda: ledger.views(visitor) == {"/first": 1, "/second": 1})
    tab.step(-1)  # Firefox keeps no page alive that had a connection when it was left
    wait_for(lambda: ledger.views(visitor) == {"/first": 2, "/second": 1})
    tab.step(1)
    wait_for(lambda: ledger.views(visitor) == {"/first": 2, "/second": 2})
    assert tab.run("watched.sockets.filter(({readyState}) => readyState === 1).length") == 1
    assert tab.run("watched.thrown") == []


def test_page_that_comes_back_alive_has_another_view_and_stays_connected(
    stranger: Firefox, shop: Shop, ledger: Ledger
) -> None:
    tab = stranger.new_tab()
    tab.open(shop.put("/first", head=A_MINUTE_IN_A_MOMENT))
    visitor = visitor_of(tab)
    tab.run(WITHOUT_A_NETWORK)
    tab.wait_until("watched.sockets.every(({readyState}) => readyState === 3)")
    tab.open(f"{shop.url}/second")
    wait_for(lambda: ledger.views(visitor) == {"/first": 1, "/second": 1})
    tab.step(-1)
    tab.wait_until("window.lives === 2")
    wait_for(lambda: ledger.views(visitor) == {"/first": 2, "/second": 1})
    tab.run("new Promise((end) => setTimeout(end, 60_000))")
    tab.run("shopbell('event', 'wished')")
    wait_for(lambda: ledger.count(visitor, "e:wished") == 1)
    assert tab.run("watched.thrown") == []


def test_tab_in_the_background_earns_no_dwell(stranger: Firefox, shop: Shop, ledger: Ledger) -> None:
    cart = stranger.new_tab()
    cart.open(f"{shop.url}/cart?utm_campaign=attention")
    cart.wait_until("watched.received.some(({arm}) => arm?.page_dwell)")
    other = stranger.new_tab()
    other.open(f"{shop.url}/other")
    other.wait_until("performance.now() > 1700")
    assert (cart.run("document.visibilityState"), cart.run(POPUP)) == ("hidden", False)
    cart.bring_to_front()
    cart.wait_until(POPUP)
    assert ledger.count(visitor_of(cart), "dwell:cart") > 1500


def test_popup_of_a_tab_in_the_back_waits_there_and_shows_in_no_other(
    stranger: Firefox, shop: Shop, ledger: Ledger
) -> None:
    wish = "shopbell('event', 'help_wanted')"
    back, front = stranger.new_tab(), stranger.new_tab()
    for tab in (back, front):
        tab.bring_to_front()
        tab.open(f"{shop.url}/tea")
        wait_until_told(tab)
    back.run(wish)
    back.wait_until("watched.received.some(({type}) => type === 'show')")
    front.run(wish)
    wait_until_told(front)
    assert not front.run(POPUP)
    back.bring_to_front()
    wait_for_popup(back)
    assert not front.run(POPUP)
    assert ledger.firings(visitor_of(back)) == ["help-wanted"]
    assert back.run("watched.thrown") == front.run("watched.thrown") == []


@pytest.mark.parametrize("width", [360, 1280])
def test_every_kind_of_popup_is_drawn_whole_and_under_a_strict_policy(
    stranger: Firefox, engine: EngineProcess, width: int
) -> None:
    tab = stranger.new_tab()
    tab.resize(width, 740)
    wrong = {}
    for kind in KINDS:
        tab.open(f"{engine.url}/gallery/popup?" + urlencode({"kind": kind, "theme": "plain", "language": "en"}))
        tab.wait_until(SEEN_IN_GALLERY)
        tab.wait_until(f"(() => {{{STILL}}})()")
        wrong[kind] = [*tab.run("[...watched.refused, ...watched.thrown]"), *["out"] * tab.run(LEAVES_THE_SCREEN)]
    assert {kind: each for kind, each in wrong.items() if each} == {}
