"""What becomes of a page: left, hidden, frozen, brought back, prerendered, asleep."""

import pytest

from tests.e2e.bare_browser import BareBrowser, BareTab
from tests.e2e.ledger import Ledger
from tests.e2e.survival.conftest import Town
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

A_MINUTE_IN_A_MOMENT = """<script>
  const real = setTimeout;
  window.setTimeout = (act, ms, ...more) => real(act, ms === 60000 ? 200 : ms, ...more);
</script>"""
A_SLEEP = """<script>
  const awake = performance.now.bind(performance);
  let sleptMs = 0;
  performance.now = () => awake() + sleptMs;
  window.sleep = (ms) => { sleptMs += ms; };
  window.turnClock = (ms) => { const at = Date.now; Date.now = () => at() + ms; };
</script>"""
PRERENDER = """<script type="speculationrules">{"prerender": [{"urls": ["/next"], "eagerness": "immediate"}]}</script>
<script>addEventListener("load", () => setTimeout(() => document.querySelector("a").click(), 1500));</script>"""
PRERENDERED = """<script>
  if (document.prerendering) document.addEventListener("prerenderingchange", () => shopbell("event", "activated"));
</script>"""
CONNECTED = "watched.sockets.map(({readyState}) => readyState)"


@pytest.fixture
def tab(alone: BareBrowser, town: Town) -> BareTab:
    """A tab of somebody whom the shop does not know."""
    return alone.new_tab()


def visitor_on(tab: BareTab) -> str:
    """Return who the page is, once the engine has acknowledged its view."""
    tab.wait_until("watched.received.some(({type, seq}) => type === 'ack' && seq > 0)")
    token: str = tab.run("localStorage.getItem('shopbell.token')")
    return token.split(".")[1]


def test_last_words_of_a_tab_that_is_closed_are_heard_though_its_connection_is_dead(
    town: Town, tab: BareTab, books: Ledger
) -> None:
    tab.open(f"{town.shop.url}/cart")
    visitor = visitor_on(tab)
    town.network.go_deaf()
    tab.run("shopbell('event', 'wished', {}); history.pushState(null, '', '/left'); true")
    tab.close()
    wait_for(lambda: books.count(visitor, "e:wished") == 1)
    wait_for(lambda: books.views(visitor) == {"/cart": 1, "/left": 1})
    assert town.network.asked["posts"]  # once as it was hidden, if that took a while, and once as it went


def test_what_is_sent_at_the_end_and_again_by_the_next_page_counts_once(
    town: Town, tab: BareTab, books: Ledger
) -> None:
    tab.open(f"{town.shop.url}/one")
    visitor = visitor_on(tab)
    tab.run("for (let n = 0; n < 30; n++) shopbell('event', 'wished', {n}); true")
    tab.open(f"{town.shop.url}/two")
    wait_for(lambda: books.views(visitor) == {"/one": 1, "/two": 1})
    wait_for(lambda: books.count(visitor, "e:wished") == 30)
    assert tab.run("watched.thrown") == []


def test_hidden_page_gives_its_connection_back_after_a_minute_and_takes_another_when_it_is_seen(
    town: Town, alone: BareBrowser, tab: BareTab, books: Ledger
) -> None:
    tab.open(town.shop.put("/one", head=A_MINUTE_IN_A_MOMENT))
    visitor = visitor_on(tab)
    other = alone.new_tab()
    tab.wait_until(f"{CONNECTED}.join() === '3'")
    other.open(f"{town.shop.url}/two")
    wait_for(lambda: books.views(visitor) == {"/one": 1, "/two": 1})
    tab.bring_to_front()
    tab.wait_until(f"{CONNECTED}.join() === '3,1'")
    tab.run("shopbell('event', 'wished'); true")
    wait_for(lambda: books.count(visitor, "e:wished") == 1)
    assert books.views(visitor) == {"/one": 1, "/two": 1}


