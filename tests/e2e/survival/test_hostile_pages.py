"""Shops that bend the browser's own objects: the snippet works, or is silent, and never disturbs."""

import pytest

from tests.e2e.ledger import Ledger
from tests.e2e.survival.conftest import Town
from tests.e2e.survival.test_networks import visitor_on
from tests.e2e.visit import Visit, popup_on, sent_from, wait_until, wait_until_told
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

POLLUTED = """
  for (const name of ["once", "signal", "type", "doc", "arm", "seq", "page", "q", "kind", "keepalive", "headers"])
    Object.defineProperty(Object.prototype, name, { get() { return 1; }, set() { throw new Error(name); } });
"""
PROTOTYPE_JS = """
  for (const each of [Array, String, Number])
    each.prototype.toJSON = function () { return `"${this}"`; };
  Array.prototype.each = Array.prototype.forEach;
  Object.prototype.extend = function () {};
"""
OTHER_JSON = "JSON.stringify = () => 'theirs'; JSON.parse = () => 'theirs';"
OTHER_FETCH = "window.fetch = () => { throw new Error('theirs'); };"
OTHER_PROMISE = """
  window.Promise = class extends Promise { then(...args) { return super.then(...args); } };
  window.setTimeout = ((real) => (act, ms) => real(act, ms))(setTimeout);
"""
NO_API = "for (const name of ['requestIdleCallback', 'BroadcastChannel', 'EventSource']) window[name] = undefined;"

BEFORE_US = {"inherited traps": POLLUTED, "prototype.js": PROTOTYPE_JS, "fetch": OTHER_FETCH, "promise": OTHER_PROMISE,
             "old browser": NO_API}  # fmt: skip
AFTER_US = {**BEFORE_US, "json": OTHER_JSON}


def lives(town: Town, shopper: Visit, books: Ledger, before: str, after: str) -> None:
    """The page counts, tells what happens, and shows its popup; nothing is thrown into it."""
    town.shop.put("/cart", head=f"<script>{before}</script>")
    page = shopper.new_tab()
    page.goto("/cart")
    visitor = wait_until(page, "return localStorage.getItem('shopbell.token')").split(".")[1]
    wait_for(lambda: books.views(visitor) == {"/cart": 1})
    page.evaluate(f"() => {{ {after} }}")
    page.evaluate("shopbell('event', 'wished', { sku: 'mug' })")
    popup_on(page).wait_for()
    wait_for(lambda: books.count(visitor, "e:wished") == 1)
    assert books.views(visitor) == {"/cart": 1}
    page.goto("/after")
    wait_for(lambda: books.views(visitor) == {"/cart": 1, "/after": 1})
    assert (shopper.said, shopper.thrown) == ([], [])


@pytest.mark.parametrize("name", BEFORE_US)
def test_page_that_bends_objects_before_the_script_comes(town: Town, shopper: Visit, books: Ledger, name: str) -> None:
    lives(town, shopper, books, before=BEFORE_US[name], after="")


@pytest.mark.parametrize("name", AFTER_US)
def test_page_that_bends_objects_when_the_script_is_there(town: Town, shopper: Visit, books: Ledger, name: str) -> None:
    lives(town, shopper, books, before="", after=AFTER_US[name])


def test_tag_that_a_script_writes_into_the_page_works(town: Town, shopper: Visit, books: Ledger) -> None:
    written = town.shop.tag.replace("async ", "").replace("</script>", "<\\/script>")
    page = shopper.new_tab()
    page.goto(town.shop.put("/written", head=f"<script>document.write('{written}')</script>", tag=""))
    wait_until_told(page)
    assert books.views(visitor_on(page)) == {"/written": 1}
    assert (shopper.said, shopper.thrown) == ([], [])


def test_page_that_writes_itself_anew_is_not_disturbed(town: Town, shopper: Visit, books: Ledger) -> None:
    page = shopper.open("/one")
    visitor = visitor_on(page)
    page.evaluate("document.open(), document.write('<h1>Anew</h1>'), document.close()")
    page.evaluate("shopbell('event', 'wished')")
    wait_for(lambda: books.count(visitor, "e:wished") == 1)
    assert page.inner_text("h1") == "Anew"
    assert (shopper.said, shopper.thrown) == ([], [])


def test_flood_of_events_leaves_the_last_two_hundred_and_a_page_that_lives(
    town: Town, shopper: Visit, books: Ledger
) -> None:
    page = shopper.open("/one")
    visitor = visitor_on(page)
    page.context.set_offline(True)
    town.network.cut()
    flooded_ms = page.evaluate(
        "() => { const from = performance.now(); for (let n = 1; n <= 500; n++) shopbell('event', 'wished', { n });"
        " return performance.now() - from; }"
    )
    assert flooded_ms > 0
    page.context.set_offline(False)
    wait_for(lambda: books.count(visitor, "e:wished") == 200, 30)
    told = [event["data"]["n"] for event in books.events(visitor) if event["name"] == "wished"]
    assert sorted(set(told)) == list(range(301, 501))
    assert shopper.thrown == []


def test_flood_while_connected_counts_each_event_once(town: Town, shopper: Visit, books: Ledger) -> None:
    page = shopper.open("/one")
    visitor = visitor_on(page)
    page.evaluate(
        """() => {
      let left = 10;
      const timer = setInterval(() => {
        for (let n = 0; n < 50; n++) shopbell('event', 'wished', { n });
        if (--left === 0) clearInterval(timer);
      }, 100);
    }"""
    )
    wait_for(lambda: books.count(visitor, "e:wished") == 500, 30)
    assert len(sent_from(page, "wished")) == 500
    assert (shopper.said, shopper.thrown) == ([], [])
