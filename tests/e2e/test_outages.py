"""The engine comes and goes while people shop: the shop does not notice, and the books are exact in the end."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.e2e.visit import Visit, visitor_of, wait_until
from tests.engine_process import EngineProcess
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

BURST = 60
LATE_S = 30
"""
A page that failed several times waits longer, at random, before it tries again, and may get through by posts instead
of a WebSocket: only the books tell that it did.
"""


class Street:
    """A shop, and an engine of its own that may die; always at the same port."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        no_limit = ("--events-per-second", "0", "--events-per-session", "0", "--archive-every", "0")
        self.engine = EngineProcess(folder, "--port", str(port), *no_limit)
        self.shop = shop
        shop.join(self.engine.data)
        shop.wear(f"http://127.0.0.1:{port}")

    def kill(self) -> None:
        """End the engine as a power cut does."""
        self.engine.process.kill()
        self.engine.process.wait()

    def revive(self) -> None:
        """Start the engine again, with its data."""
        self.engine.start()
        self.engine.wait_until_ready()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with Shop() as shop:
        street = Street(tmp_path_factory.mktemp("street"), shop)
        with street.engine:
            yield street


@pytest.fixture
def street(ground: Street) -> Street:
    if ground.engine.process.poll() is not None:
        ground.revive()
    return ground


@pytest.fixture
def shopper(browser: Browser, street: Street) -> Iterator[Visit]:
    with Visit(browser, street.shop.url) as visit:
        yield visit


@pytest.fixture
def books(street: Street) -> Iterator[Ledger]:
    with Ledger(street.engine, street.shop.key) as ledger:
        yield ledger


def test_what_happened_while_the_engine_was_down_is_told_by_the_tabs_next_page(
    street: Street, shopper: Visit, books: Ledger
) -> None:
    page = shopper.open("/one")
    visitor, doc = visitor_of(page), page.evaluate("watched.sent[0].doc")
    street.kill()
    page.evaluate("shopbell('event', 'wished', {sku: 'mug'})")
    page.goto("/two")  # the script comes from the browser's cache
    page.goto("/three")
    page.evaluate("shopbell('event', 'wished', {sku: 'pot'})")
    street.revive()
    wait_for(lambda: books.count(visitor, "e:wished") == 2, LATE_S)
    assert books.views(visitor) == {"/one": 1, "/two": 1, "/three": 1}
    told = [event for event in books.events(visitor) if event["name"] == "wished"]
    assert {(event["data"]["sku"], event.get("page", {}).get("url")) for event in told} == {
        ("mug", "/one"),
        ("pot", None),
    }
    assert {event["doc"] for event in told if event["data"]["sku"] == "mug"} == {doc}
    assert shopper.thrown == []


def test_no_event_is_lost_or_counted_twice_when_the_engine_is_killed_in_the_middle(
    street: Street, shopper: Visit, books: Ledger
) -> None:
    page = shopper.open("/one")
    visitor = visitor_of(page)
    page.evaluate(
        """count => {
      let left = count;
      const timer = setInterval(() => {
        shopbell("event", "wished", { left });
        if (left % 20 === 0) history.pushState(null, "", `/route/${left}`);
        if (--left === 0) clearInterval(timer);
      }, 20);
    }""",
        BURST,
    )
    wait_for(lambda: books.count(visitor, "e:wished") > BURST / 6)
    street.kill()
    wait_until(page, "return watched.sockets.length > 1")  # one try at least meets nobody
    street.revive()
    wait_for(lambda: books.count(visitor, "e:wished") == BURST, LATE_S)
    assert books.views(visitor) == {"/one": 1, **{f"/route/{left}": 1 for left in range(20, BURST + 1, 20)}}
    assert shopper.thrown == []


def test_page_works_where_the_engine_is_down(street: Street, shopper: Visit) -> None:
    street.kill()
    street.shop.put("/alone", body="<button onclick=\"document.title = 'pressed'\">Press</button>")
    page = shopper.new_tab()
    page.goto("/alone")
    page.get_by_role("button").click()
    assert page.title() == "pressed"
    assert shopper.thrown == []
    assert all("net::ERR_CONNECTION_REFUSED" in line for line in shopper.said)