def test_frozen_page_goes_on_when_it_thaws(town: Town, alone: BareBrowser, tab: BareTab, books: Ledger) -> None:
    tab.open(f"{town.shop.url}/one")
    visitor = visitor_on(tab)
    front = alone.new_tab()
    tab.wait_until("document.visibilityState === 'hidden'")
    tab.set_state("frozen")
    front.open(f"{town.shop.url}/two")
    wait_for(lambda: books.views(visitor) == {"/one": 1, "/two": 1})
    tab.set_state("active")
    tab.bring_to_front()
    tab.run("shopbell('event', 'wished'); true")
    wait_for(lambda: books.count(visitor, "e:wished") == 1)
    assert books.views(visitor) == {"/one": 1, "/two": 1}
    assert tab.run("watched.thrown") == []


def test_machine_that_slept_earns_no_attention_and_a_turned_clock_changes_nothing(
    town: Town, tab: BareTab, books: Ledger
) -> None:
    tab.open(town.shop.put("/p/mug", head=A_SLEEP))
    visitor = visitor_on(tab)
    tab.run("turnClock(-86_400_000), sleep(3_600_000); true")
    tab.run("shopbell('event', 'wished'); true")
    wait_for(lambda: books.count(visitor, "e:wished") == 1)
    tab.run("turnClock(172_800_000); true")
    tab.open(f"{town.shop.url}/after")
    wait_for(lambda: books.count(visitor, "dwell") > 0)
    wait_for(lambda: books.views(visitor) == {"/p/mug": 1, "/after": 1})
    assert books.count(visitor, "dwell") < 20_000


def test_who_watches_a_film_attends_if_it_can_be_heard(town: Town, tab: BareTab) -> None:
    tab.open(town.shop.put("/p/mug", head=A_SLEEP))
    visitor_on(tab)
    dwell = {}
    for muted in ("true", "false"):
        tab.run(f"history.pushState(null, '', '/{muted}'); sleep(40_000); 1")
        tab.run("document.body.append(window.film = document.createElement('video')); 1")
        tab.run(f"film.muted = {muted}; film.dispatchEvent(new Event('timeupdate'))")
        tab.run("new Promise((end) => setTimeout(end, 300))")
        dwell[muted] = tab.run("history.pushState(null, '', '/left'); watched.sent.at(-1).data.ms")
    assert dwell["true"] < 6_200 < dwell["false"]


def test_prerendered_page_counts_once_and_when_it_is_seen(town: Town, alone: BareBrowser, books: Ledger) -> None:
    town.shop.put("/next", head=PRERENDERED)
    first = town.shop.put("/first", head=PRERENDER, body='<a href="/next">Next</a>')
    # Chromium prerenders nothing for a page that DevTools look at: they come when it has happened
    target = alone.open_unwatched(first)
    wait_for(lambda: alone.url_of(target).endswith("/next"))
    tab = BareTab(alone, target)
    tab.wait_until("localStorage.getItem('shopbell.token')")
    visitor = tab.run("localStorage.getItem('shopbell.token').split('.')[1]")
    wait_for(lambda: books.views(visitor) == {"/first": 1, "/next": 1})
    wait_for(lambda: books.count(visitor, "e:activated") == 1)


def test_page_that_comes_back_from_the_cache_counts_again_and_keeps_what_nobody_heard(
    town: Town, tab: BareTab, books: Ledger
) -> None:
    tab.open(f"{town.shop.url}/first")
    visitor = visitor_on(tab)
    tab.run("window.lives = 1; addEventListener('pageshow', ({persisted}) => { lives += persisted; }); true")
    tab.run("addEventListener('pagehide', () => shopbell('event', 'wished')); true")
    tab.open(f"{town.shop.url}/second")
    tab.step(-1)
    tab.wait_until("window.lives === 2")
    wait_for(lambda: books.views(visitor) == {"/first": 2, "/second": 1})
    tab.step(1)
    wait_for(lambda: books.views(visitor) == {"/first": 2, "/second": 2})
    wait_for(lambda: books.count(visitor, "e:wished") == 2)
    assert tab.run("watched.thrown") == []
