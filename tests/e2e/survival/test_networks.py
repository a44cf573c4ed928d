"""Networks that let some things through and others not: nothing is lost, nothing counts twice."""

import pytest
from playwright.sync_api import Page

from tests.e2e.ledger import Ledger
from tests.e2e.survival.conftest import Town
from tests.e2e.survival.network import Way
from tests.e2e.visit import Visit, popup_on, wait_until
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

FOUND_OUT_S = 30
"""Two WebSockets of five seconds, their pauses, one more try and an event stream: so long it may take at most."""

NETWORK_SAYS = (
    "net::ERR_",
    "blocked by CORS policy",
    "WebSocket connection to",
    "responded with a status of 502",
)


def visitor_on(page: Page, within_s: float = FOUND_OUT_S) -> str:
    """Return who the browser is, as its token says."""
    token: str = wait_until(page, "return localStorage.getItem('shopbell.token')", within_s)
    return token.split(".")[1]


def way_of(page: Page) -> str | None:
    way: str | None = page.evaluate("JSON.parse(sessionStorage.getItem('shopbell.way') ?? '[]')[1]")
    return way


def is_quiet(visit: Visit) -> bool:
    """Nothing was thrown, and the console holds only what the browser itself says of the network."""
    return visit.thrown == [] and all(any(word in line for word in NETWORK_SAYS) for line in visit.said)


def test_where_websockets_are_refused_events_go_up_by_posts_and_popups_come_by_an_event_stream(
    town: Town, shopper: Visit, books: Ledger
) -> None:
    town.network.websockets = Way.REFUSED
    page = shopper.new_tab()
    page.goto("/cart")
    popup_on(page).wait_for()
    visitor = visitor_on(page)
    page.evaluate("for (let n = 0; n < 20; n++) shopbell('event', 'wished', { n })")
    wait_for(lambda: books.count(visitor, "e:wished") == 20)
    assert way_of(page) == "sse"
    tried = town.network.asked["websockets"]
    page.goto("/next")
    wait_for(lambda: books.views(visitor) == {"/cart": 1, "/next": 1})
    assert town.network.asked["websockets"] == tried
    assert is_quiet(shopper), (shopper.said, shopper.thrown)


def test_after_ten_minutes_a_websocket_is_tried_again(town: Town, shopper: Visit, books: Ledger) -> None:
    town.network.websockets = Way.REFUSED
    page = shopper.new_tab()
    page.goto("/one")
    visitor = visitor_on(page)
    wait_until(page, "return sessionStorage.getItem('shopbell.way')")
    town.network.mend()
    page.evaluate("sessionStorage.setItem('shopbell.way', JSON.stringify([Date.now() - 1, 'sse']))")
    page.goto("/two")
    wait_until(page, "return watched.received.some(({ type }) => type === 'welcome')")
    wait_for(lambda: books.views(visitor) == {"/one": 1, "/two": 1})


def test_where_event_streams_are_held_back_answers_to_posts_bring_the_popup(
    town: Town, shopper: Visit, books: Ledger
) -> None:
    town.network.websockets = Way.REFUSED
    town.network.events = Way.HELD
    page = shopper.new_tab()
    page.goto("/cart")
    popup_on(page).wait_for()
    wait_until(page, "return JSON.parse(sessionStorage.getItem('shopbell.way') ?? '[]')[1] === 'post'", FOUND_OUT_S)
    visitor = visitor_on(page)
    page.evaluate("shopbell('event', 'wished')")
    wait_for(lambda: books.count(visitor, "e:wished") == 1)
    assert books.views(visitor) == {"/cart": 1}
    assert is_quiet(shopper), (shopper.said, shopper.thrown)


@pytest.mark.parametrize("way", [Way.CLOSED, Way.SILENT])
def test_proxy_that_takes_websockets_and_lets_nothing_through_is_found_out(
    town: Town, shopper: Visit, books: Ledger, way: Way
) -> None:
    town.network.websockets = way
    page = shopper.new_tab()
    page.goto("/cart")
    visitor = visitor_on(page)
    wait_for(lambda: books.views(visitor) == {"/cart": 1})
    assert is_quiet(shopper), (shopper.said, shopper.thrown)


def test_where_everything_is_blocked_the_shop_works_and_nobody_complains(town: Town, shopper: Visit) -> None:
    town.network.websockets = town.network.events = town.network.posts = Way.REFUSED
    town.shop.put("/alone", body="<button onclick=\"document.title = 'pressed'\">Press</button>")
    page = shopper.new_tab()
    page.goto("/alone")
    wait_for(lambda: town.network.asked["posts"] > 0, FOUND_OUT_S)
    page.get_by_role("button").click()
    assert page.title() == "pressed"
    town.network.files = Way.REFUSED
    page.goto("/alone")
    page.evaluate("window.shopbell?.('event', 'wished')")
    assert is_quiet(shopper), (shopper.said, shopper.thrown)


@pytest.mark.parametrize("websockets", [Way.OPEN, Way.REFUSED], ids=["WebSocket", "event stream"])
def test_connections_that_break_in_mid_flight_lose_nothing_and_double_nothing(
    town: Town, shopper: Visit, books: Ledger, websockets: Way
) -> None:
    town.network.websockets = websockets
    page = shopper.new_tab()
    page.goto("/one")
    visitor = visitor_on(page)
    for cut in range(4):
        page.evaluate("for (let n = 0; n < 15; n++) shopbell('event', 'wished', { n })")
        page.evaluate(f"history.pushState(null, '', '/route/{cut}')")
        town.network.cut()
    wait_for(lambda: books.count(visitor, "e:wished") == 60, FOUND_OUT_S)
    routes = {f"/route/{cut}": 1 for cut in range(4)}
    wait_for(lambda: books.views(visitor) == {"/one": 1, **routes}, FOUND_OUT_S)
    assert books.count(visitor, "e:wished") == 60
    assert is_quiet(shopper), (shopper.said, shopper.thrown)


def test_what_happened_offline_is_told_once_the_network_is_back(town: Town, shopper: Visit, books: Ledger) -> None:
    page = shopper.open("/one")
    visitor = visitor_on(page)
    page.context.set_offline(True)
    town.network.cut()
    page.evaluate("for (let n = 0; n < 5; n++) shopbell('event', 'wished', { n })")
    before = town.network.asked["websockets"]
    page.context.set_offline(False)
    wait_for(lambda: books.count(visitor, "e:wished") == 5, FOUND_OUT_S)
    assert town.network.asked["websockets"] > before
    assert is_quiet(shopper), (shopper.said, shopper.thrown)
